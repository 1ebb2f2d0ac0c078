"""The status of Deployments, and its conditions.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status.
"""

from collections.abc import Sequence

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing.embedded._cluster import now

from .pods import seconds_since
from .rollout import Limits

NO_DEADLINE = 2**31 - 1
_COMPLETE, _TIMED_OUT, _PAUSED = "NewReplicaSetAvailable", "ProgressDeadlineExceeded", "DeploymentPaused"


def deployment_status(deployment: JsonObject, new: JsonObject | None, sets: Sequence[JsonObject]) -> JsonObject:
    """Return the status of a Deployment.

    Args:
        new: the ReplicaSet of the current template.
        sets: all ReplicaSets of the Deployment.
    """
    before, spec = object_at(deployment, "status"), deployment["spec"]
    available = _total(sets, "availableReplicas")
    counts = {
        "updatedReplicas": _total([new] if new else [], "replicas"),
        "readyReplicas": _total(sets, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(sum(item["spec"].get("replicas", 1) for item in sets) - available, 0),
        "replicas": _total(sets, "replicas"),
    }
    status: JsonObject = {
        "observedGeneration": deployment["metadata"]["generation"],
        **{name: count for name, count in counts.items() if count},
        "terminatingReplicas": _total(sets, "terminatingReplicas"),
        "conditions": list(array_at(before, "conditions")),
    }
    if "collisionCount" in before:
        status["collisionCount"] = before["collisionCount"]
    limits = Limits.of(deployment)
    if available >= limits.desired - limits.unavailable:
        _set(status, "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else:
        message = "Deployment does not have minimum availability."
        _set(status, "Available", "False", "MinimumReplicasUnavailable", message)
    if not spec.get("paused"):
        _set_progress(deployment, status, new)
    return status


def set_paused_condition(deployment: JsonObject) -> JsonObject:
    """Return the status with the condition Progressing of a paused or resumed Deployment."""
    status: JsonObject = {**object_at(deployment, "status")}
    status["conditions"] = list(array_at(status, "conditions"))
    reason = (_condition(status, "Progressing") or {}).get("reason")
    if not has_deadline(deployment) or reason == _TIMED_OUT:
        return object_at(deployment, "status")
    if deployment["spec"].get("paused") and reason != _PAUSED:
        _set(status, "Progressing", "Unknown", _PAUSED, "Deployment is paused")
    elif not deployment["spec"].get("paused") and reason == _PAUSED:
        _set(status, "Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed")
    else:
        return object_at(deployment, "status")
    return status


def set_new_set_condition(deployment: JsonObject, name: str, *, created: bool) -> JsonObject:
    """Return the status with the condition Progressing after the new ReplicaSet was created or found."""
    status: JsonObject = {**object_at(deployment, "status")}
    status["conditions"] = list(array_at(status, "conditions"))
    if has_deadline(deployment):
        if created:
            _set(status, "Progressing", "True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
        elif _condition(status, "Progressing") is None:
            _set(status, "Progressing", "True", "FoundNewReplicaSet", f'Found new replica set "{name}"')
    return status if status["conditions"] else object_at(deployment, "status")


def seconds_to_deadline(deployment: JsonObject) -> float | None:
    """Return the seconds until the progress deadline, or None if no rollout is in progress."""
    condition = _condition(object_at(deployment, "status"), "Progressing")
    if not has_deadline(deployment) or deployment["spec"].get("paused") or condition is None:
        return None
    if condition["reason"] in (_COMPLETE, _TIMED_OUT):
        return None
    passed = seconds_since(condition["lastUpdateTime"])
    # A condition has a precision of one second.
    return max(float(deployment["spec"]["progressDeadlineSeconds"]) - passed + 1, 0.1)


def is_complete(deployment: JsonObject, status: JsonObject) -> bool:
    """Return whether all replicas are updated and available, and no old pod exists."""
    desired = deployment["spec"].get("replicas", 1)
    counts = ("updatedReplicas", "replicas", "availableReplicas")
    observed = bool(status.get("observedGeneration", 0) >= deployment["metadata"]["generation"])
    return observed and all(status.get(name, 0) == desired for name in counts)


def has_deadline(deployment: JsonObject) -> bool:
    """Return whether the Deployment reports its progress."""
    return bool(deployment["spec"].get("progressDeadlineSeconds", NO_DEADLINE) != NO_DEADLINE)


def _set_progress(deployment: JsonObject, status: JsonObject, new: JsonObject | None) -> None:
    if not has_deadline(deployment):
        status["conditions"] = [item for item in status["conditions"] if item["type"] != "Progressing"]
        return
    current = _condition(status, "Progressing")
    if current and current["reason"] == _COMPLETE and status.get("replicas") == status.get("updatedReplicas"):
        return
    subject = f'ReplicaSet "{new["metadata"]["name"]}"' if new else f'Deployment "{deployment["metadata"]["name"]}"'
    if is_complete(deployment, status):
        _set(status, "Progressing", "True", _COMPLETE, f"{subject} has successfully progressed.")
    elif _progressed(object_at(deployment, "status"), status):
        _set(status, "Progressing", "True", "ReplicaSetUpdated", f"{subject} is progressing.", renew=True)
    elif (
        current
        and current["reason"] not in (_COMPLETE, _TIMED_OUT)
        and seconds_since(current["lastUpdateTime"]) > deployment["spec"]["progressDeadlineSeconds"]
    ):
        _set(status, "Progressing", "False", _TIMED_OUT, f"{subject} has timed out progressing.")


def _progressed(before: JsonObject, after: JsonObject) -> bool:
    def old(status: JsonObject) -> int:
        return int(status.get("replicas", 0) - status.get("updatedReplicas", 0))

    grown = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return old(after) < old(before) or any(after.get(name, 0) > before.get(name, 0) for name in grown)


def _set(status: JsonObject, kind: str, state: str, reason: str, message: str, *, renew: bool = False) -> None:
    """Set a condition, unless its state and reason are unchanged. `renew` sets it in any case."""
    before = _condition(status, kind)
    if before and not renew and (before["status"], before["reason"]) == (state, reason):
        return
    moment = now()
    condition = {
        "type": kind,
        "status": state,
        "lastUpdateTime": moment,
        "lastTransitionTime": before["lastTransitionTime"] if before and before["status"] == state else moment,
        "reason": reason,
        "message": message,
    }
    status["conditions"] = [*(item for item in status["conditions"] if item["type"] != kind), condition]


def _condition(status: JsonObject, kind: str) -> JsonObject | None:
    return next((item for item in array_at(status, "conditions") if item["type"] == kind), None)


def _total(sets: Sequence[JsonObject], field: str) -> int:
    return sum(object_at(item, "status").get(field, 0) for item in sets)
