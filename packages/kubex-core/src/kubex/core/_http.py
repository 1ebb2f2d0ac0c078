"""Requests to the API server and their complete responses, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any

from kubex.core._headers import Headers
from kubex.core._urls import Query
from kubex.core.params import Timeout

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to the API server, before credentials and default headers are added.

    `path` starts with `/` and is percent-encoded. `resend_when_throttled` is False for evictions, for which 429 means
    that a disruption budget does not allow them. `accept_status` are the statuses of 300 and higher that are not errors
    for the caller. `upgrade` is True for requests that open a WebSocket: each of them can
    start a command.
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
    accept_status: frozenset[int] = frozenset()
    upgrade: bool = False

    @property
    def reads_only(self) -> bool:
        """Whether the request does not change objects, so that it can be sent again if the connection was lost."""
        return self.method in ("GET", "HEAD", "OPTIONS") and not self.upgrade


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a plain request: status code, headers and the complete body.

    `extensions` contains additional data of the HTTP backend or of a wrapper.
    """

    status: int
    headers: Headers
    body: bytes = field(repr=False)
    extensions: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
