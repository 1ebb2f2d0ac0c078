"""Pods as their controllers see them: active, ready, available."""

from datetime import datetime, timezone

from kubex_testing._objects.json_types import JsonObject, array_at, json_copy, object_at
from kubex_testing.embedded._conditions import has_condition
from kubex_testing.embedded._store import StoredObject

PODS = "pods."
DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


def phase(pod: JsonObject) -> str:
    """Return the phase of a pod."""
    return str(object_at(pod, "status").get("phase", "Pending"))


def is_terminating(document: JsonObject) -> bool:
    """Return whether an object was deleted, but still exists."""
    return "deletionTimestamp" in document["metadata"]


def is_finished(pod: JsonObject) -> bool:
    """Return whether all containers of a pod have ended, and do not restart."""
    return phase(pod) in ("Succeeded", "Failed")


def is_active(pod: JsonObject) -> bool:
    """Return whether a pod counts for the replicas of its controller."""
    return not is_finished(pod) and not is_terminating(pod)


def is_ready(pod: JsonObject) -> bool:
    """Return whether the condition Ready of a pod is True."""
    return has_condition(pod, "Ready")


def seconds_until_available(pod: JsonObject, min_ready_seconds: int) -> float | None:
    """Return 0 for an available pod, the remaining seconds for a ready one, and None for others."""
    ready = next((item for item in array_at(pod, "status", "conditions") if item["type"] == "Ready"), None)
    if ready is None or ready.get("status") != "True":
        return None
    if not min_ready_seconds:
        return 0.0
    return max(min_ready_seconds - seconds_since(ready["lastTransitionTime"]), 0.0)


def seconds_since(moment: str) -> float:
    """Return the seconds since a time of Kubernetes."""
    return (datetime.now(timezone.utc) - datetime.fromisoformat(moment.replace("Z", "+00:00"))).total_seconds()


def deletion_order(stored: StoredObject) -> tuple[bool, bool, bool, int, int, str]:
    """Return a sort key: the pods that a controller deletes first are first."""
    pod = stored.object
    cost = object_at(pod, "metadata", "annotations").get(DELETION_COST, "0")
    restarts = max((item.get("restartCount", 0) for item in array_at(pod, "status", "containerStatuses")), default=0)
    return (
        bool(pod["spec"].get("nodeName")),
        phase(pod) == "Running",
        is_ready(pod),
        int(cost) if cost.removeprefix("-").isdecimal() else 0,
        -restarts,
        # The newest pod is deleted first. Revisions grow, unlike times, which are equal within a second.
        _reversed_time(pod["metadata"]["creationTimestamp"]),
    )


def _reversed_time(moment: str) -> str:
    return moment.translate(str.maketrans("0123456789", "9876543210"))


def controller_reference(owner: JsonObject) -> JsonObject:
    """Return the owner reference from an object to its controller."""
    metadata = owner["metadata"]
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def pod_from_template(owner: JsonObject, template: JsonObject) -> JsonObject:
    """Return a new pod for its controller, without the fields that only some controllers set."""
    metadata = object_at(template, "metadata")
    kept = {key: json_copy(metadata[key]) for key in ("labels", "annotations", "finalizers") if metadata.get(key)}
    names = {"generateName": f"{owner['metadata']['name']}-", "ownerReferences": [controller_reference(owner)]}
    return {"metadata": {**names, **kept}, "spec": json_copy(template["spec"])}
