"""Query strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from urllib.parse import quote_plus

QueryValue: TypeAlias = str | int | bool | Iterable[str] | None
Query: TypeAlias = Mapping[str, QueryValue]


def encode_query(query: Query) -> str:
    """Encode parameters; None leaves one out, an iterable repeats it, booleans are `true` and `false`."""
    parts: list[str] = []
    for name, value in query.items():
        if value is None:
            continue
        values = [value] if isinstance(value, str | int | bool) else value
        parts += [f"{quote_plus(name)}={quote_plus(_text(item))}" for item in values]
    return "&".join(parts)


def _text(value: str | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
