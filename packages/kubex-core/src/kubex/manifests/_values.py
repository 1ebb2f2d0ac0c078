"""Checks and copies of JSON values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

MAX_DEPTH = 250
MAX_NODES = 5_000_000


class ValueProblem(Exception):
    """A value cannot be part of a manifest."""


def too_deep() -> ValueProblem:
    """Return the error for a value that is nested too deep."""
    return ValueProblem(f"it is nested more than {MAX_DEPTH} levels deep")


def too_many_values() -> ValueProblem:
    """Return the error for a document with too many values."""
    return ValueProblem(f"it has more than {MAX_NODES} values")


def copy_value(value: object) -> object:
    """Return a copy in which no list or mapping is part of several others, so that each can be changed."""
    remaining = MAX_NODES

    def copy(value: object, depth: int) -> object:
        nonlocal remaining
        remaining -= 1
        if remaining < 0:
            raise too_many_values()
        if depth > MAX_DEPTH:
            raise too_deep()
        if isinstance(value, dict):
            return {key: copy(item, depth + 1) for key, item in cast("dict[str, object]", value).items()}
        if isinstance(value, list):
            return [copy(item, depth + 1) for item in cast("list[object]", value)]
        return value

    return copy(value, 0)


def check_size(value: object) -> None:
    """Raise ValueProblem if the value is too deep or too large."""
    level: list[object] = [value]
    nodes = 1
    for _ in range(MAX_DEPTH + 1):
        level = [item for each in level for item in _items(each)]
        nodes += len(level)
        if nodes > MAX_NODES:
            raise too_many_values()
        level = [item for item in level if isinstance(item, dict | list)]
        if not level:
            return
    raise too_deep()


def _items(value: object) -> Iterable[object]:
    """Return the items of a list, or the values of a mapping."""
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()
