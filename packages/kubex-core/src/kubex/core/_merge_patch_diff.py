"""The difference of two JSON documents as a merge patch (RFC 7386)."""

from __future__ import annotations

from typing import Any, TypeGuard

_NULL_IN_OBJECT = "a merge patch removes a key that is null, so it cannot store a null"
_NULL_IN_LIST = "API servers remove a null from an object in a list of a merge patch, so it cannot be stored"


def merge_patch_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the merge patch that changes the document `before` into `after`.

    Raises ValueError, with the path of the value, if the patch would have to store a null.
    """
    return _difference(before, after, "")


def json_equal(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal: `1` and `1.0` are, as for the server, but not `1` and `true`."""
    if _is_object(one) and _is_object(other):
        return one.keys() == other.keys() and all(json_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(json_equal, one, other))  # pyright: ignore[reportUnknownArgumentType]
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _difference(before: dict[str, Any], after: dict[str, Any], path: str) -> dict[str, Any]:
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key in before and json_equal(before[key], value):
            continue
        place = f"{path}.{key}" if path else key
        current = before.get(key)
        if _is_object(current) and _is_object(value):
            patch[key] = _difference(current, value, place)
        else:
            _check_nulls(value, place, _NULL_IN_OBJECT)
            patch[key] = value
    return patch


def _check_nulls(value: Any, path: str, problem: str) -> None:
    """Raise ValueError if a value is or contains a null that an API server would remove from a merge patch."""
    if value is None:
        raise ValueError(f"{path}: {problem}")
    if _is_object(value):
        for key, item in value.items():
            _check_nulls(item, f"{path}.{key}", problem)
    elif isinstance(value, list):
        for position, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            if item is not None:  # servers keep a null that is an item
                _check_nulls(item, f"{path}[{position}]", _NULL_IN_LIST)


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
