"""What travels between the HTTP protocol and the application: requests in, responses out."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Identity:
    """Who calls: a user name and its groups; what else is known of the user shows in reviews alone."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class RecordedRequest:
    """One request as it came over the wire; header names are lower case."""

    method: str
    target: str
    headers: Pairs
    body: bytes = b""
    peer: tuple[str, int] = ("", 0)
    connection: int = 0
    """Number of the connection it came on, counted from 1 over the life of the server."""
    certificate: Identity | None = None
    oversized: bool = False
    path: str = field(init=False)
    """The path still percent-encoded, without the query."""
    query: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.target)
        object.__setattr__(self, "path", parts.path)
        object.__setattr__(self, "query", parse_qs(parts.query, keep_blank_values=True))

    def header(self, name: str, default: str = "") -> str:
        """Return the first header of that name."""
        lower_name = name.lower()
        return next((value for key, value in self.headers if key == lower_name), default)

    @property
    def size(self) -> int:
        """How many bytes of text the request has."""
        return len(self.target) + len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def segments(self) -> list[str]:
        """Return the decoded, non-empty segments of the path."""
        return [unquote(part) for part in self.path.split("/") if part]


@dataclass
class Response:
    """A whole answer, or with `chunks` one whose body is streamed."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    body: bytes = b""
    chunks: AsyncGenerator[bytes, None] | None = None
    cut_at: int | None = None
    """Send only so many bytes of the body, then drop the connection."""


def plain_text_response(status: int, body: str, headers: Sequence[tuple[str, str]] = ()) -> Response:
    """Build a plain-text answer."""
    return Response(status, [("Content-Type", "text/plain; charset=utf-8"), *headers], body.encode())
