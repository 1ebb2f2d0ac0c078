"""Concurrent and cancelled calls of a WebSocket, and abort()."""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread
import pytest

from kubex.errors import TransportError, WebSocketError
from kubex.transport import WebSocket, WebSocketMessage
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._suites.handlers import never_send
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
    echo_messages,
    read_frame,
    wait_for_event,
    websocket_request,
)


def timers_of(runtime: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[float]]:
    """Return a function that returns the remaining seconds of each active timer that was started after this call."""
    if runtime == "trio":
        import trio  # a backend for asyncio does not need trio

        return lambda: [
            seconds for seconds in [trio.lowlevel.current_statistics().seconds_to_next_deadline] if seconds < 1e6
        ]
    loop = asyncio.get_running_loop()
    started: list[asyncio.TimerHandle] = []
    call_at: Any = loop.call_at

    def record_timer(*arguments: Any, **options: Any) -> asyncio.TimerHandle:
        handle: asyncio.TimerHandle = call_at(*arguments, **options)
        started.append(handle)
        return handle

    monkeypatch.setattr(loop, "call_at", record_timer)
    return lambda: [left for handle in started if not handle.cancelled() and (left := handle.when() - loop.time()) > 0]


# Larger than the buffers of both sockets.
LARGE = b"x" * 2**24


@requires("websockets")
class WebSocketConcurrencyTests(BackendTests):
    """Concurrent and cancelled calls of a WebSocket, and abort()."""

    @requires("event_loop_timers")
    async def test_websocket_has_no_timers(
        self, open_transport: OpenTransport, start_server: StartServer, runtime: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The backend neither sends pings nor applies time limits to an open WebSocket."""
        timers = timers_of(runtime, monkeypatch)
        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(echo_messages).url)) as socket,
            anyio.create_task_group() as tasks,
        ):
            await socket.send(b"a")
            assert (await socket.receive()).data == b"a"
            tasks.start_soon(socket.receive)
            await anyio.wait_all_tasks_blocked()
            self.disable_time_limit()
            assert timers() == []  # the backend neither sends pings nor has a timeout
            tasks.cancel_scope.cancel()

    async def test_abort_ends_a_waiting_receive(self, open_transport: OpenTransport, start_server: StartServer) -> None:
        """`abort()` ends a `receive()` that waits, with `close` and the code 1006. A second call does nothing."""
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

    async def test_abort_closes_without_a_close_frame(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`abort()` closes the connection without a close frame. A later `send()` raises TransportError."""
        received_data: queue.Queue[bytes] = queue.Queue()

        def read_until_closed(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_until_closed()
            received_data.put(bytes(connection.buffer))

        async with open_transport() as transport:
            async with transport.websocket(websocket_request(start_server(read_until_closed).url)) as socket:
                socket.abort()
                assert await socket.receive() == WebSocketMessage("close", code=1006)
                with pytest.raises(TransportError):
                    await socket.send(b"late")
            assert await anyio.to_thread.run_sync(received_data.get, True, WAIT_TIMEOUT) == b""

    async def test_concurrent_receive_raises_websocket_error(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A second `receive()` at the same time raises WebSocketError, and the first one continues."""
        proceed = threading.Event()

        def send_later(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_for(proceed)
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A cancelled `receive()` does not lose a message or a part of it."""
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

    async def test_concurrent_sends_write_complete_frames(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Concurrent calls of `send()` and `ping()` send complete frames, one after the other."""
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A `send()` that is cancelled while it waits for another one does not affect others."""
        proceed = threading.Event()
        frames: queue.Queue[int] = queue.Queue()

        def read_slowly(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_for(proceed)
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """After a cancelled `send()` that sent a part of its frame, `send()` raises WebSocketError."""
        websocket_closed = threading.Event()

        def never_read(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_for(websocket_closed)

        async with open_transport() as transport:
            async with transport.websocket(websocket_request(start_server(never_read).url)) as socket:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(socket.send, LARGE)
                    await anyio.wait_all_tasks_blocked()
                    tasks.cancel_scope.cancel()
                with pytest.raises(WebSocketError):
                    await socket.send(b"after")
            websocket_closed.set()

    async def test_receive_continues_while_a_send_waits(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`receive()` continues while a `send()` waits.

        Pings of the server are answered after the frame that is being sent.
        """
        proceed = threading.Event()
        frames: queue.Queue[tuple[int, bytes]] = queue.Queue()

        def ping_before_reading(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(build_frame(PING, b"alive") + build_frame(BINARY, b"data"))
            connection.wait_for(proceed)
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
            await socket.close()
            # In a thread, so that the event loop can send the frames.
            received = [await anyio.to_thread.run_sync(frames.get, True, WAIT_TIMEOUT) for _ in range(3)]
            assert [kind for kind, _ in received] == [BINARY, PONG, CLOSE]
            assert received[1][1] == b"alive"

    async def test_many_pings_do_not_stop_receive_while_a_send_waits(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`receive()` continues while a `send()` waits, also if the server sends pings and does not read the pongs.

        The pong of the last ping is enough.
        """
        proceed = threading.Event()
        frames: queue.Queue[tuple[int, bytes]] = queue.Queue()

        def send_many_pings(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            pings = b"".join(build_frame(PING, b"%0100d" % number) for number in range(3000))
            connection.send(pings + build_frame(BINARY, b"data"))
            connection.wait_for(proceed)
            while not frames.queue or frames.queue[-1][0] != CLOSE:
                frames.put(read_frame(connection))
            connection.send(close_frame(1000))

        async with (
            open_transport() as transport,
            transport.websocket(websocket_request(start_server(send_many_pings).url)) as socket,
        ):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(socket.send, LARGE)
                await anyio.wait_all_tasks_blocked()
                assert await socket.receive() == WebSocketMessage("binary", b"data")
                proceed.set()
            await socket.close()
            assert await socket.receive() == WebSocketMessage("close", code=1000)
        kinds = [kind for kind, _ in frames.queue]
        assert kinds[0] == BINARY
        assert set(kinds[1:-1]) == {PONG}
        assert frames.queue[-2] == (PONG, b"%0100d" % 2999)

    async def test_no_frame_follows_the_reply_to_a_close_frame(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """No frame follows the reply to a close frame. A `send()` that waits raises WebSocketError."""
        proceed = threading.Event()
        kinds: queue.Queue[int] = queue.Queue()

        def close_before_reading(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.send(close_frame(1000))
            connection.wait_for(proceed)
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
            # In a thread, so that the event loop can send the frames.
            received = [await anyio.to_thread.run_sync(kinds.get, True, WAIT_TIMEOUT) for _ in range(2)]
            assert received == [BINARY, CLOSE]
        assert len(errors) == 1

    async def test_close_frame_is_sent_once_after_a_cancelled_close(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """After a cancelled `close()`, another call sends the close frame once."""
        proceed = threading.Event()
        kinds: queue.Queue[int] = queue.Queue()

        def read_slowly(connection: ServerConnection) -> None:
            accept_upgrade(connection)
            connection.wait_for(proceed)
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
