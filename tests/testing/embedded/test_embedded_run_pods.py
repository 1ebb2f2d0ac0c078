"""Pods that run on request."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer, Settings
from support.polling import wait_until

PODS = "pods"


def pod(name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": "main", "image": "app:1"}], **spec}}


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tls=False, settings=Settings(controller_delay=0))
    with server:
        yield server
    assert server.failures == []


@pytest.fixture
def client(server: EmbeddedServer, make_client: Any) -> Any:
    return make_client(server.handle)


def get(client: Any, name: str) -> Any:
    return client.request("GET", client.path(PODS, name)).document


def phase(client: Any, name: str) -> Any:
    return get(client, name)["status"]["phase"]


def is_running(client: Any, name: str) -> Callable[[], bool]:
    return lambda: phase(client, name) == "Running"


def test_pods_stay_pending_by_default(server: EmbeddedServer, client: Any) -> None:
    client.create(PODS, pod("a"))
    assert phase(client, "a") == "Pending"
    assert not {"pod-runtime", "exec"} & server.handle.capabilities


def test_run_pods_starts_existing_pods_before_it_returns(server: EmbeddedServer, client: Any) -> None:
    client.create(PODS, pod("a"))
    server.run_pods()
    running = get(client, "a")
    assert running["spec"]["nodeName"] == "node-1"
    assert running["status"]["phase"] == "Running"
    assert {"pod-runtime", "exec"} <= server.handle.capabilities
    assert client.request("GET", "/api/v1/nodes").names == ["node-1"]


def test_run_pods_starts_later_pods(server: EmbeddedServer, client: Any) -> None:
    server.run_pods()
    client.create(PODS, pod("a"))
    wait_until(is_running(client, "a"))
    client.create(PODS, pod("b"))
    server.run_pods()
    assert phase(client, "b") == "Running"


def test_option_run_pods_applies_from_the_start(make_client: Any) -> None:
    server = EmbeddedServer(tls=False, run_pods=True)
    server.run_pods()
    with server as handle:
        assert {"pod-runtime", "exec"} <= handle.capabilities
        client = make_client(handle)
        client.create(PODS, pod("a"))
        wait_until(is_running(client, "a"))


def test_status_of_a_running_pod_is_complete(server: EmbeddedServer, client: Any) -> None:
    sidecar = {"name": "sidecar", "image": "s:1", "restartPolicy": "Always"}
    client.create(PODS, pod("a", initContainers=[{"name": "init", "image": "i:1"}, sidecar]))
    server.run_pods()
    document = get(client, "a")
    status = document["status"]
    assert status["podIP"] == status["podIPs"][0]["ip"]
    assert status["podIP"].startswith("10.244.")
    assert (status["hostIP"], status["qosClass"]) == ("127.0.0.1", "BestEffort")
    assert status["startTime"]
    assert {item["type"]: item["status"] for item in status["conditions"]} == dict.fromkeys(
        ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"), "True"
    )
    (main,) = status["containerStatuses"]
    assert (main["name"], main["image"], main["ready"], main["started"], main["restartCount"]) == (
        "main",
        "app:1",
        True,
        True,
        0,
    )
    assert main["state"] == {"running": {"startedAt": status["startTime"]}}
    initial, helper = status["initContainerStatuses"]
    assert (initial["state"]["terminated"]["exitCode"], initial["ready"]) == (0, True)
    assert "running" in helper["state"]
    managers = {item["manager"]: item.get("subresource") for item in document["metadata"]["managedFields"]}
    assert managers == {"probe": None, "kubelet": "status"}


def test_ephemeral_container_starts_in_a_running_pod(server: EmbeddedServer, client: Any) -> None:
    client.create(PODS, pod("a"))
    server.run_pods()
    change = {"spec": {"ephemeralContainers": [{"name": "debug", "image": "d:1"}]}}
    client.patch(client.path(PODS, "a", "ephemeralcontainers"), change, "application/strategic-merge-patch+json")
    statuses = wait_until(lambda: get(client, "a")["status"].get("ephemeralContainerStatuses"))
    assert [(item["name"], "running" in item["state"]) for item in statuses] == [("debug", True)]


def test_deleted_pod_is_shown_as_stopped_and_then_removed(server: EmbeddedServer, client: Any) -> None:
    client.create(PODS, pod("a"))
    server.run_pods()
    version = get(client, "a")["metadata"]["resourceVersion"]
    with client.watch(client.path(PODS, watch="1", resourceVersion=version)) as watch:
        client.request("DELETE", client.path(PODS, "a"))
        marked, stopped, shortened, removed = watch.take(4)
    assert marked["object"]["metadata"]["deletionGracePeriodSeconds"] == 30
    assert "running" in marked["object"]["status"]["containerStatuses"][0]["state"]
    (container,) = stopped["object"]["status"]["containerStatuses"]
    assert container["state"]["terminated"]["reason"] == "Completed"
    conditions = {item["type"]: item["status"] for item in stopped["object"]["status"]["conditions"]}
    assert (conditions["Ready"], conditions["Initialized"]) == ("False", "True")
    assert shortened["object"]["metadata"]["deletionGracePeriodSeconds"] == 0
    assert (shortened["type"], removed["type"]) == ("MODIFIED", "DELETED")


def test_finalizer_keeps_a_stopped_pod(server: EmbeddedServer, client: Any) -> None:
    body = pod("a")
    body["metadata"]["finalizers"] = ["example.com/x"]
    client.create(PODS, body)
    server.run_pods()
    client.request("DELETE", client.path(PODS, "a"))
    wait_until(lambda: "terminated" in get(client, "a")["status"]["containerStatuses"][0]["state"])
    client.patch(client.path(PODS, "a"), {"metadata": {"finalizers": None}})
    wait_until(lambda: client.request("GET", client.path(PODS, "a")).status == 404)


def test_pods_on_a_missing_node_or_with_scheduling_gates_stay_pending(server: EmbeddedServer, client: Any) -> None:
    client.create(PODS, pod("elsewhere", nodeName="node-9"))
    client.create(PODS, pod("gated", schedulingGates=[{"name": "example.com/x"}]))
    server.run_pods()
    assert (phase(client, "elsewhere"), phase(client, "gated")) == ("Pending", "Pending")
    client.request("POST", "/api/v1/nodes", {"metadata": {"name": "node-9"}})
    wait_until(is_running(client, "elsewhere"))
    client.patch(client.path(PODS, "gated"), {"spec": {"schedulingGates": None}})
    wait_until(is_running(client, "gated"))


def test_phase_that_a_test_sets_remains(server: EmbeddedServer, client: Any) -> None:
    client.create(PODS, pod("a"))
    server.run_pods()
    client.patch(client.path(PODS, "a", "status"), {"status": {"phase": "Succeeded"}})
    client.create(PODS, pod("b"))
    wait_until(is_running(client, "b"))
    assert phase(client, "a") == "Succeeded"
