"""The start, the restart and the limits of workloads of the embedded server."""

import subprocess
import sys

from kubex_testing.embedded import EmbeddedServer, Settings
from support.polling import wait_until
from support.workload_client import WorkloadClient, replicated, template


def test_workloads_are_off_by_default() -> None:
    server = EmbeddedServer(tls=True)
    with server as handle:
        assert "workloads" not in handle.capabilities
        client = WorkloadClient(server)
        client.create("replicasets", "web", replicated(1))
        server.run_workloads()
        assert {"workloads", "pod-runtime", "exec"} <= server.handle.capabilities
        client.wait("replicasets", "web", lambda item: item["status"].get("availableReplicas") == 1)
        client.close()


def test_controllers_are_imported_only_by_servers_that_run_workloads() -> None:
    program = (
        "import sys; from kubex_testing.embedded import EmbeddedServer\n"
        "with EmbeddedServer(run_pods=True): pass\n"
        "assert not [name for name in sys.modules if '_workloads.' in name]"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_work_continues_after_the_server_was_stopped() -> None:
    server = EmbeddedServer(workloads=True, settings=Settings(controller_delay=60))
    with server:
        client = WorkloadClient(server)
        client.create("replicasets", "web", replicated(1))
        client.close()

    def is_running() -> bool:
        server.advance_clock(60)
        return [pod["status"]["phase"] for pod in server.state("pods", namespace=client.namespace)] == ["Running"]

    with server:
        wait_until(is_running)
    assert server.failures == []


def test_terminating_namespace_gets_no_new_pods(embedded_server: EmbeddedServer) -> None:
    client = WorkloadClient(embedded_server)
    client.create("deployments", "web", replicated(1))
    client.wait("deployments", "web", lambda item: item["status"].get("availableReplicas") == 1)
    (name,) = client.names("pods")
    client.patch("pods", name, {"metadata": {"finalizers": ["example.com/x"]}})
    embedded_server.clear_writes()
    client.send("DELETE", f"/api/v1/namespaces/{client.namespace}")
    wait_until(lambda: client.get("pods", name)["metadata"].get("deletionTimestamp"))
    client.patch("pods", name, {"metadata": {"finalizers": None}})
    wait_until(lambda: not embedded_server.state("pods", namespace=client.namespace))
    added = [item for item in embedded_server.writes if item.type == "ADDED" and item.namespace == client.namespace]
    assert added == []
    client.close()


def test_controllers_write_nothing_after_a_rollout(embedded_server: EmbeddedServer) -> None:
    client = WorkloadClient(embedded_server)
    client.create("deployments", "web", replicated(2))
    client.create("jobs", "import", {"template": template(restartPolicy="Never")})
    client.wait("jobs", "import", lambda item: item["status"].get("ready") == 1)
    client.wait("deployments", "web", lambda item: item["status"].get("availableReplicas") == 2)
    # The write of another object causes another reconcile of everything that is affected.
    client.create("pods", "probe", template()["spec"], labels={"app": "other"})
    client.wait("pods", "probe", lambda pod: pod["status"]["phase"] == "Running")
    embedded_server.clear_writes()
    client.create("pods", "last", template()["spec"], labels={"app": "other"})
    client.wait("pods", "last", lambda pod: pod["status"]["phase"] == "Running")
    names = {item.name for item in embedded_server.writes if item.namespace == client.namespace}
    assert names == {"last"}
    client.close()


def test_controllers_accept_loaded_objects_without_defaults(embedded_server: EmbeddedServer) -> None:
    client = WorkloadClient(embedded_server)
    bystander = template()
    client.create("pods", "bystander", bystander["spec"], labels={"app": "other"})
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template()}
    kinds = {"Deployment": "apps/v1", "ReplicaSet": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1"}
    objects = [(kind, version, spec) for kind, version in kinds.items()]
    objects.append(("Job", "batch/v1", {"template": template(restartPolicy="Never")}))
    embedded_server.load(
        {
            "apiVersion": version,
            "kind": kind,
            "metadata": {"name": kind.lower(), "namespace": client.namespace},
            "spec": content,
        }
        for kind, version, content in objects
    )
    names = {kind.lower() for kind, _, _ in objects}

    def owners() -> set[str]:
        return {pod["metadata"]["name"].split("-")[0] for pod in client.items("pods") if pod["status"].get("podIP")}

    wait_until(lambda: owners() == names | {"bystander"})
    assert "ownerReferences" not in client.get("pods", "bystander")["metadata"]
    client.close()


def test_node_has_a_heartbeat(embedded_server: EmbeddedServer) -> None:
    (lease,) = embedded_server.state("leases", namespace="kube-node-lease")
    assert (lease["metadata"]["name"], lease["spec"]["holderIdentity"]) == ("node-1", "node-1")
    renewed = lease["spec"]["renewTime"]
    assert renewed.endswith("Z")
    embedded_server.advance_clock(10)
    before = lease["metadata"]["resourceVersion"]

    def is_renewed() -> bool:
        (current,) = embedded_server.state("leases", namespace="kube-node-lease")
        return bool(current["metadata"]["resourceVersion"] != before)

    wait_until(is_renewed)
