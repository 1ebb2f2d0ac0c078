"""The condition `rolled_out()` has the rules of `kubectl rollout status`."""

from typing import Any

import pytest

from kubex.models import ApiResource, NamespacedResource
from kubex_k8s.v1_37.apps.v1 import ReplicaSet
from kubex_runtime.conditions import Verdict, rolled_out
from runtime.condition_checks import check


def deployment(**status: Any) -> dict[str, Any]:
    return {
        "metadata": {"generation": 2},
        "spec": {"replicas": 3, "selector": {}, "template": {}},
        "status": {"observedGeneration": 2, **status},
    }


def counts(replicas: int, updated: int, available_: int) -> dict[str, int]:
    return {"replicas": replicas, "updatedReplicas": updated, "availableReplicas": available_}


TOO_SLOW = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too slow"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (deployment(), Verdict(False, "0 of 3 replicas are updated")),
        (deployment(**counts(4, 2, 3)), Verdict(False, "2 of 3 replicas are updated")),
        (deployment(**counts(5, 3, 3)), Verdict(False, "2 old replicas are not terminated yet")),
        (deployment(**counts(3, 3, 2)), Verdict(False, "2 of 3 updated replicas are available")),
        (deployment(**counts(3, 3, 3)), Verdict(True, "3 of 3 updated replicas are available")),
        (
            deployment(**counts(3, 3, 3)) | {"metadata": {"generation": 3}},
            Verdict(None, "the status is stale: observed generation 2, current 3"),
        ),
        (
            deployment(conditions=[TOO_SLOW]) | {"metadata": {"generation": 3}},
            Verdict(None, "the status is stale: observed generation 2, current 3"),
        ),
        (
            deployment(conditions=[TOO_SLOW], **counts(3, 2, 2)),
            Verdict(False, "the condition Progressing is False (ProgressDeadlineExceeded: too slow)", final=True),
        ),
        (
            {"metadata": {"generation": 1}, "spec": {"selector": {}, "template": {}}, "status": {}},
            Verdict(None, "the status is stale: observed generation 0, current 1"),
        ),
        (
            {"spec": {"selector": {}, "template": {}}, "status": counts(1, 1, 1)},
            Verdict(True, "1 of 1 updated replicas are available"),
        ),
        (
            {"spec": {"paused": True, "selector": {}, "template": {}}, "status": {}},
            Verdict(False, "0 of 1 replicas are updated; the Deployment is paused"),
        ),
        (
            {"spec": {"replicas": 0, "selector": {}, "template": {}}, "status": {}},
            Verdict(True, "0 of 0 updated replicas are available"),
        ),
    ],
)
def test_rolled_out_of_a_deployment_follows_kubectl(document: dict[str, Any], expected: Verdict) -> None:
    check("apps/v1", "Deployment", document, rolled_out(), expected)


def stateful_set(strategy: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    spec = {"replicas": 3, "selector": {}, "template": {}, "updateStrategy": strategy or {"type": "RollingUpdate"}}
    return {"metadata": {"generation": 2}, "spec": spec, "status": {"replicas": 3, "observedGeneration": 2, **status}}


def partition(value: int) -> dict[str, Any]:
    return {"type": "RollingUpdate", "rollingUpdate": {"partition": value}}


ON_DELETE = Verdict(False, "the update strategy is OnDelete: pods are updated when you delete them", final=True)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (stateful_set(readyReplicas=2, updatedReplicas=3), Verdict(False, "2 of 3 replicas are ready")),
        (
            stateful_set(readyReplicas=3, updatedReplicas=2, currentRevision="a", updateRevision="b"),
            Verdict(False, "2 of 3 replicas are updated"),
        ),
        (
            stateful_set(readyReplicas=3, updatedReplicas=3, currentRevision="b", updateRevision="b"),
            Verdict(True, "3 of 3 replicas are updated"),
        ),
        (
            stateful_set(partition(0), readyReplicas=3, updatedReplicas=2),
            Verdict(False, "2 of 3 replicas are updated"),
        ),
        (
            stateful_set(partition(2), readyReplicas=3, updatedReplicas=0),
            Verdict(False, "0 of 1 replicas above the partition 2 are updated"),
        ),
        (
            stateful_set(partition(2), readyReplicas=3, updatedReplicas=1),
            Verdict(True, "1 of 1 replicas above the partition 2 are updated"),
        ),
        (
            stateful_set(partition(5), readyReplicas=3, updatedReplicas=0),
            Verdict(True, "0 of 0 replicas above the partition 5 are updated"),
        ),
        (
            stateful_set(partition(0), readyReplicas=3, updatedReplicas=3, observedGeneration=1),
            Verdict(None, "the status is stale: observed generation 1, current 2"),
        ),
        (stateful_set({"type": "OnDelete"}, readyReplicas=3), ON_DELETE),
    ],
)
def test_rolled_out_of_a_stateful_set_follows_kubectl(document: dict[str, Any], expected: Verdict) -> None:
    document["spec"]["serviceName"] = "web"
    check("apps/v1", "StatefulSet", document, rolled_out(), expected)


def daemon_set(updated: int, available_: int, strategy: str = "RollingUpdate", observed: int = 2) -> dict[str, Any]:
    status = {
        "desiredNumberScheduled": 3,
        "currentNumberScheduled": 3,
        "numberMisscheduled": 0,
        "numberReady": available_,
        "updatedNumberScheduled": updated,
        "numberAvailable": available_,
        "observedGeneration": observed,
    }
    spec = {"selector": {}, "template": {}, "updateStrategy": {"type": strategy}}
    return {"metadata": {"generation": 2}, "spec": spec, "status": status}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (daemon_set(2, 3), Verdict(False, "2 of 3 pods are updated")),
        (daemon_set(3, 2), Verdict(False, "2 of 3 updated replicas are available")),
        (daemon_set(3, 3), Verdict(True, "3 of 3 updated replicas are available")),
        (daemon_set(3, 3, observed=1), Verdict(None, "the status is stale: observed generation 1, current 2")),
        (daemon_set(3, 3, "OnDelete"), ON_DELETE),
    ],
)
def test_rolled_out_of_a_daemon_set_follows_kubectl(document: dict[str, Any], expected: Verdict) -> None:
    check("apps/v1", "DaemonSet", document, rolled_out(), expected)


def test_rolled_out_rejects_other_kinds() -> None:
    class Rollout(NamespacedResource):
        __resource__ = ApiResource(group="example.com", version="v1", kind="Deployment", plural="deployments")

    with pytest.raises(TypeError, match=r"supports Deployment, StatefulSet, DaemonSet, not ReplicaSet: use condition"):
        rolled_out()(ReplicaSet.model_validate({"metadata": {}, "spec": {"selector": {}}}))
    with pytest.raises(TypeError, match="not Deployment: use condition"):
        rolled_out()(Rollout())
