"""Validation of PodDisruptionBudgets."""

import re
from collections.abc import Iterator

from .causes import Cause, invalid, not_supported
from .json_types import JsonObject, is_integer, is_object, object_at
from .validate_workloads import AT_LEAST_ZERO, PERCENT, not_negative, validate_selector

_POLICIES = ("AlwaysAllow", "IfHealthyBudget")
_COUNTS = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")


def validate_budget(obj: JsonObject, old: JsonObject | None) -> list[Cause]:
    """Check a PodDisruptionBudget and its status; what changed does not matter."""
    del old
    spec = object_at(obj, "spec")
    found: list[Cause] = []
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        found.append(invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"))
    for key in ("minAvailable", "maxUnavailable"):
        found += _amount(spec.get(key), f"spec.{key}")
    if is_object(selector := spec.get("selector")):
        found += validate_selector(selector)
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in _POLICIES:
        found.append(not_supported("spec.unhealthyPodEvictionPolicy", policy, _POLICIES))
    return [*found, *not_negative(object_at(obj, "status"), "status", *_COUNTS)]


def _amount(value: object, field: str) -> Iterator[Cause]:
    if is_integer(value) and value < 0:
        yield invalid(field, value, AT_LEAST_ZERO)
    elif isinstance(value, str) and not re.fullmatch("[0-9]+%", value):
        yield invalid(field, value, PERCENT)
    elif isinstance(value, str) and (len(digits := value[:-1].lstrip("0")) > 3 or int(digits or "0") > 100):
        yield invalid(field, value, "must not be greater than 100%")
