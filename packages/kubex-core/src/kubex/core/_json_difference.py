"""The difference of two JSON documents, as the operations of a JSON patch."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic_core import from_json

from kubex.core._encode import encode
from kubex.core._json_equal import is_map, json_equal
from kubex.core._json_pointer import Pointer
from kubex.models._common import Scale
from kubex.models._resource import Resource

MAX_OPERATIONS = 10_000
"""The maximum number of operations of a JSON patch; servers reject more with 413."""

# The metadata that the server sets. A write cannot change it, and it differs between objects with the same content.
_METADATA = Pointer("metadata")
_SERVER_OWNED = ("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields")

Operations = list[dict[str, Any]]


class _Change(NamedTuple):
    """The change of one member of a map."""

    path: Pointer
    value: Any
    operations: Operations


def difference(before: object, after: object) -> Operations:
    """Return the operations that change `before` into `after`, at most MAX_OPERATIONS."""
    old, new = (from_json(encode(value)) for value in (before, after))
    if isinstance(before, Resource | Scale) or isinstance(after, Resource | Scale):
        operations = _object_changes(old, new)
    else:
        operations = _value_changes(Pointer(), old, new)
    return operations if len(operations) <= MAX_OPERATIONS else _replace(Pointer(), new)


def _object_changes(old: Any, new: Any) -> Operations:
    """Return the operations for two objects, without the metadata that the server sets."""
    old_metadata, new_metadata = (_metadata(document) for document in (old, new))
    if old_metadata is None or new_metadata is None:
        return _value_changes(Pointer(), old, new)
    for name in _SERVER_OWNED:
        old_metadata.pop(name, None)
        new_metadata.pop(name, None)
    # The metadata is never replaced completely: servers reject custom objects without a resourceVersion.
    changes = [change for change in _member_changes(Pointer(), old, new) if change.path != _METADATA]
    return _merged(_member_changes(_METADATA, old_metadata, new_metadata) + changes)


def _metadata(document: Any) -> dict[str, Any] | None:
    metadata = document.get("metadata") if is_map(document) else None
    return metadata if is_map(metadata) else None


def _value_changes(path: Pointer, old: Any, new: Any) -> Operations:
    """Return the operations for a value. More than MAX_OPERATIONS mean that the caller must replace the value."""
    if is_map(old) and is_map(new):
        return _merged(_member_changes(path, old, new))
    return [] if json_equal(old, new) else _replace(path, new)


def _member_changes(path: Pointer, old: dict[str, Any], new: dict[str, Any]) -> list[_Change]:
    changes: list[_Change] = []
    for key, value in old.items():
        member = path / key
        if key in new:
            changes.append(_Change(member, new[key], _value_changes(member, value, new[key])))
        else:
            changes.append(_Change(member, None, [{"op": "remove", "path": member}]))
    for key, value in new.items():
        if key not in old:
            member = path / key
            changes.append(_Change(member, value, [{"op": "add", "path": member, "value": value}]))
    return changes


def _merged(changes: list[_Change]) -> Operations:
    """Return all operations. If there are too many, replace the members with the most operations completely."""
    total = sum(len(change.operations) for change in changes)
    if total > MAX_OPERATIONS:
        for change in sorted(changes, key=lambda change: len(change.operations), reverse=True):
            if total <= MAX_OPERATIONS or len(change.operations) == 1:
                break
            total -= len(change.operations) - 1
            change.operations[:] = _replace(change.path, change.value)
    return [operation for change in changes for operation in change.operations]


def _replace(path: Pointer, value: Any) -> Operations:
    return [{"op": "replace", "path": path, "value": value}]
