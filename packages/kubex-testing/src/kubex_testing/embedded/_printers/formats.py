"""Formats of cells that several kinds use."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at, is_object, object_at
from kubex_testing._objects.label_selectors import format_label_selector

Cell = Callable[[Mapping[str, Any]], Any]

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
# Below each limit: the larger unit, and the smaller unit, which is omitted if it is 0.
_DURATIONS = (
    (10 * _MINUTE, (_MINUTE, "m"), (1, "s")),
    (3 * _HOUR, (_MINUTE, "m"), None),
    (8 * _HOUR, (_HOUR, "h"), (_MINUTE, "m")),
    (2 * _DAY, (_HOUR, "h"), None),
    (8 * _DAY, (_DAY, "d"), (_HOUR, "h")),
    (2 * _YEAR, (_DAY, "d"), None),
    (8 * _YEAR, (_YEAR, "y"), (_DAY, "d")),
)


def read_path(*path: str, default: Any = None) -> Cell:
    """Return a function that reads a cell from a path in the object."""

    def read(document: Mapping[str, Any]) -> Any:
        value: Any = document
        for key in path:
            value = value.get(key) if is_object(value) else None
        return default if value is None else value

    return read


def read_text(*path: str, default: str = "<none>") -> Cell:
    """Return a function that reads a string from a path. An empty string is missing."""
    read = read_path(*path)
    return lambda document: str(read(document) or default)


def count_items(*path: str) -> Cell:
    """Return a function that counts the items of a list."""
    return lambda document: len(array_at(document, *path))


def join_items(*path: str, separator: str = ",", default: str = "") -> Cell:
    """Return a function that joins the strings of a list."""
    return lambda document: separator.join(array_at(document, *path)) or default


def format_labels(*path: str) -> Cell:
    """Return a function that formats the labels at a path."""
    return lambda document: (
        ",".join(f"{key}={value}" for key, value in sorted(object_at(document, *path).items())) or "<none>"
    )


def format_selector(*path: str, default: str = "<none>") -> Cell:
    """Return a function that formats the label selector at a path."""
    return lambda document: format_label_selector(object_at(document, *path)) or default


def container_cells(*path: str) -> dict[str, Cell]:
    """Return the columns with the names and images of the containers of a pod spec."""

    def join(key: str) -> Cell:
        return lambda document: ",".join(item.get(key) or "" for item in array_at(document, *path, "containers"))

    return {"Containers": join("name"), "Images": join("image")}


def parse_time(text: str) -> datetime:
    """Parse a time of an object."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def format_duration(seconds: float) -> str:
    """Return a duration in the short format of kubectl."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 2 * _MINUTE:
        return f"{max(whole, 0)}s"
    for limit, (size, unit), smaller in _DURATIONS:
        if whole < limit:
            rest = whole % size // smaller[0] if smaller else 0
            return f"{whole // size}{unit}" + (f"{rest}{smaller[1]}" if smaller and rest else "")
    return f"{whole // _YEAR}y"


def format_since(text: str | None, default: str = "<unknown>") -> str:
    """Return the time since a time of an object."""
    if not text:
        return default
    return format_duration((datetime.now(timezone.utc) - parse_time(text)).total_seconds())


def format_age(document: Mapping[str, Any]) -> str:
    """Return the age of an object."""
    return format_since(document["metadata"].get("creationTimestamp"))


def list_with_more(items: Sequence[str], limit: int, separator: str = ",", default: str = "") -> str:
    """Join the first items, and add the number of the others."""
    shown = separator.join(items[:limit])
    return f"{shown} + {len(items) - limit} more..." if len(items) > limit else shown or default


def find_condition(conditions: Iterable[JsonObject], name: str) -> JsonObject:
    """Return the condition with this type, or an empty object."""
    missing: JsonObject = {}
    return next((item for item in conditions if item.get("type") == name), missing)


def is_true(document: Mapping[str, Any], name: str) -> bool:
    """Return whether a condition of the status is true."""
    return find_condition(array_at(document, "status", "conditions"), name).get("status") == "True"
