"""HTTP for credentials, which import no transport: what they ask for, and what they get."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchRequest:
    """A request to a server that is not the API server, such as an identity provider.

    Without `ca_file` and `ca_data` (PEM text) the authorities of the system are trusted.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    ca_file: str | os.PathLike[str] | None = None
    ca_data: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchResponse:
    """The status, whatever it is, and the whole body."""

    status: int
    body: bytes = field(repr=False)


Fetch: TypeAlias = Callable[[FetchRequest], Awaitable[FetchResponse]]
"""Sends a request once and follows no redirect; raises TransportError, or ConfigurationError for an unusable CA."""
