"""The JSON paths at which two values differ."""

from collections.abc import Iterator
from typing import Any

IGNORED = (".metadata.generation", ".metadata.managedFields", ".metadata.resourceVersion")
# A dry run makes new values for an object that does not exist.
OF_NEW_OBJECTS = (".metadata.uid", ".metadata.creationTimestamp")


def differing_paths(before: Any, after: Any) -> set[str]:
    """Return the paths at which two objects differ. None is an object that does not exist."""
    ignored = IGNORED if before and after else (*IGNORED, *OF_NEW_OBJECTS)
    found = set(_paths(before or {}, after or {}, ""))
    return {path for path in found if not path.startswith(ignored)}


def differences(first: Any, second: Any) -> list[str]:
    """Return the paths with both values."""
    return [f"{path}: {one!r} | {other!r}" for path, one, other in _differences(first, second, "")]


def _paths(first: Any, second: Any, path: str) -> Iterator[str]:
    return (found for found, _, _ in _differences(first, second, path))


def _differences(first: Any, second: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted({*first, *second}):
            yield from _differences(first.get(key, _ABSENT), second.get(key, _ABSENT), f"{path}.{key}")
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for index, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    elif first != second or type(first) is not type(second):  # 1 and True are equal in Python
        yield path, first, second


class _Absent:
    def __repr__(self) -> str:
        return "absent"


_ABSENT = _Absent()
