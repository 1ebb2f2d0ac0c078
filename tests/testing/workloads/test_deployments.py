"""Deployments and ReplicaSets, on the embedded server and with kube-controller-manager."""

from typing import Any

from support.polling import wait_until
from support.workload_client import WorkloadClient, managers, replicated, status_fields, template

CHANGE = {"spec": {"template": {"metadata": {"annotations": {"version": "2"}}}}}
REVISION = "deployment.kubernetes.io/revision"


def is_rolled_out(deployment: Any) -> bool:
    status, replicas = deployment["status"], deployment["spec"]["replicas"]
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    complete = any(item.get("reason") == "NewReplicaSetAvailable" for item in status.get("conditions", ()))
    observed: int = status.get("observedGeneration", 0)
    return observed == deployment["metadata"]["generation"] and counts == [replicas] * 3 and complete


def roll_out(client: WorkloadClient, **spec: Any) -> Any:
    client.create("deployments", "web", replicated(**spec), annotations={"team": "a"})
    return client.wait("deployments", "web", is_rolled_out)


def revisions(client: WorkloadClient) -> dict[str, int]:
    """Return the size of each ReplicaSet by its revision."""
    sets = client.items("replicasets")
    return {item["metadata"]["annotations"][REVISION]: item["spec"]["replicas"] for item in sets}


def test_deployment_creates_a_replica_set_and_pods(client: WorkloadClient) -> None:
    deployment = roll_out(client)
    assert status_fields(deployment) == {
        "observedGeneration": 1,
        "replicas": 2,
        "updatedReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "terminatingReplicas": 0,
        "conditions": [
            ("Available", "True", "MinimumReplicasAvailable"),
            ("Progressing", "True", "NewReplicaSetAvailable"),
        ],
    }
    assert deployment["metadata"]["annotations"] == {REVISION: "1", "team": "a"}
    assert managers(deployment) == {("probe", None), ("kube-controller-manager", "status")}
    (replica_set,) = client.items("replicasets")
    digest = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert replica_set["metadata"]["name"] == f"web-{digest}"
    assert replica_set["metadata"]["annotations"] == {
        REVISION: "1",
        "deployment.kubernetes.io/desired-replicas": "2",
        "deployment.kubernetes.io/max-replicas": "3",
        "team": "a",
    }
    assert replica_set["spec"]["selector"] == {"matchLabels": {"app": "web", "pod-template-hash": digest}}
    assert status_fields(replica_set) == {
        "observedGeneration": 1,
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "terminatingReplicas": 0,
    }
    assert managers(replica_set) == {("kube-controller-manager", None), ("kube-controller-manager", "status")}
    (owner,) = replica_set["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["controller"], owner["blockOwnerDeletion"]) == (
        "Deployment",
        "web",
        True,
        True,
    )
    for pod in client.items("pods"):
        assert pod["metadata"]["generateName"] == f"web-{digest}-"
        assert pod["metadata"]["labels"] == replica_set["metadata"]["labels"]
        assert pod["metadata"]["ownerReferences"][0]["uid"] == replica_set["metadata"]["uid"]
        assert ("kube-controller-manager", None) in managers(pod)


def test_deployment_moves_its_pods_to_a_new_template_and_back(client: WorkloadClient) -> None:
    first = roll_out(client)["spec"]["template"]
    client.patch("deployments", "web", CHANGE)
    client.wait("deployments", "web", is_rolled_out)
    assert revisions(client) == {"1": 0, "2": 2}
    undo = {"spec": {"template": {"metadata": {"annotations": None}}}}
    client.patch("deployments", "web", undo)
    undone = client.wait("deployments", "web", is_rolled_out)
    assert undone["metadata"]["annotations"][REVISION] == "3"
    assert undone["spec"]["template"] == first
    assert revisions(client) == {"2": 0, "3": 2}
    (current,) = [item for item in client.items("replicasets") if item["spec"]["replicas"]]
    assert current["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"


def test_paused_deployment_scales_and_does_not_start_a_rollout(client: WorkloadClient) -> None:
    roll_out(client)
    client.patch("deployments", "web", {"spec": {"paused": True, "replicas": 3, **CHANGE["spec"]}})
    paused = client.wait("deployments", "web", lambda item: item["status"].get("availableReplicas") == 3)
    assert revisions(client) == {"1": 3}
    assert ("Progressing", "Unknown", "DeploymentPaused") in status_fields(paused)["conditions"]
    client.patch("deployments", "web", {"spec": {"paused": False}})
    client.wait("deployments", "web", is_rolled_out)
    assert revisions(client) == {"1": 0, "2": 3}


def test_recreate_ends_the_old_pods_first(client: WorkloadClient) -> None:
    roll_out(client, strategy={"type": "Recreate"})
    before = set(client.names("pods"))
    client.patch("deployments", "web", CHANGE)
    client.wait("deployments", "web", is_rolled_out)
    assert revisions(client) == {"1": 0, "2": 2}
    assert not before & set(client.names("pods"))


def test_history_limit_deletes_old_replica_sets(client: WorkloadClient) -> None:
    roll_out(client, replicas=1, revisionHistoryLimit=0)
    client.patch("deployments", "web", CHANGE)
    client.wait("deployments", "web", is_rolled_out)
    wait_until(lambda: revisions(client) == {"2": 1})


def test_scaling_to_zero_removes_the_pods(client: WorkloadClient) -> None:
    roll_out(client)
    client.patch("deployments", "web", {"spec": {"replicas": 0}}, "scale")
    scaled = client.wait("deployments", "web", lambda item: not item["status"].get("replicas"))
    wait_until(lambda: client.names("pods") == [])
    assert ("Available", "True", "MinimumReplicasAvailable") in status_fields(scaled)["conditions"]


def test_deleted_pod_is_replaced(client: WorkloadClient) -> None:
    roll_out(client)
    first = client.names("pods")[0]
    client.delete("pods", first)
    wait_until(lambda: first not in client.names("pods") and len(client.names("pods")) == 2)
    client.wait("deployments", "web", is_rolled_out)


def test_deletion_removes_replica_sets_and_pods(client: WorkloadClient) -> None:
    roll_out(client)
    client.delete("deployments", "web", "Foreground")
    wait_until(lambda: client.get("deployments", "web") is None)
    assert client.names("replicasets") == []
    assert client.names("pods") == []


def test_replica_set_adopts_orphans_and_releases_relabelled_pods(client: WorkloadClient) -> None:
    orphan = template()
    client.create("pods", "orphan", orphan["spec"], labels=orphan["metadata"]["labels"])
    client.wait("pods", "orphan", lambda pod: pod["status"]["phase"] == "Running")
    created = client.create("replicasets", "web", replicated())
    client.wait("replicasets", "web", lambda item: item["status"].get("availableReplicas") == 2)
    (owner,) = client.get("pods", "orphan")["metadata"]["ownerReferences"]
    assert (owner["uid"], owner["controller"]) == (created["metadata"]["uid"], True)
    client.patch("pods", "orphan", {"metadata": {"labels": {"app": "debug"}}})
    released = client.wait("pods", "orphan", lambda pod: "ownerReferences" not in pod["metadata"])
    assert released["metadata"]["labels"]["app"] == "debug"
    wait_until(lambda: len(client.names("pods", "app=web")) == 2)


def test_orphaned_pods_remain_and_are_adopted_again(client: WorkloadClient) -> None:
    client.create("replicasets", "web", replicated())
    client.wait("replicasets", "web", lambda item: item["status"].get("availableReplicas") == 2)
    before = client.names("pods")
    client.delete("replicasets", "web", "Orphan")
    wait_until(lambda: client.get("replicasets", "web") is None)
    client.create("replicasets", "web", replicated())
    client.wait("replicasets", "web", lambda item: item["status"].get("availableReplicas") == 2)
    assert client.names("pods") == before


def test_available_replicas_wait_for_min_ready_seconds(client: WorkloadClient) -> None:
    client.create("replicasets", "web", replicated(1, minReadySeconds=3600))
    ready = client.wait("replicasets", "web", lambda item: item["status"].get("readyReplicas") == 1)
    assert "availableReplicas" not in ready["status"]
    client.patch("replicasets", "web", {"spec": {"minReadySeconds": 1}})
    client.wait("replicasets", "web", lambda item: item["status"].get("availableReplicas") == 1)


def test_progress_deadline_is_reported(client: WorkloadClient) -> None:
    pending = template()
    pending["spec"]["schedulingGates"] = [{"name": "example.com/wait"}]
    client.create("deployments", "web", replicated(1, template=pending, progressDeadlineSeconds=1))
    found = client.wait(
        "deployments",
        "web",
        lambda item: ("Progressing", "False", "ProgressDeadlineExceeded") in status_fields(item).get("conditions", ()),
    )
    assert ("Available", "False", "MinimumReplicasUnavailable") in status_fields(found)["conditions"]
