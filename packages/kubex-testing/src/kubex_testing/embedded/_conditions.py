"""Read and set the conditions in the status of objects."""

from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at

from ._cluster import now


def set_condition(document: JsonObject, condition: dict[str, Any], **more: Any) -> None:
    """Add a condition, or replace the condition of the same type, with the current time."""
    others = [item for item in array_at(document, "status", "conditions") if item["type"] != condition["type"]]
    status = document.setdefault("status", {})
    status["conditions"] = [*others, {**condition, **more, "lastTransitionTime": now()}]


def has_condition(document: JsonObject, kind: str) -> bool:
    """Return whether the condition of that type is true."""
    conditions = array_at(document, "status", "conditions")
    return any(item["type"] == kind and item.get("status") == "True" for item in conditions)
