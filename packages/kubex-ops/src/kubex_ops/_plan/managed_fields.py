"""The migration of `managedFields` from client-side apply to server-side apply, without I/O.

The rules are those of kubectl; see https://kubernetes.io/docs/reference/using-api/server-side-apply/.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kubex_ops._plan.json_values import map_at

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation in which client-side apply stores the document."""

Entry = dict[str, Any]
Fields = dict[str, Any]

# The field itself, next to its children. A field without children is an empty map instead.
_SELF = "."


def last_applied_owners(entries: Iterable[Entry], operation: str) -> list[str]:
    """Return the managers that own the annotation of client-side apply, for one kind of operation."""
    owners = [
        entry["manager"]
        for entry in entries
        if entry.get("operation") == operation and _owns_last_applied(entry.get("fieldsV1"))
    ]
    return list(dict.fromkeys(owners))


def _owns_last_applied(fields: object) -> bool:
    return f"f:{LAST_APPLIED}" in map_at(fields, "f:metadata", "f:annotations")


def migrated_entries(entries: Sequence[Entry], migrate_from: Iterable[str], field_manager: str) -> list[Entry] | None:
    """Return the entries after the field manager takes over the fields of `migrate_from`; None if nothing changes.

    `migrate_from` are managers that used client-side apply, so their entries have the operation `Update`.
    """
    result = list(entries)
    for manager in migrate_from:
        result = _take_over(result, manager, field_manager)
    return None if result == list(entries) else result


def _take_over(entries: list[Entry], manager: str, field_manager: str) -> list[Entry]:
    old = [entry for entry in entries if _is_entry(entry, manager, "Update")]
    target = next((entry for entry in entries if _is_entry(entry, field_manager, "Apply")), None)
    if target is None:
        if not old:
            return entries
        target = old[0]
    # The fields of another version can have other names, so they are not taken over.
    same_version = next((entry for entry in old if entry.get("apiVersion") == target.get("apiVersion")), None)
    fields: Fields = target.get("fieldsV1") or {}
    if same_version is not None:
        fields = union(fields, same_version.get("fieldsV1") or {})
    taken = {**target, "manager": field_manager, "operation": "Apply", "fieldsV1": fields}
    return [taken if entry is target else entry for entry in entries if entry is target or entry not in old]


def _is_entry(entry: Entry, manager: str, operation: str) -> bool:
    return entry.get("manager") == manager and entry.get("operation") == operation and not entry.get("subresource")


def union(left: Fields, right: Fields) -> Fields:
    """Return the fields that are in at least one of two field sets."""
    result = dict(left)
    for name, children in right.items():
        result[name] = _union_of_children(result[name], children) if name in result else children
    return result


def _union_of_children(left: Fields, right: Fields) -> Fields:
    if not left and not right:
        return {}
    return union(left or {_SELF: {}}, right or {_SELF: {}})
