"""The translation of the exceptions of httpx."""

import httpcore
import httpx

from kubex.errors import ConnectError, ConnectionLost, ProxyError, TLSError, TransportError
from kubex.transport import ExceptionTable, Phase, caused_by_tls, refused_by_tls_alert


def _handshake_failed(error: BaseException) -> bool:
    return isinstance(error, httpx.ConnectError) and caused_by_tls(error)


ERRORS: ExceptionTable = (
    (httpx.ConnectTimeout, Phase.CONNECT),
    (httpx.ProxyError, ProxyError),
    (_handshake_failed, TLSError),
    (httpx.ConnectError, ConnectError),
    (refused_by_tls_alert, TLSError),
    ((httpx.ReadTimeout, httpcore.ReadTimeout), Phase.READ),
    ((httpx.WriteTimeout, httpcore.WriteTimeout), Phase.WRITE),
    # On asyncio httpx does not translate every OSError of the TLS library; those of httpcore come from its streams.
    (
        (httpx.NetworkError, httpx.RemoteProtocolError, httpcore.NetworkError, httpcore.RemoteProtocolError, OSError),
        ConnectionLost,
    ),
    (Exception, TransportError),
)
