"""WebSockets: limits, violations of the protocol and backpressure."""

import queue
import threading

import anyio
import pytest

from kubex.errors import WebSocketError
from kubex.transport import WebSocket, WebSocketMessage
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance.servers import (
    BINARY,
    CLOSE,
    TEXT,
    WAIT_TIMEOUT,
    OpenTransport,
    ServerConnection,
    StartServer,
    accept_upgrade,
    build_frame,
    close_code,
    echo_messages,
    read_frame,
    wait_for_event,
    websocket_request,
)


@requires("websockets")
class WebSocketLimitTests(BackendTests):
    """WebSockets: limits, violations of the protocol and backpressure."""

    @pytest.mark.parametrize("fragmented", [False, True])
    async def test_too_large_message_closes_the_websocket_before_its_end(
        self, open_transport: OpenTransport, start_server: StartServer, fragmented: bool
    ) -> None:
        """A message above `ws_max_message_size` raises WebSocketError, and closes with 1009 before its end."""
        codes: queue.Queue[int] = queue.Queue()

        def send_large(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(BINARY, b"x" * 1000))
            if fragmented:
                connection.send(build_frame(BINARY, b"x" * 999, final=False) + build_frame(0, b"xx", final=False))
            else:
                connection.send(build_frame(BINARY, b"x" * 10_000)[:2000])
            # The client closes the WebSocket before it has received the end of the message.
            codes.put(close_code(read_frame(connection)[1]))
            connection.wait_until_closed()

        server = start_server(send_large)
        async with open_transport(ws_max_message_size=1000) as transport:
            async with transport.websocket(websocket_request(server.url)) as socket:
                assert len((await socket.receive()).data) == 1000
                with pytest.raises(WebSocketError):
                    await socket.receive()
                assert (await socket.receive()).kind == "close"
            assert await wait_for_event(server.connection_closed)
        assert codes.get(timeout=WAIT_TIMEOUT) == 1009

    async def test_message_size_is_unlimited_with_none(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`ws_max_message_size=None` disables the limit."""
        server = start_server(echo_messages)
        data = b"0123456789" * 900_000
        async with (
            open_transport(ws_max_message_size=None) as transport,
            transport.websocket(websocket_request(server.url)) as socket,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(socket.send, data)
            assert await socket.receive() == WebSocketMessage("binary", data)

    @pytest.mark.parametrize(
        "broken",
        [b"\xf2\x00", build_frame(0, b"without a start"), build_frame(TEXT, b"\xff\xff"), b"\x83\x00"],
        ids=["reserved-bits", "continuation", "not-utf8", "opcode"],
    )
    async def test_protocol_violation_raises_websocket_error(
        self, open_transport: OpenTransport, start_server: StartServer, broken: bytes
    ) -> None:
        """A violation of the WebSocket protocol raises WebSocketError, and sends a close frame.

        `receive()` then returns `close` with the code 1006.
        """
        replies: queue.Queue[int] = queue.Queue()

        def send_broken_frame(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(broken)
            replies.put(read_frame(connection)[0])

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_broken_frame).url)) as socket,
        ):
            with pytest.raises(WebSocketError):
                await socket.receive()
            assert await socket.receive() == WebSocketMessage("close", code=1006)
        assert replies.get(timeout=WAIT_TIMEOUT) == CLOSE

    async def test_slow_reader_causes_backpressure_and_loses_no_message(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A slow reader makes the server wait, and no message is lost."""
        sent = 0
        send_blocked = threading.Event()

        def send_fast(connection: ServerConnection) -> None:
            nonlocal sent
            accept_upgrade(connection)
            connection.socket.settimeout(0.2)
            try:
                while sent < 400:
                    connection.send(build_frame(BINARY, sent.to_bytes(4, "big") + b"x" * 65536))
                    sent += 1
            except TimeoutError:
                send_blocked.set()

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_fast).url)) as socket,
        ):
            assert await wait_for_event(send_blocked)
            assert 0 < sent < 400
            for number in range(sent):
                assert (await socket.receive()).data[:4] == number.to_bytes(4, "big")

    async def test_send_waits_until_the_server_reads(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`send()` waits while the server does not read."""
        proceed = threading.Event()
        total = 200 * 65536

        def read_slowly(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_for(proceed)
            received = 0
            while received < total:
                received += len(read_frame(connection)[1])
            connection.send(build_frame(BINARY, b"all"))
            read_frame(connection)

        sent: list[int] = []

        async def send_all(socket: WebSocket) -> None:
            for number in range(200):
                await socket.send(b"x" * 65536)
                sent.append(number)

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(read_slowly).url)) as socket,
        ):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(send_all, socket)
                await anyio.wait_all_tasks_blocked()
                assert len(sent) < 200
                proceed.set()
                assert await socket.receive() == WebSocketMessage("binary", b"all")
            assert len(sent) == 200
