"""What the author of an HTTP backend imports."""

from kubex.core._headers import Headers
from kubex.core._proxy import Proxy
from kubex.core._response import Response
from kubex.core.params import Timeout
from kubex.transport._backend import API_VERSION, Backend, IgnoredOption, LibraryDefaults
from kubex.transport._config import Limits, PreparedRequest, TransportConfig
from kubex.transport._connecting import Connecting, proxy_refusal
from kubex.transport._exceptions import ExceptionTable, Phase, caused_by_tls, map_exceptions, refused_by_tls_alert
from kubex.transport._sockets import TCP_KEEP_ALIVE
from kubex.transport._transport import StreamResponse, Transport
from kubex.transport._websocket import WebSocket, WebSocketMessage

__all__ = [
    "API_VERSION",
    "TCP_KEEP_ALIVE",
    "Backend",
    "Connecting",
    "ExceptionTable",
    "Headers",
    "IgnoredOption",
    "LibraryDefaults",
    "Limits",
    "Phase",
    "PreparedRequest",
    "Proxy",
    "Response",
    "StreamResponse",
    "Timeout",
    "Transport",
    "TransportConfig",
    "WebSocket",
    "WebSocketMessage",
    "caused_by_tls",
    "map_exceptions",
    "proxy_refusal",
    "refused_by_tls_alert",
]
