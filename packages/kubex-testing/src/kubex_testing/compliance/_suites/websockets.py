"""WebSockets: messages, pings and pongs."""

import ssl

import pytest

from kubex.transport import Proxy, WebSocketMessage
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance.servers import (
    BINARY,
    PING,
    PONG,
    TEXT,
    OpenTransport,
    ServerConnection,
    StartServer,
    accept_upgrade,
    build_frame,
    echo_messages,
    http_proxy,
    read_frame,
    websocket_request,
)


@requires("websockets")
class WebSocketTests(BackendTests):
    """WebSockets: messages, pings and pongs."""

    async def test_pongs_are_received_between_messages(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`receive()` returns pongs and messages in the order of their arrival."""

        def send_pongs(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(BINARY, b"one"))
            assert read_frame(connection) == (PING, b"alive")
            connection.send(build_frame(PONG, b"alive") + build_frame(PONG) + build_frame(BINARY, b"two"))
            read_frame(connection)

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_pongs).url)) as socket,
        ):
            await socket.ping(b"alive")
            kinds = [(message.kind, message.data) for message in [await socket.receive() for _ in range(4)]]
        assert kinds == [("binary", b"one"), ("pong", b"alive"), ("pong", b""), ("binary", b"two")]

    async def test_messages_are_sent_and_received(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Binary messages of each size are sent and received. Only the headers of the upgrade are added."""
        server = start_server(echo_messages)
        async with open_transport() as transport, transport.websocket(websocket_request(server.url)) as socket:
            for size in (0, 1, 125, 126, 65535, 65536, 1_000_000):
                data = bytes(size % 251 for size in range(size))
                await socket.send(data)
                assert await socket.receive() == WebSocketMessage("binary", data)
            assert socket.subprotocol is None
        (request,) = server.requests
        assert request.target == "/exec?command=a%2Fb"
        assert request.header("authorization") == "Bearer swordfish"
        added = {name.lower() for name, _ in request.headers} - {"authorization", "host", "content-length"}
        assert added == {"upgrade", "connection", "sec-websocket-key", "sec-websocket-version"}

    async def test_messages_are_sent_over_tls(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """A WebSocket with the scheme https uses TLS."""
        server = start_server(echo_messages, tls=server_tls)
        async with (
            open_transport(ssl_context=client_tls) as transport,
            transport.websocket(websocket_request(server.url)) as socket,
        ):
            await socket.send(b"x" * 100_000)
            assert await socket.receive() == WebSocketMessage("binary", b"x" * 100_000)

    @requires("http_proxies")
    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_messages_are_sent_through_an_http_proxy(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        scheme: str,
    ) -> None:
        """A WebSocket uses the HTTP proxy. The server does not receive the password of the proxy."""
        server, proxy_server = (
            start_server(echo_messages, tls=server_tls if scheme == "https" else None),
            start_server(http_proxy),
        )
        proxy = Proxy(url=proxy_server.url, username="user", password="pass")
        async with (
            open_transport(ssl_context=client_tls, proxy=proxy) as transport,
            transport.websocket(websocket_request(server.url)) as socket,
        ):
            await socket.send(b"hello")
            assert await socket.receive() == WebSocketMessage("binary", b"hello")
        assert proxy_server.requests[0].header("proxy-authorization") == "Basic dXNlcjpwYXNz"
        assert server.requests[0].header("proxy-authorization") is None

    async def test_text_message_has_kind_text(self, open_transport: OpenTransport, start_server: StartServer) -> None:
        """Messages have the kind `text` or `binary`. Their data is the bytes of the message."""

        def send_text_and_binary(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(TEXT, "zoë".encode()) + build_frame(BINARY, b"\xff"))
            read_frame(connection)

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_text_and_binary).url)) as socket,
        ):
            assert await socket.receive() == WebSocketMessage("text", "zoë".encode())
            assert await socket.receive() == WebSocketMessage("binary", b"\xff")

    async def test_fragments_are_joined_to_one_message(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Fragments are joined to one message. A ping between them is answered."""

        def send_fragments(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(BINARY, b"one", final=False))
            connection.send(build_frame(PING, b"still there?"))
            connection.send(build_frame(0, b"two", final=False) + build_frame(0, b""))
            assert read_frame(connection) == (PONG, b"still there?")
            read_frame(connection)

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_fragments).url)) as socket,
        ):
            assert await socket.receive() == WebSocketMessage("binary", b"onetwo")

    async def test_ping_is_sent_and_pong_is_received(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`ping()` sends a ping, and `receive()` returns its pong."""

        def reply_with_pong(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            kind, payload = read_frame(connection)
            assert kind == PING
            connection.send(build_frame(PONG, payload) + build_frame(BINARY, b"data"))
            read_frame(connection)

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(reply_with_pong).url)) as socket,
        ):
            await socket.ping(b"alive")
            assert await socket.receive() == WebSocketMessage("pong", b"alive")
            assert await socket.receive() == WebSocketMessage("binary", b"data")
