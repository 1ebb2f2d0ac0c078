"""The end of WebSockets: close frames, lost connections and cancellation."""

import contextlib
import queue
import ssl
import threading

import anyio
import anyio.to_thread
import pytest

from kubex.errors import WebSocketError
from kubex.transport import Transport, WebSocket, WebSocketMessage
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance.servers import (
    BINARY,
    CLOSE,
    WAIT_TIMEOUT,
    OpenTransport,
    ServerConnection,
    StartServer,
    accept_upgrade,
    build_frame,
    close_code,
    close_frame,
    echo_messages,
    read_frame,
    wait_for_event,
    websocket_request,
)


@requires("websockets")
class WebSocketCloseTests(BackendTests):
    """The end of WebSockets: close frames, lost connections and cancellation."""

    @pytest.mark.parametrize(
        ("sent", "code"), [(close_frame(1000), 1000), (close_frame(4001), 4001), (build_frame(CLOSE), 1005)]
    )
    async def test_close_frame_of_the_server_ends_the_websocket(
        self, open_transport: OpenTransport, start_server: StartServer, sent: bytes, code: int
    ) -> None:
        """A close frame of the server is answered with one close frame.

        `receive()` then returns `close` with its code again and again.
        """
        replies: queue.Queue[tuple[int, bytes]] = queue.Queue()

        def send_close(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(BINARY, b"last") + sent)
            replies.put(read_frame(connection))
            connection.wait_until_closed()

        server = start_server(send_close)
        async with open_transport() as transport:
            async with transport.websocket(websocket_request(server.url)) as socket:
                assert (await socket.receive()).data == b"last"
                assert await socket.receive() == WebSocketMessage("close", code=code)
                assert await socket.receive() == WebSocketMessage("close", code=code)
                with pytest.raises(WebSocketError, match="closed"):
                    await socket.send(b"late")
            assert await wait_for_event(server.connection_closed)
        assert replies.get(timeout=WAIT_TIMEOUT)[0] == CLOSE
        assert replies.empty()

    @pytest.mark.parametrize("close_method", ["close", "reset"])
    async def test_lost_connection_has_close_code_1006(
        self, open_transport: OpenTransport, start_server: StartServer, close_method: str
    ) -> None:
        """A connection that ends without a close frame has the close code 1006."""

        def close_without_frame(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            if close_method == "reset":
                connection.reset_on_close()

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(close_without_frame).url)) as socket,
        ):
            assert await socket.receive() == WebSocketMessage("close", code=1006)
            assert await socket.receive() == WebSocketMessage("close", code=1006)

    async def test_leaving_the_block_sends_a_close_frame_and_waits_for_the_reply(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Leaving the block sends a close frame with the code 1000, and waits for the close frame of the server."""
        frames: queue.Queue[tuple[int, bytes]] = queue.Queue()

        def reply_with_close(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(BINARY, b"unread"))
            while True:
                frames.put(read_frame(connection))
                if frames.queue[-1][0] == CLOSE:
                    connection.send(close_frame(1000))
                    connection.wait_until_closed()
                    return

        server = start_server(reply_with_close)
        async with open_transport() as transport:
            async with transport.websocket(websocket_request(server.url)) as socket:
                await socket.send(b"data")
            assert await wait_for_event(server.connection_closed)
        assert frames.get(timeout=WAIT_TIMEOUT) == (BINARY, b"data")
        assert close_code(frames.get(timeout=WAIT_TIMEOUT)[1]) == 1000

    async def test_close_sends_one_close_frame_with_the_code(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`close()` sends one close frame.

        `receive()` still returns messages until the close frame of the server arrives.
        """
        codes: queue.Queue[int] = queue.Queue()

        def reply_to_close(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            codes.put(close_code(read_frame(connection)[1]))
            connection.send(build_frame(BINARY, b"still coming") + close_frame(4000))
            connection.wait_until_closed()

        server = start_server(reply_to_close)
        async with open_transport() as transport:
            async with transport.websocket(websocket_request(server.url)) as socket:
                await socket.close(4000)
                await socket.close()
                with pytest.raises(WebSocketError, match="closed"):
                    await socket.send(b"late")
                assert (await socket.receive()).data == b"still coming"
                assert await socket.receive() == WebSocketMessage("close", code=4000)
            assert await wait_for_event(server.connection_closed)
        assert codes.get(timeout=WAIT_TIMEOUT) == 4000
        assert codes.empty()

    async def test_leaving_the_block_does_not_require_a_close_frame_of_the_server(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Leaving the block closes the connection if the server does not send a close frame."""

        def send_endlessly(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            try:
                while True:
                    connection.send(build_frame(BINARY, b"x" * 65536))
            except OSError:
                connection.server.connection_closed.set()

        server = start_server(send_endlessly)
        async with open_transport() as transport:
            async with transport.websocket(websocket_request(server.url)) as socket:
                await socket.receive()
            assert await wait_for_event(server.connection_closed)

    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_accepted_messages_arrive_after_the_block_has_ended(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        clock: Clock,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        scheme: str,
    ) -> None:
        """Leaving the block does not discard a message that `send()` has accepted, also if the server reads later."""
        left = threading.Event()
        received: queue.Queue[int] = queue.Queue()

        def read_after_the_block(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_for(left)
            with contextlib.suppress(ConnectionError):
                while (frame := read_frame(connection))[0] == BINARY:
                    received.put(len(frame[1]))
            received.put(-1)

        accepted = 0

        async def send_endlessly(socket: WebSocket) -> None:
            nonlocal accepted
            while True:
                await socket.send(b"x" * 2**14)
                accepted += 1

        server = start_server(read_after_the_block, tls=server_tls if scheme == "https" else None)
        async with open_transport(ssl_context=client_tls) as transport, anyio.create_task_group() as tasks:
            async with transport.websocket(websocket_request(server.url)) as socket:
                async with anyio.create_task_group() as sending:
                    sending.start_soon(send_endlessly, socket)
                    await anyio.wait_all_tasks_blocked()
                    sending.cancel_scope.cancel()
                tasks.start_soon(clock.jump_when_idle, 1)
            left.set()
            while await anyio.to_thread.run_sync(received.get, True, WAIT_TIMEOUT) >= 0:
                accepted -= 1
        assert accepted <= 0  # the cancelled message may arrive, too

    async def test_cancelled_receive_closes_the_connection_and_propagates_cancellation(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A cancelled block closes the connection, and the cancellation is not caught."""

        def never_send(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_until_closed()

        server = start_server(never_send)
        async with open_transport() as transport:
            async with anyio.create_task_group() as tasks:

                async def receive_one() -> None:
                    async with transport.websocket(websocket_request(server.url)) as socket:
                        upgraded.set()
                        await socket.receive()
                    pytest.fail("the cancellation was not propagated")

                upgraded = anyio.Event()
                tasks.start_soon(receive_one)
                await upgraded.wait()
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
            assert await wait_for_event(server.connection_closed)

    async def test_exception_in_the_block_of_a_websocket_is_propagated_unchanged(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """An exception in the block of a WebSocket is raised unchanged."""
        server = start_server(echo_messages)

        async def fail(transport: Transport) -> None:
            async with transport.websocket(websocket_request(server.url)):
                raise ZeroDivisionError

        async with open_transport() as transport:
            with pytest.raises(ZeroDivisionError):
                await fail(transport)
