"""Query strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from urllib.parse import quote_plus

from kubex.core._errors import ConfigurationError
from kubex.core._text import NO_UNICODE, is_unicode

QueryValue: TypeAlias = str | int | bool | Iterable[str] | None
Query: TypeAlias = Mapping[str, QueryValue]


def encode_query(query: Query) -> str:
    """Encode parameters; None leaves one out, an iterable repeats it, booleans are `true` and `false`.

    Raises ConfigurationError for text that cannot be encoded.
    """
    parts: list[str] = []
    for name, value in query.items():
        if value is None:
            continue
        texts = [_text(item) for item in ([value] if isinstance(value, str | int | bool) else value)]
        if not all(map(is_unicode, (name, *texts))):
            raise ConfigurationError(NO_UNICODE, source="query", field=ascii(name))
        parts += [f"{quote_plus(name)}={quote_plus(text)}" for text in texts]
    return "&".join(parts)


def _text(value: str | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
