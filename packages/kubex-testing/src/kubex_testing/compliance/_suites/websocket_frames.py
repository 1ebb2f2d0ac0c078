"""WebSockets: frames in pieces, and the codes of close frames."""

import queue
import socket
import struct
import threading

import anyio
import pytest

from kubex.errors import WebSocketError
from kubex.transport import WebSocketMessage
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance.servers import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    WAIT_TIMEOUT,
    OpenTransport,
    ServerConnection,
    StartServer,
    accept_upgrade,
    build_frame,
    close_code,
    close_frame,
    read_frame,
    websocket_request,
)


@requires("websockets")
class WebSocketFrameTests(BackendTests):
    """WebSockets: frames in pieces, and the codes of close frames."""

    async def test_frames_can_arrive_byte_by_byte(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Frames can be split at each byte, also in their headers."""
        frames = (
            build_frame(BINARY, b"one", final=False)
            + build_frame(PONG, b"p")
            + build_frame(0, b"x" * 300)
            + build_frame(TEXT, "zoë".encode())
            + close_frame(1001)
        )

        def send_bytewise(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in frames:
                connection.send(bytes([byte]))
            assert read_frame(connection)[0] == CLOSE

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_bytewise).url)) as websocket,
        ):
            assert await websocket.receive() == WebSocketMessage("pong", b"p")
            assert await websocket.receive() == WebSocketMessage("binary", b"one" + b"x" * 300)
            assert await websocket.receive() == WebSocketMessage("text", "zoë".encode())
            assert await websocket.receive() == WebSocketMessage("close", code=1001)

    async def test_frames_that_arrive_with_the_upgrade_are_received(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Frames that arrive together with the response to the upgrade are received."""

        def send_frames_at_once(connection: ServerConnection) -> None:
            with connection.send_together():
                accept_upgrade(connection)
                connection.send(build_frame(BINARY, b"first") + build_frame(BINARY, b"second") + close_frame(1000))
            assert read_frame(connection)[0] == CLOSE

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_frames_at_once).url)) as websocket,
        ):
            assert await websocket.receive() == WebSocketMessage("binary", b"first")
            assert await websocket.receive() == WebSocketMessage("binary", b"second")
            assert await websocket.receive() == WebSocketMessage("close", code=1000)

    @pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4000, 4999])
    async def test_close_code_of_the_server_is_returned(
        self, open_transport: OpenTransport, start_server: StartServer, code: int
    ) -> None:
        """`close` has the code of the server's close frame, with or without a reason."""

        def send_close(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(CLOSE, struct.pack("!H", code) + "bye ë".encode()))
            assert read_frame(connection)[0] == CLOSE

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_close).url)) as websocket,
        ):
            assert await websocket.receive() == WebSocketMessage("close", code=code)

    @pytest.mark.parametrize(
        "payload",
        [b"\x03", struct.pack("!H", 999), struct.pack("!H", 1005), struct.pack("!H", 1000) + b"\xff"],
        ids=["one byte", "code 999", "code 1005", "reason that is not UTF-8"],
    )
    async def test_invalid_close_frame_ends_the_websocket(
        self, open_transport: OpenTransport, start_server: StartServer, payload: bytes
    ) -> None:
        """An invalid close frame raises WebSocketError, or ends the WebSocket with the code 1002, 1006 or 1007."""

        def send_invalid_close(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(CLOSE, payload))
            connection.wait_until_closed()

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_invalid_close).url)) as websocket,
        ):
            try:
                message = await websocket.receive()
            except WebSocketError:
                message = await websocket.receive()
                assert message.kind == "close"
            else:
                assert (message.kind, message.code) in {("close", 1002), ("close", 1006), ("close", 1007)}

    @pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4999])
    async def test_close_sends_the_code(
        self, open_transport: OpenTransport, start_server: StartServer, code: int
    ) -> None:
        """`close(code)` sends this code."""
        codes: queue.Queue[int] = queue.Queue()

        def reply_to_close(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            codes.put(close_code(read_frame(connection)[1]))
            connection.send(close_frame(code))
            connection.wait_until_closed()

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(reply_to_close).url)) as websocket,
        ):
            await websocket.close(code)
            assert await websocket.receive() == WebSocketMessage("close", code=code)
        assert codes.get(timeout=WAIT_TIMEOUT) == code

    async def test_receives_that_are_cancelled_in_each_frame_lose_nothing(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A `receive()` that is cancelled after each byte of a message loses nothing."""
        frames = build_frame(BINARY, b"a" * 130, final=False) + build_frame(PING, b"p") + build_frame(0, b"b" * 5)
        may_send = threading.Semaphore(0)

        def send_step_by_step(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in frames:
                connection.send(bytes([byte]))
                assert may_send.acquire(timeout=WAIT_TIMEOUT)
            assert read_frame(connection) == (PONG, b"p")
            read_frame(connection)

        received: list[WebSocketMessage] = []
        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_step_by_step).url)) as websocket,
        ):

            async def receive_one() -> None:
                received.append(await websocket.receive())

            for _ in frames:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(receive_one)
                    await anyio.wait_all_tasks_blocked()
                    tasks.cancel_scope.cancel()
                may_send.release()
            if not received:
                await receive_one()
        assert received == [WebSocketMessage("binary", b"a" * 130 + b"b" * 5)]
