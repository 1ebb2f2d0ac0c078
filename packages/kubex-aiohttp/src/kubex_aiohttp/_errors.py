"""What aiohttp raises, and what it becomes."""

import asyncio
from types import TracebackType

import aiohttp
from aiohttp.http import HttpProcessingError
from multidict import CIMultiDict, CIMultiDictProxy
from typing_extensions import override

from kubex.core.exceptions import (
    ConnectError,
    ConnectionLost,
    ProxyError,
    ReadTimeout,
    TLSError,
    TransportError,
    WebSocketError,
)
from kubex.transport import ExceptionTable, Phase, map_exceptions, refused_by_tls_alert

ERRORS: ExceptionTable = (
    (aiohttp.ConnectionTimeoutError, Phase.CONNECT),
    (aiohttp.SocketTimeoutError, Phase.READ),
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


class map_errors(map_exceptions):  # noqa: N801 - used as a function, as map_exceptions is
    """Translate the exceptions of aiohttp, which must not show headers or the query of the request."""

    __slots__ = ()

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, aiohttp.ClientResponseError):
            info = error.request_info
            urls = info.url.with_query(None), info.real_url.with_query(None)
            error.request_info = aiohttp.RequestInfo(urls[0], info.method, _NO_HEADERS, urls[1])
            error.args = (error.request_info, *error.args[1:])
        super().__exit__(kind, error, traceback)


_NO_HEADERS: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())
