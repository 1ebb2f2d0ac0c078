"""The form in which a diff shows objects: without fields of the server, and without secret values."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from kubex_ops._plan.json_values import map_at
from kubex_ops._plan.managed_fields import LAST_APPLIED

_HIDDEN = ("managedFields", "resourceVersion", "generation")

MASK = "***"
MASK_BEFORE = "*** (before)"
MASK_AFTER = "*** (after)"

_SECRET_FIELDS = (("data",), ("stringData",), ("metadata", "annotations"))

Json = dict[str, Any]


def shown(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Json | None, Json | None]:
    """Return copies of both states of an object for a diff.

    The values of Secrets are masked. If a value differs, its two masks differ, too.
    """
    old, new = _without_hidden(before), _without_hidden(after)
    if any(document is not None and document.get("kind") == "Secret" for document in (old, new)):
        for path in _SECRET_FIELDS:
            _mask(old, new, path)
    return old, new


def _without_hidden(document: Mapping[str, Any] | None) -> Json | None:
    if document is None:
        return None
    copy: Json = deepcopy(dict(document))
    for name in _HIDDEN:
        map_at(copy, "metadata").pop(name, None)
    return copy


def _mask(old: Json | None, new: Json | None, path: tuple[str, ...]) -> None:
    """Mask the values of a map in both states. Of the annotations, only that of client-side apply has secret values."""
    left, right = _map_at(old, path), _map_at(new, path)
    for key in {**left, **right}:
        if path[-1] == "annotations" and key != LAST_APPLIED:
            continue
        differs = key in left and key in right and left[key] != right[key]
        if key in left:
            left[key] = MASK_BEFORE if differs else MASK
        if key in right:
            right[key] = MASK_AFTER if differs else MASK


def _map_at(document: Json | None, path: tuple[str, ...]) -> Json:
    """Return a map of a document. If the document has another value there, the value is masked."""
    parent = map_at(document, *path[:-1])
    if parent.get(path[-1]) is not None and not isinstance(parent[path[-1]], dict):
        parent[path[-1]] = MASK
    return map_at(parent, path[-1])
