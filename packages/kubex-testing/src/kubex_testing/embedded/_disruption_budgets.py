"""PodDisruptionBudgets: check them before an eviction.

See https://kubernetes.io/docs/concepts/workloads/pods/disruptions/.
"""

from typing import Any

from kubex_testing._objects.json_types import JsonObject, json_copy, object_at
from kubex_testing._objects.label_selectors import match_label_selector

from . import _errors as errors
from ._cluster import Call, now
from ._conditions import has_condition, set_condition

BUDGET_BUCKET = "poddisruptionbudgets.policy"
RETRY_AFTER = 10
_PHASES_WITHOUT_BUDGET = ("Pending", "Succeeded", "Failed")
_TOO_MANY_REQUESTS_MESSAGE = "Cannot evict pod as it would violate the pod's disruption budget."


def check_and_decrement(call: Call, pod: JsonObject, *, dry_run: bool) -> None:
    """Decrement the allowed disruptions of the budget of a pod. Raises 429 if it is 0, 500 for two budgets."""
    phase = object_at(pod, "status").get("phase")
    if phase in _PHASES_WITHOUT_BUDGET or "deletionTimestamp" in pod["metadata"]:
        return
    labels = object_at(pod, "metadata", "labels")
    bucket = call.cluster.store.bucket(BUDGET_BUCKET)
    budgets = [bucket.objects[key].object for key in bucket.keys_with_prefix(f"{call.info.namespace}/")]
    matching = [item for item in budgets if _selects(item, labels)]
    if len(matching) > 1:
        raise errors.internal(
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        )
    if not matching or _allows_unready_eviction(matching[0], pod):
        return
    budget = matching[0]
    _check_disruptions_allowed(budget)
    if not dry_run:
        updated = _decremented(budget, pod["metadata"]["name"])
        call.cluster.store.put(BUDGET_BUCKET, f"{call.info.namespace}/{budget['metadata']['name']}", updated)


def _selects(budget: JsonObject, labels: dict[str, str]) -> bool:
    selector = object_at(budget, "spec").get("selector")
    return selector is not None and match_label_selector(selector, labels)


def _allows_unready_eviction(budget: JsonObject, pod: JsonObject) -> bool:
    """Return whether an unready pod can be evicted without decrementing the budget.

    See https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy.
    """
    if has_condition(pod, "Ready"):
        return False
    if object_at(budget, "spec").get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = object_at(budget, "status")
    desired: int = status.get("desiredHealthy", 0)
    healthy: int = status.get("currentHealthy", 0)
    return healthy >= desired > 0


def _check_disruptions_allowed(budget: JsonObject) -> None:
    name, status = budget["metadata"]["name"], object_at(budget, "status")
    if status.get("observedGeneration", 0) < budget["metadata"].get("generation", 0):
        detail = f"The disruption budget {name} is still being processed by the server."
        raise _eviction_error(detail, retry_after=RETRY_AFTER)
    if status.get("disruptionsAllowed", 0) > 0:
        return
    desired, healthy = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
    if healthy <= desired:
        raise _eviction_error(f"The disruption budget {name} needs {desired} healthy pods and has {healthy} currently")
    raise _eviction_error(f"The disruption budget {name} does not allow evicting pods currently")


def _eviction_error(detail: str, *, retry_after: int = 0) -> errors.ApiError:
    details: dict[str, Any] = {"causes": [{"reason": "DisruptionBudget", "message": detail}]}
    headers: list[tuple[str, str]] = []
    if retry_after:
        details["retryAfterSeconds"] = retry_after
        headers = [("Retry-After", str(retry_after))]
    return errors.ApiError(429, "TooManyRequests", _TOO_MANY_REQUESTS_MESSAGE, details=details, headers=headers)


def _decremented(budget: JsonObject, pod: str) -> JsonObject:
    changed: JsonObject = json_copy(budget)
    status = changed["status"]
    status["disruptionsAllowed"] -= 1
    status["disruptedPods"] = {**object_at(status, "disruptedPods"), pod: now()}
    if status["disruptionsAllowed"] == 0:
        condition = {"type": "DisruptionAllowed", "status": "False", "reason": "InsufficientPods", "message": ""}
        set_condition(changed, condition, observedGeneration=status.get("observedGeneration", 0))
    return changed
