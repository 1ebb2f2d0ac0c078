"""Concurrent and cancelled calls of a WebSocket, and abort()."""

import queue
import threading

import anyio
import pytest

from kubex.errors import TransportError, WebSocketError
from kubex.transport import WebSocket, WebSocketMessage
from kubex_testing.compliance.servers import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    WAIT_TIMEOUT,
    OpenTransport,
    ServerConnection,
    StartServer,
    accept_upgrade,
    build_frame,
    close_frame,
    read_frame,
    wait_for_event,
    websocket_request,
)

pytestmark = pytest.mark.anyio

# Larger than the buffers of both sockets.
LARGE = b"x" * 2**24


def never_send(connection: ServerConnection) -> None:
    """Accept the WebSocket, and read until the client closes the connection."""
    accept_upgrade(connection)
    connection.wait_until_closed()


async def test_properties_contain_the_upgrade_response(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(never_send).url)) as socket,
    ):
        assert socket.status == 101
        assert (socket.headers.get("upgrade"), socket.subprotocol) == ("websocket", None)


async def test_abort_ends_a_waiting_receive(open_transport: OpenTransport, start_server: StartServer) -> None:
    server = start_server(never_send)
    received: list[WebSocketMessage] = []

    async def receive_one(socket: WebSocket) -> None:
        received.append(await socket.receive())

    async with open_transport() as transport:
        async with transport.websocket(websocket_request(server.url)) as socket, anyio.create_task_group() as tasks:
            tasks.start_soon(receive_one, socket)
            await anyio.wait_all_tasks_blocked()
            socket.abort()
            socket.abort()
        assert await wait_for_event(server.connection_closed)
    assert received == [WebSocketMessage("close", code=1006)]


async def test_abort_closes_without_a_close_frame(open_transport: OpenTransport, start_server: StartServer) -> None:
    received_data: queue.Queue[bytes] = queue.Queue()

    def read_until_closed(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.wait_until_closed()
        received_data.put(connection.buffer)

    async with open_transport() as transport:
        async with transport.websocket(websocket_request(start_server(read_until_closed).url)) as socket:
            socket.abort()
            assert await socket.receive() == WebSocketMessage("close", code=1006)
            with pytest.raises(TransportError):
                await socket.send(b"late")
        assert await anyio.to_thread.run_sync(received_data.get, True, WAIT_TIMEOUT) == b""


async def test_concurrent_receive_raises_websocket_error(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    proceed = threading.Event()

    def send_later(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        assert proceed.wait(WAIT_TIMEOUT)
        connection.send(build_frame(BINARY, b"data"))
        read_frame(connection)

    received: list[WebSocketMessage] = []

    async def receive_one(socket: WebSocket) -> None:
        received.append(await socket.receive())

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(send_later).url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(receive_one, socket)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(WebSocketError, match="receiving"):
            await socket.receive()
        proceed.set()
    assert received == [WebSocketMessage("binary", b"data")]


async def test_cancelled_receive_does_not_lose_messages(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    may_send = threading.Semaphore(0)

    def send_numbered_messages(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        for number in range(3):
            assert may_send.acquire(timeout=WAIT_TIMEOUT)
            connection.send(build_frame(BINARY, bytes([number]), final=False))
            connection.send(build_frame(0, b"end"))
        read_frame(connection)

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(send_numbered_messages).url)) as socket,
    ):
        for number in range(3):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(socket.receive)
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
            may_send.release()
            assert await socket.receive() == WebSocketMessage("binary", bytes([number]) + b"end")


async def test_pongs_are_received_between_messages(open_transport: OpenTransport, start_server: StartServer) -> None:
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


async def test_concurrent_sends_write_complete_frames(open_transport: OpenTransport, start_server: StartServer) -> None:
    received: queue.Queue[tuple[int, bytes]] = queue.Queue()

    def collect_frames(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        while not received.queue or received.queue[-1][0] != CLOSE:
            received.put(read_frame(connection))

    sizes = [2**18 + number for number in range(8)]
    server = start_server(collect_frames)
    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(server.url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        for size in sizes:
            tasks.start_soon(socket.send, b"x" * size)
            tasks.start_soon(socket.ping, b"p")
    frames = [received.get(timeout=WAIT_TIMEOUT) for _ in range(17)]
    assert sorted(len(data) for kind, data in frames if kind == BINARY) == sizes
    assert [data for kind, data in frames if kind == PING] == [b"p"] * 8


async def test_cancelled_send_does_not_affect_other_sends(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    proceed = threading.Event()
    frames: queue.Queue[int] = queue.Queue()

    def read_slowly(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        assert proceed.wait(WAIT_TIMEOUT)
        while True:
            kind, data = read_frame(connection)
            frames.put(len(data))
            if kind == CLOSE:
                return

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(read_slowly).url)) as socket,
    ):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(socket.send, LARGE)
            await anyio.wait_all_tasks_blocked()
            async with anyio.create_task_group() as waiting:
                waiting.start_soon(socket.send, b"cancelled")
                await anyio.wait_all_tasks_blocked()
                waiting.cancel_scope.cancel()
            proceed.set()
        await socket.send(b"after")
        await socket.close()
        assert (await socket.receive()).kind == "close"
    # A backend may already have added the frame of the cancelled call to its buffer.
    assert [size for size in frames.queue if size != len(b"cancelled")] == [len(LARGE), len(b"after"), 2]


async def test_send_after_a_partially_sent_frame_raises_websocket_error(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    websocket_closed = threading.Event()

    def never_read(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        assert websocket_closed.wait(WAIT_TIMEOUT)

    async with open_transport() as transport:
        async with transport.websocket(websocket_request(start_server(never_read).url)) as socket:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(socket.send, LARGE)
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
            with pytest.raises(WebSocketError):
                await socket.send(b"after")
        websocket_closed.set()


async def test_receive_continues_while_a_send_waits(open_transport: OpenTransport, start_server: StartServer) -> None:
    proceed = threading.Event()
    frames: queue.Queue[tuple[int, bytes]] = queue.Queue()

    def ping_before_reading(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.send(build_frame(PING, b"alive") + build_frame(BINARY, b"data"))
        assert proceed.wait(WAIT_TIMEOUT)
        while not frames.queue or frames.queue[-1][0] != CLOSE:
            frames.put(read_frame(connection))

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(ping_before_reading).url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(socket.send, LARGE)
        await anyio.wait_all_tasks_blocked()
        assert await socket.receive() == WebSocketMessage("binary", b"data")
        proceed.set()
    received = [frames.get(timeout=WAIT_TIMEOUT) for _ in range(3)]
    assert [kind for kind, _ in received] == [BINARY, PONG, CLOSE]
    assert received[1][1] == b"alive"


async def test_no_frame_follows_the_reply_to_a_close_frame(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    proceed = threading.Event()
    kinds: queue.Queue[int] = queue.Queue()

    def close_before_reading(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        connection.send(close_frame(1000))
        assert proceed.wait(WAIT_TIMEOUT)
        while not kinds.queue or kinds.queue[-1] != CLOSE:
            kinds.put(read_frame(connection)[0])
        connection.wait_until_closed()
        assert connection.buffer == b""

    errors: list[WebSocketError] = []

    async def send_late(socket: WebSocket) -> None:
        with pytest.raises(WebSocketError, match="closed") as raised:
            await socket.send(b"late")
        errors.append(raised.value)

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(close_before_reading).url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(socket.send, LARGE)
        await anyio.wait_all_tasks_blocked()
        tasks.start_soon(send_late, socket)
        await anyio.wait_all_tasks_blocked()
        assert await socket.receive() == WebSocketMessage("close", code=1000)
        proceed.set()
    assert len(errors) == 1
    assert [kinds.get(timeout=WAIT_TIMEOUT) for _ in range(2)] == [BINARY, CLOSE]


async def test_close_frame_is_sent_once_after_a_cancelled_close(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    proceed = threading.Event()
    kinds: queue.Queue[int] = queue.Queue()

    def read_slowly(connection: ServerConnection) -> None:
        accept_upgrade(connection)
        assert proceed.wait(WAIT_TIMEOUT)
        while not kinds.queue or kinds.queue[-1] != CLOSE:
            kinds.put(read_frame(connection)[0])
        connection.send(close_frame(1000))

    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(read_slowly).url)) as socket,
    ):
        async with anyio.create_task_group() as sending:
            sending.start_soon(socket.send, LARGE)
            await anyio.wait_all_tasks_blocked()
            async with anyio.create_task_group() as closing:
                closing.start_soon(socket.close)
                await anyio.wait_all_tasks_blocked()
                closing.cancel_scope.cancel()
            proceed.set()
        await socket.close()
        assert await socket.receive() == WebSocketMessage("close", code=1000)
    assert list(kinds.queue) == [BINARY, CLOSE]
