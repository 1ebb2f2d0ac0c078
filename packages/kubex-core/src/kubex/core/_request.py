"""What a verb builds and `Client` sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import EllipsisType

from kubex.core._query import Query
from kubex.core.params import Timeout

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call of the API, before credentials, retries and encoding of the URL.

    `path` begins with `/` and is percent-encoded. `resend_when_throttled` is False for evictions, whose 429 is the
    answer.
    """

    method: str
    path: str
    query: Query = field(default_factory=dict[str, str])
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    content_type: str = JSON
    accept: str = JSON
    timeout: Timeout | EllipsisType | None = ...
    resend_when_throttled: bool = True

    @property
    def reads_only(self) -> bool:
        """Whether the server changes nothing, so that the call may be sent again."""
        return self.method in ("GET", "HEAD", "OPTIONS")
