"""The hooks that end, crash and hold pods of the embedded server."""

from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer
from support.polling import wait_until
from support.workload_client import WorkloadClient, replicated, template


def create_pod(client: WorkloadClient, name: str = "web", containers: tuple[str, ...] = ("main",), **spec: Any) -> None:
    images = [{"name": item, "image": "none"} for item in containers]
    client.create("pods", name, {"containers": images, **spec})


def container_status(client: WorkloadClient, name: str = "web") -> Any:
    return client.get("pods", name)["status"]["containerStatuses"][0]


def conditions(client: WorkloadClient, name: str = "web") -> dict[str, tuple[str, str | None]]:
    found = client.get("pods", name)["status"]["conditions"]
    return {item["type"]: (item["status"], item.get("reason")) for item in found}


@pytest.mark.parametrize(
    ("policy", "exit_code", "phase", "reason"),
    [
        ("Never", 0, "Succeeded", "Completed"),
        ("Never", 7, "Failed", "Error"),
        ("OnFailure", 0, "Succeeded", "Completed"),
    ],
)
def test_finished_pod_has_ended(
    embedded_server: EmbeddedServer,
    embedded_client: WorkloadClient,
    policy: str,
    exit_code: int,
    phase: str,
    reason: str,
) -> None:
    client = embedded_client
    create_pod(client, restartPolicy=policy)
    assert embedded_server.pods.finish("w*", namespace=client.namespace, exit_code=exit_code) == ["web"]
    assert client.get("pods", "web")["status"]["phase"] == phase
    status = container_status(client)
    terminated = status["state"]["terminated"]
    assert (terminated["exitCode"], terminated["reason"], status["ready"]) == (exit_code, reason, False)
    ended = "PodFailed" if exit_code else "PodCompleted"
    assert {name: conditions(client)[name] for name in ("Ready", "ContainersReady", "PodReadyToStartContainers")} == {
        "Ready": ("False", ended),
        "ContainersReady": ("False", ended),
        "PodReadyToStartContainers": ("False", None),
    }


@pytest.mark.parametrize(("policy", "exit_code"), [("Always", 0), ("OnFailure", 1)])
def test_finished_container_starts_again(
    embedded_server: EmbeddedServer, embedded_client: WorkloadClient, policy: str, exit_code: int
) -> None:
    create_pod(embedded_client, restartPolicy=policy)
    embedded_server.pods.finish("web", namespace=embedded_client.namespace, exit_code=exit_code)
    status = container_status(embedded_client)
    assert (status["restartCount"], status["ready"], list(status["state"])) == (1, True, ["running"])
    assert status["lastState"]["terminated"]["exitCode"] == exit_code
    assert conditions(embedded_client)["Ready"] == ("True", None)


def test_pod_ends_with_its_last_container(embedded_server: EmbeddedServer, embedded_client: WorkloadClient) -> None:
    client, finish = embedded_client, embedded_server.pods.finish
    create_pod(client, containers=("a", "b"), restartPolicy="Never")
    finish("web", namespace=client.namespace, container="a", exit_code=2)
    assert client.get("pods", "web")["status"]["phase"] == "Running"
    assert conditions(client)["Ready"] == ("False", "ContainersNotReady")
    finish("web", namespace=client.namespace, container="b")
    assert client.get("pods", "web")["status"]["phase"] == "Failed"


def test_crashed_container_waits_until_it_recovers(
    embedded_server: EmbeddedServer, embedded_client: WorkloadClient
) -> None:
    client, pods = embedded_client, embedded_server.pods
    client.create("deployments", "web", replicated(1))
    (name,) = pods.crash("web-*", namespace=client.namespace, exit_code=137)
    pods.crash(name, namespace=client.namespace)
    status = container_status(client, name)
    assert (status["restartCount"], status["ready"]) == (2, False)
    assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert client.get("pods", name)["status"]["phase"] == "Running"
    client.wait("deployments", "web", lambda item: item["status"].get("unavailableReplicas") == 1)
    assert pods.recover("web-*", namespace=client.namespace) == [name]
    client.wait("deployments", "web", lambda item: item["status"].get("availableReplicas") == 1)


def test_crash_of_a_pod_that_never_restarts_is_an_error(
    embedded_server: EmbeddedServer, embedded_client: WorkloadClient
) -> None:
    create_pod(embedded_client, restartPolicy="Never")
    with pytest.raises(ValueError, match=r"'web' do not restart, because its restartPolicy is Never; use finish\(\)"):
        embedded_server.pods.crash("web", namespace=embedded_client.namespace)


def test_restarted_container_loses_its_files(embedded_server: EmbeddedServer, embedded_client: WorkloadClient) -> None:
    namespace = embedded_client.namespace
    create_pod(embedded_client)
    embedded_client.wait("pods", "web", lambda pod: pod["status"]["phase"] == "Running")
    embedded_server.write_container_file(namespace, "web", "main", "/data/a", b"1")
    embedded_server.pods.finish("web", namespace=namespace)
    with pytest.raises(OSError, match="/data/a"):
        embedded_server.read_container_file(namespace, "web", "main", "/data/a")


def test_held_pods_stay_pending_until_their_release(
    embedded_server: EmbeddedServer, embedded_client: WorkloadClient
) -> None:
    client, pods = embedded_client, embedded_server.pods
    pods.hold("web-*", namespace=client.namespace)
    client.create("deployments", "web", replicated(1))
    wait_until(lambda: client.names("pods"))
    (name,) = client.names("pods")
    held = client.wait("pods", name, lambda pod: pod["status"].get("conditions"))
    assert held["status"]["phase"] == "Pending"
    assert conditions(client, name)["PodScheduled"] == ("False", "Unschedulable")
    assert {item["manager"] for item in held["metadata"]["managedFields"]} == {
        "kube-controller-manager",
        "kube-scheduler",
    }
    pods.release("web-*", namespace=client.namespace)
    client.wait("deployments", "web", lambda item: item["status"].get("availableReplicas") == 1)
    with pytest.raises(ValueError, match=r"'web-\*' in the namespace '.*' is not held"):
        pods.release("web-*", namespace=client.namespace)


def test_hook_waits_for_a_pod_and_names_it_in_its_error(embedded_server: EmbeddedServer) -> None:
    with pytest.raises(TimeoutError, match="no container of a pod 'missing' in the namespace 'default'"):
        embedded_server.pods.finish("missing", timeout=0)


def test_hook_requires_a_server_that_runs_pods() -> None:
    server = EmbeddedServer(tls=False)
    with server, pytest.raises(RuntimeError, match=r"does not run pods; call run_pods\(\) or run_workloads\(\) first"):
        server.pods.finish("web")


def test_pods_are_scheduled_when_a_node_fits(embedded_client: WorkloadClient) -> None:
    client = embedded_client
    label = {"example.com/disk": client.namespace}
    create_pod(client, "selective", nodeSelector=label)
    client.wait("pods", "selective", lambda pod: pod["status"].get("conditions"))
    assert conditions(client, "selective")["PodScheduled"] == ("False", "Unschedulable")
    client.send("PATCH", "/api/v1/nodes/node-1", {"metadata": {"labels": label}})
    client.wait("pods", "selective", lambda pod: pod["status"]["phase"] == "Running")


def test_tainted_node_accepts_only_pods_with_a_toleration() -> None:
    server = EmbeddedServer(workloads=True)
    with server:
        client = WorkloadClient(server)
        taint = {"key": "example.com/a", "value": "b", "effect": "NoSchedule"}
        client.send("PATCH", "/api/v1/nodes/node-1", {"spec": {"taints": [taint], "unschedulable": True}})
        create_pod(client, "other")
        cordon = {"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}
        create_pod(client, "tolerant", tolerations=[{"key": "example.com/a", "value": "b"}, cordon])
        client.wait("pods", "tolerant", lambda pod: pod["status"]["phase"] == "Running")
        assert client.get("pods", "other")["status"]["phase"] == "Pending"
        client.send("PATCH", "/api/v1/nodes/node-1", {"spec": {"taints": None, "unschedulable": None}})
        client.wait("pods", "other", lambda pod: pod["status"]["phase"] == "Running")
        client.close()


def test_hooks_are_available_through_http() -> None:
    server = EmbeddedServer(control=True)
    with server:
        client = WorkloadClient(server)
        client.send("POST", "/kubex-testing/actions/run_workloads", {})
        client.create("jobs", "import", {"template": template(restartPolicy="Never")})
        client.send("POST", "/kubex-testing/actions/pods.finish", {"name": "import-*", "namespace": client.namespace})
        client.wait("jobs", "import", lambda job: job["status"].get("succeeded") == 1)
        client.close()
