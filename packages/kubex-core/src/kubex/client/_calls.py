"""Access to private methods of `Client` for the verbs in `kubex.api`."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from kubex.client._client import Client
from kubex.client._stream import ByteStream
from kubex.client._timeouts import Resolved
from kubex.core._request import Request
from kubex.core._response import Response
from kubex.core.params import TimeoutTypes

R = TypeVar("R")

# pyright: reportPrivateUsage=false
# Client and verbs belong together; only the import layers separate them.


def call(client: Client, request: Request, decode: Callable[[Response], R]) -> Awaitable[R]:
    """Send a request; see `Client._call`."""
    return client._call(request, decode)


def open_stream(client: Client, request: Request, *, block: str, idle: float | None = None) -> ByteStream:
    """Return the stream of a request; see `Client._open`."""
    return client._open(request, idle=idle, block=block)


def resolve_timeout(client: Client, timeout: TimeoutTypes) -> Resolved:
    """Check the timeout of one call; see `Client._resolve_timeout`."""
    return client._resolve_timeout(timeout)
