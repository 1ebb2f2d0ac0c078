"""Servers for tests of HTTP clients: functions handle the connections, and read and write each byte.

`Server` runs a handler for each connection in a thread. `http_proxy`, `TunnelProxy` and `SocksProxy` are handlers of
proxies. The functions for frames are the server's end of a WebSocket.
"""

from kubex_testing.compliance.servers._proxy_server import (
    SocksProxy,
    TunnelProxy,
    UserPassword,
    close_after_first_bytes,
    http_proxy,
    never_respond,
)
from kubex_testing.compliance.servers._socket_server import (
    WAIT_TIMEOUT,
    ConnectionHandler,
    OpenTransport,
    ReceivedRequest,
    Server,
    ServerConnection,
    StartServer,
    respond_ok,
    wait_for_event,
)
from kubex_testing.compliance.servers._websocket_frames import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    accept_upgrade,
    build_frame,
    close_code,
    close_frame,
    echo_messages,
    read_frame,
    websocket_request,
)

__all__ = [
    "BINARY",
    "CLOSE",
    "PING",
    "PONG",
    "TEXT",
    "WAIT_TIMEOUT",
    "ConnectionHandler",
    "OpenTransport",
    "ReceivedRequest",
    "Server",
    "ServerConnection",
    "SocksProxy",
    "StartServer",
    "TunnelProxy",
    "UserPassword",
    "accept_upgrade",
    "build_frame",
    "close_after_first_bytes",
    "close_code",
    "close_frame",
    "echo_messages",
    "http_proxy",
    "never_respond",
    "read_frame",
    "respond_ok",
    "wait_for_event",
    "websocket_request",
]
