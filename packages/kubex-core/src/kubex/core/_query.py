"""Encode query strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from urllib.parse import quote_plus

from kubex.core._errors import ConfigurationError
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate

QueryValue: TypeAlias = str | int | bool | Iterable[str] | None
Query: TypeAlias = Mapping[str, QueryValue]


def encode_query(query: Query) -> str:
    """Encode parameters. None leaves a parameter out, an iterable repeats it, booleans are `true` and `false`.

    Raises ConfigurationError for strings that UTF-8 cannot encode.
    """
    parts: list[str] = []
    for name, value in query.items():
        if value is None:
            continue
        texts = [_text(item) for item in ([value] if isinstance(value, str | int | bool) else value)]
        if any(map(has_lone_surrogate, (name, *texts))):
            raise ConfigurationError(LONE_SURROGATE, source="query", field=ascii(name))
        parts += [f"{quote_plus(name)}={quote_plus(text)}" for text in texts]
    return "&".join(parts)


def _text(value: str | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
