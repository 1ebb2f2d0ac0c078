"""Validation of roles and priority classes."""

from collections.abc import Iterator

from .json_types import JsonObject, array_at
from .status_causes import StatusCause, forbidden, invalid, required
from .validate_workloads import validate_immutable


def validate_role(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate the rules of a Role or ClusterRole."""
    del old
    namespaced = obj.get("kind") == "Role"
    rules = enumerate(array_at(obj, "rules"))
    return [cause for index, rule in rules for cause in _validate_rule(rule, f"rules[{index}]", namespaced=namespaced)]


def _validate_rule(rule: JsonObject, field: str, *, namespaced: bool) -> Iterator[StatusCause]:
    if urls := array_at(rule, "nonResourceURLs"):
        if namespaced:
            yield invalid(f"{field}.nonResourceURLs", urls, "namespaced rules cannot apply to non-resource URLs")
        if any(array_at(rule, key) for key in ("apiGroups", "resources", "resourceNames")):
            text = "rules cannot apply to both regular resources and non-resource URLs"
            yield invalid(f"{field}.nonResourceURLs", urls, text)
    else:
        if not array_at(rule, "apiGroups"):
            yield required(f"{field}.apiGroups", "resource rules must supply at least one api group")
        if not array_at(rule, "resources"):
            yield required(f"{field}.resources", "resource rules must supply at least one resource")
    # The declarative validation, which runs last, returns this cause.
    if not array_at(rule, "verbs"):
        yield required(f"{field}.verbs")


def validate_priority_class(obj: JsonObject, old: JsonObject | None) -> list[StatusCause]:
    """Validate that an update changes neither the value nor the preemption policy."""
    if old is None:
        return []
    causes = list(validate_immutable(obj, old, "preemptionPolicy", prefix=""))
    if (obj.get("value") or 0) != (old.get("value") or 0):
        causes.insert(0, forbidden("value", "may not be changed in an update."))
    return causes
