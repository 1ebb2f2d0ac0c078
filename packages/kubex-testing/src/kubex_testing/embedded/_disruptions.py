"""PodDisruptionBudgets: what they have to say to an eviction.

See https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/.
"""

from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at, json_copy, object_at
from kubex_testing._objects.selectors import match_label_selector

from . import _errors as errors
from ._cluster import Call, now

BUDGETS = "poddisruptionbudgets.policy"
RETRY_AFTER = 10
_PHASES_WITHOUT_BUDGET = ("Pending", "Succeeded", "Failed")
_REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget."
NEW_STATUS = {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}


def spend(call: Call, pod: JsonObject, *, dry_run: bool) -> None:
    """Take one disruption from the budget of a pod; raises 429 when it has none left, 500 for two budgets."""
    phase = object_at(pod, "status").get("phase")
    if phase in _PHASES_WITHOUT_BUDGET or "deletionTimestamp" in pod["metadata"]:
        return
    labels = object_at(pod, "metadata", "labels")
    bucket = call.cluster.store.bucket(BUDGETS)
    budgets = [bucket.objects[key].object for key in bucket.prefixed(f"{call.info.namespace}/")]
    matching = [item for item in budgets if _covers(item, labels)]
    if len(matching) > 1:
        raise errors.internal("This pod has more than one PodDisruptionBudget, which eviction does not support.")
    for budget in matching:
        _check(budget)
        if not dry_run:
            spent = _spent(budget, pod["metadata"]["name"])
            call.cluster.store.put(BUDGETS, f"{call.info.namespace}/{budget['metadata']['name']}", spent)


def _covers(budget: JsonObject, labels: dict[str, str]) -> bool:
    selector = object_at(budget, "spec").get("selector")
    return selector is not None and match_label_selector(selector, labels)


def _check(budget: JsonObject) -> None:
    name, status = budget["metadata"]["name"], object_at(budget, "status")
    if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 0):
        why = f"The disruption budget {name} is still being processed by the server."
        raise _refused(why, retry_after=RETRY_AFTER)
    if status.get("disruptionsAllowed", 0) <= 0:
        desired, healthy = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
        raise _refused(f"The disruption budget {name} needs {desired} healthy pods and has {healthy} currently")


def _refused(why: str, *, retry_after: int = 0) -> errors.ApiError:
    details: dict[str, Any] = {"causes": [{"reason": "DisruptionBudget", "message": why}]}
    headers: list[tuple[str, str]] = []
    if retry_after:
        details["retryAfterSeconds"] = retry_after
        headers = [("Retry-After", str(retry_after))]
    return errors.ApiError(429, "TooManyRequests", _REFUSAL, details=details, headers=headers)


def _spent(budget: JsonObject, pod: str) -> JsonObject:
    changed: JsonObject = json_copy(budget)
    status = changed["status"]
    status["disruptionsAllowed"] -= 1
    status["disruptedPods"] = {**object_at(status, "disruptedPods"), pod: now()}
    if status["disruptionsAllowed"] == 0:
        condition = {
            "type": "DisruptionAllowed",
            "status": "False",
            "observedGeneration": status.get("observedGeneration", 0),
            "lastTransitionTime": now(),
            "reason": "InsufficientPods",
            "message": "",
        }
        others = [item for item in array_at(status, "conditions") if item["type"] != condition["type"]]
        status["conditions"] = [*others, condition]
    return changed
