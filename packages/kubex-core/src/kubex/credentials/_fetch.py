"""The HTTP interface of credentials that send requests, so that they do not import a transport."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchRequest:
    """A request to a server that is not the API server, such as an identity provider.

    Without `ca_file` and `ca_data` (PEM), the CAs of the system are trusted.
    """

    method: str
    url: str
    """An absolute URL with the scheme `https` or `http`."""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Names and values; a name can occur several times."""
    body: bytes | None = field(default=None, repr=False)
    """The encoded body; a header names its type."""
    ca_file: str | os.PathLike[str] | None = None
    """A file with CA certificates, read for each request."""
    ca_data: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchResponse:
    """A response with any status, and its complete body."""

    status: int
    body: bytes = field(repr=False)


Fetch: TypeAlias = Callable[[FetchRequest], Awaitable[FetchResponse]]
"""Sends one request, without following redirects or retrying.

Raises `TransportError`, or `ConfigurationError` for an unusable CA.
"""
