"""The requests and responses between the HTTP protocol and the application."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

Upgrade = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]]
"""A function that uses the connection after a 101 response. Its last argument is data that already arrived."""
HeaderPairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Identity:
    """A user: the name, the groups, and the UID and extra fields, which only reviews show."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class RecordedRequest:
    """One request as received. Header names are in lower case."""

    method: str
    target: str
    headers: HeaderPairs
    body: bytes = b""
    peer: tuple[str, int] = ("", 0)
    connection: int = 0
    """The number of the connection, counted from 1."""
    certificate: Identity | None = None
    oversized: bool = False
    path: str = field(init=False)
    """The path without the query, still percent-encoded."""
    query: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        # The dataclass is frozen, so set the computed fields with object.__setattr__().
        parts = urlsplit(self.target)
        object.__setattr__(self, "path", parts.path)
        object.__setattr__(self, "query", parse_qs(parts.query, keep_blank_values=True) if parts.query else {})

    def header(self, name: str, default: str = "") -> str:
        """Return the first header of that name."""
        lower_name = name.lower()
        for key, value in self.headers:
            if key == lower_name:
                return value
        return default

    @property
    def size(self) -> int:
        """The approximate size of the request in bytes."""
        return len(self.target) + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def segments(self) -> list[str]:
        """Return the decoded, non-empty segments of the path."""
        return [unquote(part) for part in self.path.split("/") if part]


@dataclass
class Response:
    """A response with a complete body, or with a streamed body if `chunks` is set."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    body: bytes = b""
    chunks: AsyncGenerator[bytes, None] | None = None
    upgrade: Upgrade | None = None
    cut_at: int | None = None
    """Send only this number of body bytes, then drop the connection."""


def plain_text_response(status: int, body: str, headers: Sequence[tuple[str, str]] = ()) -> Response:
    """Return a plain text response. An empty response does not have a content type."""
    content_type = [("Content-Type", "text/plain; charset=utf-8")] if body else []
    return Response(status, [*content_type, *headers], body.encode())
