"""The difference of two JSON documents as a merge patch (RFC 7386)."""

from __future__ import annotations

from typing import Any

from kubex.core._json_equal import is_map, json_equal

_NULL_IN_OBJECT = "a merge patch removes a key that is null, so it cannot store a null"
_NULL_IN_LIST = "API servers remove a null from an object in a list of a merge patch, so it cannot be stored"


def merge_patch_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the merge patch that changes the document `before` into `after`.

    Raises ValueError, with the path of the value, if the patch would have to store a null.
    """
    return _difference(before, after, "")


def _difference(before: dict[str, Any], after: dict[str, Any], path: str) -> dict[str, Any]:
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key in before and json_equal(before[key], value):
            continue
        place = f"{path}.{key}" if path else key
        current = before.get(key)
        if is_map(current) and is_map(value):
            patch[key] = _difference(current, value, place)
        else:
            _check_nulls(value, place, _NULL_IN_OBJECT)
            patch[key] = value
    return patch


def _check_nulls(value: Any, path: str, problem: str) -> None:
    """Raise ValueError if a value is or contains a null that an API server would remove from a merge patch."""
    if value is None:
        raise ValueError(f"{path}: {problem}")
    if is_map(value):
        for key, item in value.items():
            _check_nulls(item, f"{path}.{key}", problem)
    elif isinstance(value, list):
        for position, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            if item is not None:  # servers keep a null that is an item
                _check_nulls(item, f"{path}[{position}]", _NULL_IN_LIST)
