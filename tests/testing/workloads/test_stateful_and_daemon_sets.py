"""StatefulSets, DaemonSets and ReplicationControllers, on the embedded server and with kube-controller-manager."""

from typing import Any

from support.polling import wait_until
from support.workload_client import WorkloadClient, managers, replicated, status_fields, template

CHANGE = {"spec": {"template": {"metadata": {"annotations": {"version": "2"}}}}}
POD_NAME = "statefulset.kubernetes.io/pod-name"


def is_updated(owner: Any) -> bool:
    """Return whether all pods of a StatefulSet have the current template."""
    status, replicas = owner["status"], owner["spec"]["replicas"]
    observed = status.get("observedGeneration") == owner["metadata"]["generation"]
    counts = [status.get(name, 0) for name in ("updatedReplicas", "readyReplicas", "availableReplicas", "replicas")]
    return bool(observed and counts == [replicas] * 4 and status["currentRevision"] == status["updateRevision"])


def create_set(client: WorkloadClient, **spec: Any) -> Any:
    client.create("statefulsets", "web", replicated(**{"serviceName": "web", **spec}))
    return client.wait("statefulsets", "web", is_updated)


def test_stateful_set_numbers_its_pods(client: WorkloadClient) -> None:
    owner = create_set(client)
    revision = owner["status"]["updateRevision"]
    assert status_fields(owner) == {
        "observedGeneration": 1,
        "replicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "currentReplicas": 2,
        "updatedReplicas": 2,
        "currentRevision": revision,
        "updateRevision": revision,
        "collisionCount": 0,
    }
    assert managers(owner) == {("probe", None), ("kube-controller-manager", "status")}
    pods = client.items("pods")
    assert [pod["metadata"]["name"] for pod in pods] == ["web-0", "web-1"]
    for number, pod in enumerate(pods):
        assert pod["metadata"]["labels"] == {
            **owner["spec"]["template"]["metadata"]["labels"],
            POD_NAME: f"web-{number}",
            "apps.kubernetes.io/pod-index": str(number),
            "controller-revision-hash": revision,
        }
        assert (pod["spec"]["hostname"], pod["spec"]["subdomain"]) == (f"web-{number}", "web")
        assert pod["metadata"]["generateName"] == "web-"
    (history,) = client.items("controllerrevisions")
    assert (history["metadata"]["name"], history["revision"]) == (revision, 1)
    assert history["metadata"]["labels"].keys() == {"app", "controller.kubernetes.io/hash", "kubex.example/run"}
    assert history["data"] == {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}


def test_stateful_set_starts_the_next_pod_after_the_previous_one_is_ready(client: WorkloadClient) -> None:
    gated = template(schedulingGates=[{"name": "example.com/wait"}])
    client.create("statefulsets", "web", replicated(serviceName="web", template=gated))
    wait_until(lambda: client.names("pods") == ["web-0"])
    client.wait("statefulsets", "web", lambda owner: owner["status"].get("replicas") == 1)
    client.patch("pods", "web-0", {"spec": {"schedulingGates": None}})
    wait_until(lambda: client.names("pods") == ["web-0", "web-1"])


def test_parallel_stateful_set_starts_all_pods(client: WorkloadClient) -> None:
    gated = template(schedulingGates=[{"name": "example.com/wait"}])
    spec = replicated(serviceName="web", template=gated, podManagementPolicy="Parallel", ordinals={"start": 3})
    client.create("statefulsets", "web", spec)
    wait_until(lambda: client.names("pods") == ["web-3", "web-4"])


def test_stateful_set_is_updated_up_to_its_partition(client: WorkloadClient) -> None:
    create_set(client, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 1}})
    before = {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in client.items("pods")}
    client.patch("statefulsets", "web", CHANGE)
    partial = client.wait(
        "statefulsets",
        "web",
        lambda owner: (owner["status"].get("updatedReplicas"), owner["status"].get("readyReplicas")) == (1, 2),
    )
    assert partial["status"]["currentRevision"] != partial["status"]["updateRevision"]
    after = {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in client.items("pods")}
    assert (after["web-0"] == before["web-0"], after["web-1"] == before["web-1"]) == (True, False)
    # A pod below the partition that is created again keeps the old template.
    client.delete("pods", "web-0")
    again = client.wait("pods", "web-0", lambda pod: pod["metadata"]["uid"] != before["web-0"])
    assert "annotations" not in again["metadata"]
    client.patch("statefulsets", "web", {"spec": {"updateStrategy": {"rollingUpdate": {"partition": 0}}}})
    client.wait("statefulsets", "web", is_updated)
    assert [item["revision"] for item in client.items("controllerrevisions")] in ([1, 2], [2, 1])


def test_stateful_set_removes_the_highest_pods_first(client: WorkloadClient) -> None:
    create_set(client)
    client.patch("statefulsets", "web", {"spec": {"replicas": 1}}, "scale")
    wait_until(lambda: client.names("pods") == ["web-0"])
    client.wait("statefulsets", "web", is_updated)


def test_template_of_an_earlier_revision_gets_the_highest_number(client: WorkloadClient) -> None:
    first = create_set(client, replicas=1)
    client.patch("statefulsets", "web", CHANGE)
    client.wait("statefulsets", "web", lambda owner: owner["metadata"]["generation"] == 2 and is_updated(owner))
    client.patch("statefulsets", "web", {"spec": {"template": {"metadata": {"annotations": None}}}})
    undone = client.wait(
        "statefulsets", "web", lambda owner: owner["metadata"]["generation"] == 3 and is_updated(owner)
    )
    assert undone["status"]["updateRevision"] == first["status"]["updateRevision"]
    assert sorted(item["revision"] for item in client.items("controllerrevisions")) == [2, 3]


def test_stateful_set_creates_claims_for_its_pods(client: WorkloadClient) -> None:
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    gated = template(schedulingGates=[{"name": "example.com/wait"}])
    spec = replicated(1, serviceName="web", template=gated, volumeClaimTemplates=[claim])
    client.create("statefulsets", "web", spec)
    pod = client.wait("pods", "web-0", lambda _: True)
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data-web-0"}}]
    assert [item for item in pod["spec"]["volumes"] if item["name"] == "data"] == volumes
    created = client.get("persistentvolumeclaims", "data-web-0")
    assert created["metadata"]["labels"] == {"app": "web"}
    assert created["spec"]["resources"] == {"requests": {"storage": "1Gi"}}


def test_daemon_set_runs_a_pod_on_each_node(client: WorkloadClient) -> None:
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template()}
    client.create("daemonsets", "agent", spec)
    owner = client.wait("daemonsets", "agent", lambda item: item["status"].get("numberAvailable") == 1)
    assert status_fields(owner) == {
        "observedGeneration": 1,
        "currentNumberScheduled": 1,
        "desiredNumberScheduled": 1,
        "numberMisscheduled": 0,
        "numberReady": 1,
        "updatedNumberScheduled": 1,
        "numberAvailable": 1,
    }
    assert managers(owner) == {("probe", None), ("kube-controller-manager", "status")}
    (pod,) = client.items("pods")
    (history,) = client.items("controllerrevisions")
    assert pod["metadata"]["labels"] == {
        **owner["spec"]["template"]["metadata"]["labels"],
        "controller-revision-hash": history["metadata"]["labels"]["controller-revision-hash"],
        "pod-template-generation": "1",
    }
    terms = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    field = {"key": "metadata.name", "operator": "In", "values": [pod["spec"]["nodeName"]]}
    assert terms == {"nodeSelectorTerms": [{"matchFields": [field]}]}
    tolerated = [(item["key"].partition("/")[2], item["effect"]) for item in pod["spec"]["tolerations"]]
    assert tolerated == [
        ("not-ready", "NoExecute"),
        ("unreachable", "NoExecute"),
        ("disk-pressure", "NoSchedule"),
        ("memory-pressure", "NoSchedule"),
        ("pid-pressure", "NoSchedule"),
        ("unschedulable", "NoSchedule"),
    ]


def test_daemon_set_replaces_its_pods_after_a_change(client: WorkloadClient) -> None:
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template()}
    client.create("daemonsets", "agent", spec)
    client.wait("daemonsets", "agent", lambda item: item["status"].get("numberAvailable") == 1)
    before = client.names("pods")
    client.patch("daemonsets", "agent", CHANGE)

    def is_replaced(item: Any) -> bool:
        status = item["status"]
        counts = (status["observedGeneration"], status.get("updatedNumberScheduled"), status.get("numberAvailable"))
        return counts == (2, 1, 1) and client.names("pods") != before

    client.wait("daemonsets", "agent", is_replaced)
    assert len(client.items("controllerrevisions")) == 2


def test_daemon_set_without_a_fitting_node_has_no_pods(client: WorkloadClient) -> None:
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template(nodeSelector={"example.com/a": "b"})}
    client.create("daemonsets", "agent", spec)
    owner = client.wait("daemonsets", "agent", lambda item: item["status"].get("observedGeneration") == 1)
    assert (owner["status"]["desiredNumberScheduled"], client.names("pods")) == (0, [])


def test_replication_controller_creates_pods(client: WorkloadClient) -> None:
    client.create("replicationcontrollers", "web", {"replicas": 2, "selector": {"app": "web"}, "template": template()})
    owner = client.wait("replicationcontrollers", "web", lambda item: item["status"].get("availableReplicas") == 2)
    assert status_fields(owner) == {
        "observedGeneration": 1,
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
    }
    assert all(pod["metadata"]["ownerReferences"][0]["kind"] == "ReplicationController" for pod in client.items("pods"))
