"""Clients: `create_client()`, its options, and the client itself."""

from typing import TYPE_CHECKING

from kubex.client._backend_selection import ClientChoice, ClientChoise
from kubex.client._client import Client
from kubex.client._create import create_client
from kubex.client._options import ClientOptions
from kubex.client._retry import RetryPolicy
from kubex.client._stream import ByteStream
from kubex.core._http import Response
from kubex.lazy_import import lazy_attributes

if TYPE_CHECKING:
    from kubex.client._observers import Attempt, Observer
    from kubex.client._write_hook import Write, WriteHook, WriteResult
    from kubex.core._request_info import RequestInfo
else:  # only programs with observers or a write hook need them
    __getattr__, __dir__ = lazy_attributes(
        __name__,
        {
            "Attempt": "_observers",
            "Observer": "_observers",
            "RequestInfo": "_observers",
            "Write": "_write_hook",
            "WriteHook": "_write_hook",
            "WriteResult": "_write_hook",
        },
    )

__all__ = [
    "Attempt",
    "ByteStream",
    "Client",
    "ClientChoice",
    "ClientChoise",
    "ClientOptions",
    "Observer",
    "RequestInfo",
    "Response",
    "RetryPolicy",
    "Write",
    "WriteHook",
    "WriteResult",
    "create_client",
]
