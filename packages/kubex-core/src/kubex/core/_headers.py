"""HTTP headers: the fields of a response, `Warning`, `Retry-After` and basic authentication."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

# RFC 7234, 5.5: code, agent, quoted text that can contain commas and escapes, and optionally a quoted date.
_WARNING = re.compile(r'\s*(\d{3})\s+(\S+)\s+"((?:[^"\\]|\\.)*)"(?:\s+"[^"]*")?\s*(?:,|$)')
_ESCAPE = re.compile(r"\\(.)")
# Not \d, which also matches the digits of other scripts.
_DIGITS = re.compile(r"[0-9]+")

MAX_RETRY_AFTER = 2.0**31
"""Longer times are reduced to this, in seconds (RFC 9111, 1.2.2)."""


class Headers(Mapping[str, str]):
    """The header fields of a response; names are case-insensitive.

    `headers["content-type"]` is the first value of a field; `get_all()` returns all values.
    """

    __slots__ = ("fields",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self.fields = tuple(fields)
        """All fields as (name, value), in the order of the response."""

    @classmethod
    def from_raw(cls, fields: Iterable[tuple[bytes, bytes]]) -> Headers:
        """Decode fields: names are ASCII, values UTF-8; other bytes become lone surrogates (`surrogateescape`)."""
        return cls([(name.decode("ascii"), value.decode("utf-8", "surrogateescape")) for name, value in fields])

    def __getitem__(self, name: str) -> str:
        wanted = name.lower()
        for field, value in self.fields:
            if field.lower() == wanted:
                return value
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        names: dict[str, str] = {}
        for name, _ in self.fields:
            names.setdefault(name.lower(), name)
        return iter(names.values())

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self.fields})

    def __repr__(self) -> str:
        return f"Headers({[name for name, _ in self.fields]})"

    def get_all(self, name: str) -> list[str]:
        """Return every value of a field."""
        # Every response is searched for warnings: comparing lengths first avoids most calls of lower().
        wanted, length = name.lower(), len(name)
        return [value for field, value in self.fields if len(field) == length and field.lower() == wanted]

    def warnings(self) -> list[str]:
        """Return the texts of all `Warning` fields; a malformed value is returned unchanged."""
        return [text for value in self.get_all("warning") for text in parse_warning(value)]

    def retry_after(self) -> float | None:
        """Return the seconds of `Retry-After`, a number or a date; None for anything else (RFC 9110, 10.2.3)."""
        value = (self.get("retry-after") or "").strip(" \t")
        if _DIGITS.fullmatch(value):
            return min(float(value), MAX_RETRY_AFTER)
        try:
            when = parsedate_to_datetime(value)
            if when.tzinfo is None:  # a zone of -0000 gives a naive datetime
                when = when.replace(tzinfo=timezone.utc)
            seconds = (when - datetime.now(timezone.utc)).total_seconds()
        except (ValueError, OverflowError, IndexError, TypeError):  # email.utils raises all of them for invalid dates
            return None
        return min(max(0.0, seconds), MAX_RETRY_AFTER)


def parse_warning(value: str) -> list[str]:
    """Return the texts of one `Warning` field value, which can contain several warnings."""
    texts: list[str] = []
    position = 0
    while position < len(value):
        match = _WARNING.match(value, position)
        if match is None:
            texts.append(value[position:].strip())
            break
        texts.append(_ESCAPE.sub(r"\1", match[3]))
        position = match.end()
    return [text for text in texts if text]


def basic_authorization(username: str, password: str) -> str:
    """Build the value of an `Authorization` or `Proxy-Authorization` header, in UTF-8."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
