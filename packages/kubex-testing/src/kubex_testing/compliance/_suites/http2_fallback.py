"""Servers without HTTP/2, and WebSockets next to HTTP/2."""

import ssl
import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from kubex.transport import Proxy, WebSocketMessage
from kubex_testing.compliance.servers import (
    ConnectionHandler,
    OpenTransport,
    ServerConnection,
    SocksProxy,
    StartServer,
    TunnelProxy,
    echo_messages,
    wait_for_event,
    websocket_request,
)

if TYPE_CHECKING:
    from kubex_testing.compliance.servers._http2_server import Http2Handler
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._suites.http2_fixtures import HTTP2Fixtures, get


@requires("http2")
class HTTP2FallbackTests(HTTP2Fixtures):
    """Servers without HTTP/2, and WebSockets next to HTTP/2."""

    async def test_http2_is_not_offered_unless_enabled(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        client_tls: ssl.SSLContext,
        http2_tls: ssl.SSLContext,
    ) -> None:
        """Without `http2`, the transport does not offer HTTP/2 in the TLS handshake."""
        server = start_server(tls=http2_tls)
        async with open_transport(ssl_context=client_tls) as transport:
            assert (await transport.request(get(server, "/"))).body == b"ok"

    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_server_without_http2_receives_http_1_requests(
        self, open_http2: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext, scheme: str
    ) -> None:
        """A server without HTTP/2 receives HTTP/1.1 requests on connections that are reused."""
        server = start_server(tls=server_tls if scheme == "https" else None)
        async with open_http2() as transport:
            for _ in range(4):
                assert (await transport.request(get(server, "/"))).body == b"ok"
        assert server.connections == 1

    async def test_concurrent_requests_to_server_without_http2_succeed(
        self, open_http2: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext
    ) -> None:
        """Concurrent requests to a server without HTTP/2 use several connections, which are reused."""
        server = start_server(tls=server_tls)
        async with open_http2(pool_size=3) as transport:
            for _ in range(3):
                async with anyio.create_task_group() as tasks:
                    for _ in range(10):
                        tasks.start_soon(transport.request, get(server, "/"))
            connections_after_tasks = server.connections
            await transport.request(get(server, "/"))
        assert len(server.requests) == 31
        assert server.connections == connections_after_tasks <= 6

    async def test_cancelled_request_to_server_without_http2_keeps_other_connections(
        self, open_http2: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext
    ) -> None:
        """A cancelled request to a server without HTTP/2 closes only its own connection."""
        request_received = threading.Event()

        def respond_except_to_partial(connection: ServerConnection) -> None:
            while request := connection.read_request():
                if request.target == "/partial":
                    request_received.set()
                else:
                    connection.respond(b"ok")

        server = start_server(respond_except_to_partial, tls=server_tls)
        async with open_http2() as transport:
            async with transport.stream(get(server, "/")) as stream:
                await transport.request(get(server, "/"))
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(transport.request, get(server, "/partial"))
                    assert await wait_for_event(request_received)
                    tasks.cancel_scope.cancel()
                assert await stream.read() == b"ok"
            await transport.request(get(server, "/"))
        assert server.connections == 2  # the last request uses the connection of the stream

    @requires("websockets")
    @pytest.mark.parametrize("proxy_kind", ["no proxy", "tunnel", "socks"])
    async def test_websockets_use_http_1_next_to_http2_requests(
        self,
        open_http2: OpenTransport,
        start_server: StartServer,
        handler: "Http2Handler",
        http2_tls: ssl.SSLContext,
        proxy_kind: str,
    ) -> None:
        """WebSockets use HTTP/1.1, also if requests use HTTP/2."""

        def select_handler(connection: ServerConnection) -> None:
            selected: ConnectionHandler = (
                handler if getattr(connection.socket, "selected_alpn_protocol", str)() == "h2" else echo_messages
            )
            selected(connection)

        server = start_server(select_handler, tls=http2_tls)
        proxies: dict[str, ConnectionHandler] = {"tunnel": TunnelProxy(), "socks": SocksProxy()}
        proxy: Proxy | None = None
        if proxy_kind in proxies:
            scheme = "socks5" if proxy_kind == "socks" else "http"
            proxy = Proxy(url=f"{scheme}://127.0.0.1:{start_server(proxies[proxy_kind]).port}")
        async with open_http2(proxy=proxy) as transport:
            assert (await transport.request(get(server, "/before"))).body == b"/before"
            async with transport.websocket(websocket_request(server.url)) as websocket:
                await websocket.send(b"data")
                assert await websocket.receive() == WebSocketMessage("binary", b"data")
                assert (await transport.request(get(server, "/after"))).body == b"/after"
        assert [[request.target for request in connection] for connection in handler.connections] == [
            ["/before", "/after"]
        ]
