"""Clients: `create_client()`, its options, and the client itself."""

from kubex.client._backend_selection import ClientChoice, ClientChoise
from kubex.client._client import Client
from kubex.client._create import create_client
from kubex.client._options import ClientOptions
from kubex.client._retry import RetryPolicy
from kubex.client._stream import ByteStream
from kubex.core._http import Response

__all__ = [
    "ByteStream",
    "Client",
    "ClientChoice",
    "ClientChoise",
    "ClientOptions",
    "Response",
    "RetryPolicy",
    "create_client",
]
