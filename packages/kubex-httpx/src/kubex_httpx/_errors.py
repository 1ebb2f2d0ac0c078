"""The translation of the exceptions of httpcore."""

import httpcore

from kubex.errors import ConnectError, ConnectionLost, ProxyError, TLSError, TransportError
from kubex.transport import ExceptionTable, Phase, caused_by_tls, refused_by_tls_alert


def _handshake_failed(error: BaseException) -> bool:
    return isinstance(error, httpcore.ConnectError) and caused_by_tls(error)


ERRORS: ExceptionTable = (
    (httpcore.ConnectTimeout, Phase.CONNECT),
    (httpcore.ProxyError, ProxyError),
    (_handshake_failed, TLSError),
    (httpcore.ConnectError, ConnectError),
    (refused_by_tls_alert, TLSError),
    (httpcore.ReadTimeout, Phase.READ),
    (httpcore.WriteTimeout, Phase.WRITE),
    ((httpcore.NetworkError, httpcore.RemoteProtocolError, OSError), ConnectionLost),
    (Exception, TransportError),
)
