"""Calls of a WebSocket at the same time, cancelled calls, and abort()."""

import queue
import threading

import anyio
import pytest

from kubex.errors import TransportError, WebSocketError
from kubex.transport import WebSocket, WebSocketMessage
from transport.socket_server import SECONDS, Open, Peer, Serve
from transport.websocket_frames import BINARY, CLOSE, PING, PONG, frame, receive, request, until, upgrade

pytestmark = pytest.mark.anyio

# More than the buffers of both sockets take.
LARGE = b"x" * 2**24


def silent(peer: Peer) -> None:
    """Open the WebSocket, and read without an answer until the client has gone."""
    upgrade(peer)
    peer.wait_until_closed()


async def test_the_properties_are_those_of_the_upgrade(open_transport: Open, serve: Serve) -> None:
    async with open_transport() as transport, transport.websocket(request(serve(silent).url)) as socket:
        assert socket.status == 101
        assert (socket.headers.get("upgrade"), socket.subprotocol) == ("websocket", None)


async def test_abort_ends_a_receive_that_waits(open_transport: Open, serve: Serve) -> None:
    server = serve(silent)
    received: list[WebSocketMessage] = []

    async def read(socket: WebSocket) -> None:
        received.append(await socket.receive())

    async with open_transport() as transport:
        async with transport.websocket(request(server.url)) as socket, anyio.create_task_group() as tasks:
            tasks.start_soon(read, socket)
            await anyio.wait_all_tasks_blocked()
            socket.abort()
            socket.abort()
        assert await until(server.closed)
    assert received == [WebSocketMessage("close", code=1006)]


async def test_after_abort_the_websocket_is_closed_without_a_close_frame(open_transport: Open, serve: Serve) -> None:
    left: queue.Queue[bytes] = queue.Queue()

    def script(peer: Peer) -> None:
        upgrade(peer)
        peer.wait_until_closed()
        left.put(peer.buffer)

    async with open_transport() as transport:
        async with transport.websocket(request(serve(script).url)) as socket:
            socket.abort()
            assert await socket.receive() == WebSocketMessage("close", code=1006)
            with pytest.raises(TransportError):
                await socket.send(b"late")
        assert await anyio.to_thread.run_sync(left.get, True, SECONDS) == b""


async def test_a_second_receive_at_the_same_time_is_an_error(open_transport: Open, serve: Serve) -> None:
    go_on = threading.Event()

    def later(peer: Peer) -> None:
        upgrade(peer)
        assert go_on.wait(SECONDS)
        peer.send(frame(BINARY, b"data"))
        receive(peer)

    received: list[WebSocketMessage] = []

    async def read(socket: WebSocket) -> None:
        received.append(await socket.receive())

    async with (
        open_transport() as transport,
        transport.websocket(request(serve(later).url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(read, socket)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(WebSocketError, match="receiving"):
            await socket.receive()
        go_on.set()
    assert received == [WebSocketMessage("binary", b"data")]


async def test_a_cancelled_receive_loses_nothing(open_transport: Open, serve: Serve) -> None:
    asked = threading.Semaphore(0)

    def numbered(peer: Peer) -> None:
        upgrade(peer)
        for number in range(3):
            assert asked.acquire(timeout=SECONDS)
            peer.send(frame(BINARY, bytes([number]), last=False))
            peer.send(frame(0, b"end"))
        receive(peer)

    async with open_transport() as transport, transport.websocket(request(serve(numbered).url)) as socket:
        for number in range(3):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(socket.receive)
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
            asked.release()
            assert await socket.receive() == WebSocketMessage("binary", bytes([number]) + b"end")


async def test_a_pong_is_received_between_messages(open_transport: Open, serve: Serve) -> None:
    def pong(peer: Peer) -> None:
        upgrade(peer)
        peer.send(frame(BINARY, b"one"))
        assert receive(peer) == (PING, b"alive")
        peer.send(frame(PONG, b"alive") + frame(PONG) + frame(BINARY, b"two"))
        receive(peer)

    async with open_transport() as transport, transport.websocket(request(serve(pong).url)) as socket:
        await socket.ping(b"alive")
        kinds = [(message.kind, message.data) for message in [await socket.receive() for _ in range(4)]]
    assert kinds == [("binary", b"one"), ("pong", b"alive"), ("pong", b""), ("binary", b"two")]


async def test_tasks_send_complete_frames_at_the_same_time(open_transport: Open, serve: Serve) -> None:
    received: queue.Queue[tuple[int, bytes]] = queue.Queue()

    def collect(peer: Peer) -> None:
        upgrade(peer)
        while not received.queue or received.queue[-1][0] != CLOSE:
            received.put(receive(peer))

    sizes = [2**18 + number for number in range(8)]
    server = serve(collect)
    async with (
        open_transport() as transport,
        transport.websocket(request(server.url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        for size in sizes:
            tasks.start_soon(socket.send, b"x" * size)
            tasks.start_soon(socket.ping, b"p")
    frames = [received.get(timeout=SECONDS) for _ in range(17)]
    assert sorted(len(data) for kind, data in frames if kind == BINARY) == sizes
    assert [data for kind, data in frames if kind == PING] == [b"p"] * 8


async def test_a_send_that_is_cancelled_does_not_end_another(open_transport: Open, serve: Serve) -> None:
    read_on = threading.Event()
    frames: queue.Queue[int] = queue.Queue()

    def slow(peer: Peer) -> None:
        upgrade(peer)
        assert read_on.wait(SECONDS)
        while True:
            kind, data = receive(peer)
            frames.put(len(data))
            if kind == CLOSE:
                return

    async with open_transport() as transport, transport.websocket(request(serve(slow).url)) as socket:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(socket.send, LARGE)
            await anyio.wait_all_tasks_blocked()
            async with anyio.create_task_group() as waiting:
                waiting.start_soon(socket.send, b"cancelled")
                await anyio.wait_all_tasks_blocked()
                waiting.cancel_scope.cancel()
            read_on.set()
        await socket.send(b"after")
        await socket.close()
        assert (await socket.receive()).kind == "close"
    # A backend may have added the frame of the cancelled call to those that wait.
    assert [size for size in frames.queue if size != len(b"cancelled")] == [len(LARGE), len(b"after"), 2]


async def test_after_a_send_that_was_cancelled_in_its_frame_no_other_can_follow(
    open_transport: Open, serve: Serve
) -> None:
    left = threading.Event()

    def deaf(peer: Peer) -> None:
        upgrade(peer)
        assert left.wait(SECONDS)

    async with open_transport() as transport:
        async with transport.websocket(request(serve(deaf).url)) as socket:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(socket.send, LARGE)
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
            with pytest.raises(WebSocketError):
                await socket.send(b"after")
        left.set()
