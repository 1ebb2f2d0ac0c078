"""What httpx raises, and what it becomes."""

import zlib

import httpcore
import httpx

from kubex.core.exceptions import (
    ConnectError,
    ConnectionLost,
    ProxyError,
    TLSError,
    TransportError,
)
from kubex.transport import ExceptionTable, Phase, caused_by_tls, refused_by_tls_alert


def _handshake_failed(error: BaseException) -> bool:
    return isinstance(error, httpx.ConnectError) and caused_by_tls(error)


ERRORS: ExceptionTable = (
    (httpx.ConnectTimeout, Phase.CONNECT),
    (httpx.PoolTimeout, Phase.POOL),
    (httpx.ProxyError, ProxyError),
    (_handshake_failed, TLSError),
    (httpx.ConnectError, ConnectError),
    (refused_by_tls_alert, TLSError),
    ((httpx.ReadTimeout, httpcore.ReadTimeout), Phase.READ),
    ((httpx.WriteTimeout, httpcore.WriteTimeout), Phase.WRITE),
    # An OSError is one of the TLS library's that httpx lets through on asyncio; httpcore's come from its streams.
    (
        (
            httpx.NetworkError,
            httpx.RemoteProtocolError,
            httpcore.NetworkError,
            httpcore.RemoteProtocolError,
            OSError,
            zlib.error,
        ),
        ConnectionLost,
    ),
    (Exception, TransportError),
)

# With a proxy in between it is the proxy that cannot be reached.
PROXY_ERRORS: ExceptionTable = ((_handshake_failed, TLSError), (httpx.ConnectError, ProxyError), *ERRORS)
