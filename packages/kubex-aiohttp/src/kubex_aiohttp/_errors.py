"""The table of aiohttp's exceptions."""

import asyncio

import aiohttp
from aiohttp.http import HttpProcessingError

from kubex.core.exceptions import ConnectError, ConnectionLost, ProxyError, ReadTimeout, TLSError, TransportError
from kubex.transport import ExceptionTable, Phase, refused_by_tls_alert

ERRORS: ExceptionTable = (
    (aiohttp.ConnectionTimeoutError, Phase.CONNECT),
    (aiohttp.SocketTimeoutError, Phase.READ),
    (aiohttp.ClientProxyConnectionError, ProxyError),
    ((aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch), TLSError),
    (aiohttp.ClientConnectorError, ConnectError),
    (refused_by_tls_alert, TLSError),
    ((TimeoutError, asyncio.TimeoutError), ReadTimeout),
    (
        (
            aiohttp.ClientConnectionError,
            aiohttp.ClientPayloadError,
            HttpProcessingError,
            OSError,
            RuntimeError,  # aiohttp raises it for a closed session
        ),
        ConnectionLost,
    ),
    (Exception, TransportError),
)
