"""Comparison of JSON values."""

from __future__ import annotations

from typing import Any, TypeGuard


def json_equal(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal: `1` and `1.0` are, as for the server, but not `1` and `true`."""
    if is_map(one) and is_map(other):
        return one.keys() == other.keys() and all(json_equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(json_equal, one, other))  # pyright: ignore[reportUnknownArgumentType]
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def is_map(value: object) -> TypeGuard[dict[str, Any]]:
    """Return whether a JSON value is a map."""
    return isinstance(value, dict)
