"""Access to parts of objects that can be missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast


def map_at(document: object, *names: str) -> dict[str, Any]:
    """Return the map at a path, such as the annotations; an empty dict if the path does not have a map."""
    value: object = document
    for name in names:
        value = cast("Mapping[str, object]", value).get(name) if isinstance(value, Mapping) else None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def entries_of(document: object) -> list[dict[str, Any]]:
    """Return the `managedFields` of an object."""
    entries: list[dict[str, Any]] | None = map_at(document, "metadata").get("managedFields")
    return entries or []
