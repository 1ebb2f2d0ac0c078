"""The interface for authors of HTTP backends."""

from kubex.core._headers import Headers
from kubex.core._http import Response
from kubex.core._proxy import Proxy
from kubex.core.params import Timeout
from kubex.transport._backend import (
    API_VERSION,
    MINIMUM_API_VERSION,
    Backend,
    IgnoredOption,
    LibraryDefaults,
    wrapped,
)
from kubex.transport._config import Limits, PreparedRequest, TLSSettings, TransportConfig
from kubex.transport._connect_guard import ConnectGuard, proxy_refusal
from kubex.transport._exceptions import ExceptionTable, Phase, caused_by_tls, map_exceptions, refused_by_tls_alert
from kubex.transport._idle_connections import IdleConnections
from kubex.transport._request_limiter import RequestLimiter
from kubex.transport._sockets import TCP_KEEP_ALIVE, readable, shut_down
from kubex.transport._stream_response import StreamResponse
from kubex.transport._transport import Transport
from kubex.transport._websocket import ReceiveGuard, WebSocket, WebSocketMessage, refused_upgrade

__all__ = [
    "API_VERSION",
    "MINIMUM_API_VERSION",
    "TCP_KEEP_ALIVE",
    "Backend",
    "ConnectGuard",
    "ExceptionTable",
    "Headers",
    "IdleConnections",
    "IgnoredOption",
    "LibraryDefaults",
    "Limits",
    "Phase",
    "PreparedRequest",
    "Proxy",
    "ReceiveGuard",
    "RequestLimiter",
    "Response",
    "StreamResponse",
    "TLSSettings",
    "Timeout",
    "Transport",
    "TransportConfig",
    "WebSocket",
    "WebSocketMessage",
    "caused_by_tls",
    "map_exceptions",
    "proxy_refusal",
    "readable",
    "refused_by_tls_alert",
    "refused_upgrade",
    "shut_down",
    "wrapped",
]
