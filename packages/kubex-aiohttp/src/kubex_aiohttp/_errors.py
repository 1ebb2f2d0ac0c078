"""What aiohttp raises, and what it becomes."""

import asyncio

import aiohttp
from aiohttp.http import HttpProcessingError

from kubex.core.exceptions import (
    ConnectError,
    ConnectionLost,
    ConnectTimeout,
    ProxyError,
    ReadTimeout,
    TLSError,
    TransportError,
    WebSocketError,
)
from kubex.transport import ExceptionTable, refused_by_tls_alert

ERRORS: ExceptionTable = (
    (aiohttp.ConnectionTimeoutError, ConnectTimeout),
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError), ProxyError),
    ((aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch), TLSError),
    (aiohttp.ClientConnectorError, ConnectError),
    (refused_by_tls_alert, TLSError),
    ((TimeoutError, asyncio.TimeoutError), ReadTimeout),
    (
        (
            aiohttp.ClientConnectionError,
            aiohttp.ClientPayloadError,
            aiohttp.ClientResponseError,
            HttpProcessingError,
            OSError,
            RuntimeError,  # that is how aiohttp refuses to use what is closed
        ),
        ConnectionLost,
    ),
    (Exception, TransportError),
)

WEBSOCKET_ERRORS: ExceptionTable = (
    ((aiohttp.WSServerHandshakeError, aiohttp.WebSocketError), WebSocketError),
    *ERRORS,
)
