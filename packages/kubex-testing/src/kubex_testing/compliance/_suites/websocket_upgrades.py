"""The upgrade of a connection to a WebSocket."""

import threading

import anyio
import pytest

from kubex.errors import TransportError, WebSocketError
from kubex.transport import Limits, PreparedRequest, Transport, WebSocket, WebSocketMessage
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance._suites.handlers import never_send
from kubex_testing.compliance.servers import (
    BINARY,
    OpenTransport,
    ServerConnection,
    StartServer,
    accept_upgrade,
    build_frame,
    echo_messages,
    read_frame,
    wait_for_event,
    websocket_request,
)


async def open_websocket(transport: Transport, url: str, limits: Limits | None = None) -> None:
    """Open a WebSocket and close it."""
    async with transport.websocket(websocket_request(url, limits or Limits())):
        pass


@requires("websockets")
class WebSocketUpgradeTests(BackendTests):
    """The upgrade of a connection to a WebSocket."""

    async def test_properties_contain_the_upgrade_response(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`status`, `headers` and `subprotocol` contain the response to the upgrade."""
        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(never_send).url)) as socket,
        ):
            assert socket.status == 101
            assert (socket.headers.get("upgrade"), socket.subprotocol) == ("websocket", None)

    @pytest.mark.parametrize(("selected", "accepted"), [("v5", "v5"), ("v4", "v4"), (None, None), ("v9", None)])
    async def test_subprotocol_is_selected_by_the_server(
        self, open_transport: OpenTransport, start_server: StartServer, selected: str | None, accepted: str | None
    ) -> None:
        """`subprotocol` is the offered subprotocol that the server selected.

        A subprotocol that was not offered is ignored.
        """

        def select_subprotocol(connection: ServerConnection) -> None:
            accept_upgrade(connection, subprotocol=selected)
            read_frame(connection)

        server = start_server(select_subprotocol)
        offered = ("v5", "v4")
        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(server.url), subprotocols=offered) as socket,
        ):
            assert socket.subprotocol == accepted
        assert (server.requests[0].header("sec-websocket-protocol") or "").replace(" ", "") == "v5,v4"

    @pytest.mark.parametrize(
        "status", ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "200 OK"]
    )
    async def test_error_of_refused_upgrade_contains_the_response(
        self, open_transport: OpenTransport, start_server: StartServer, status: str
    ) -> None:
        """A refused upgrade raises WebSocketError with the status, the headers and the body.

        The connection is reused.
        """

        def refuse(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(b'{"kind":"Status"}', status=status, headers="Content-Type: application/json\r\n")

        server = start_server(refuse)
        async with open_transport() as transport:
            for _ in range(2):
                with pytest.raises(WebSocketError) as raised:
                    await open_websocket(transport, server.url)
                error = raised.value
                assert (error.status, error.body) == (int(status[:3]), b'{"kind":"Status"}')
                assert ("content-type", "application/json") in {(name.lower(), value) for name, value in error.headers}
                assert "swordfish" not in str(error)
                assert "command" not in str(error)
        assert server.connections == 1

    async def test_body_of_refused_upgrade_is_limited(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """At most about 1 MiB of the body of a refused upgrade is read."""

        def refuse(connection: ServerConnection) -> None:
            connection.read_request()
            connection.send("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n")
            while True:  # until the client closes the connection, which raises
                connection.send_chunk(b"x" * 2**16)

        server = start_server(refuse)
        async with open_transport() as transport:
            with pytest.raises(WebSocketError, match="403") as raised:
                await open_websocket(transport, server.url)
            assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)
        assert 2**20 <= len(raised.value.body) < 2**21

    async def test_wrong_accept_header_raises_websocket_error(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A wrong Sec-WebSocket-Accept raises WebSocketError and closes the connection."""

        def accept_with_wrong_key(connection: ServerConnection) -> None:
            connection.read_request()
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
            connection.send("Sec-WebSocket-Accept: bm90IHRoZSBrZXk=\r\n\r\n")
            connection.wait_until_closed()

        server = start_server(accept_with_wrong_key)
        async with open_transport() as transport:
            with pytest.raises(WebSocketError):
                await open_websocket(transport, server.url)
            assert await wait_for_event(server.connection_closed)

    async def test_failed_upgrade_is_not_sent_again(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """An upgrade that fails on a reused connection is not sent again."""

        def close_after_second_request(connection: ServerConnection) -> None:
            connection.read_request()
            connection.respond()
            connection.read_request()

        server = start_server(close_after_second_request)
        async with open_transport() as transport:
            await transport.request(PreparedRequest("GET", server.url + "/"))
            with pytest.raises(TransportError):
                await open_websocket(transport, server.url)
        assert len(server.requests) == 2

    async def test_read_limit_applies_to_the_upgrade(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`Limits.read` limits the wait for the response to the upgrade."""

        def never_respond(connection: ServerConnection) -> None:
            connection.wait_until_closed()

        server = start_server(never_respond)
        async with open_transport() as transport:
            with pytest.raises(TimeoutError):
                await open_websocket(transport, server.url, limits=Limits(read=0.05))

    async def test_websockets_of_a_transport_have_separate_limits(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Each WebSocket of a transport has the limits of its request."""
        silent = threading.Event()

        def echo_or_be_silent(connection: ServerConnection) -> None:
            if silent.is_set():
                connection.wait_until_closed()
            else:
                echo_messages(connection)

        server = start_server(echo_or_be_silent)
        async with open_transport() as transport:
            for seconds in range(100, 120):
                async with transport.websocket(websocket_request(server.url, Limits(read=seconds))) as socket:
                    await socket.send(b"x")
                    assert await socket.receive() == WebSocketMessage("binary", b"x")
            silent.set()
            with pytest.raises(TimeoutError, match=r"0\.05 s"):
                await open_websocket(transport, server.url, limits=Limits(read=0.05))

    async def test_read_limit_does_not_apply_after_the_upgrade(
        self, open_transport: OpenTransport, start_server: StartServer, clock: Clock
    ) -> None:
        """`Limits.read` does not apply to an open WebSocket."""
        proceed = threading.Event()

        def send_late(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_for(proceed)
            connection.send(build_frame(BINARY, b"late"))
            read_frame(connection)

        server = start_server(send_late)
        received: list[WebSocketMessage] = []

        async def receive_one(socket: WebSocket) -> None:
            received.append(await socket.receive())

        limited = websocket_request(server.url, Limits(read=60))
        async with (
            open_transport() as transport,
            transport.websocket(limited) as socket,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(receive_one, socket)
            await clock.jump_when_idle(70)
            await anyio.wait_all_tasks_blocked()
            proceed.set()
        assert received == [WebSocketMessage("binary", b"late")]
