"""How WebSockets end, from either side."""

import queue

import anyio
import pytest

from kubex.errors import WebSocketError
from kubex.transport import Transport, WebSocketMessage
from transport.socket_server import SECONDS, Open, Peer, Serve
from transport.websocket_frames import (
    BINARY,
    CLOSE,
    closing,
    code_of,
    echo,
    frame,
    receive,
    request,
    until,
    upgrade,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("sent", "code"), [(closing(1000), 1000), (closing(4001), 4001), (frame(CLOSE), 1005)])
async def test_the_server_s_close_frame_ends_it(open_transport: Open, serve: Serve, sent: bytes, code: int) -> None:
    replies: queue.Queue[tuple[int, bytes]] = queue.Queue()

    def close(peer: Peer) -> None:
        upgrade(peer)
        peer.send(frame(BINARY, b"last") + sent)
        replies.put(receive(peer))
        peer.wait_until_closed()

    server = serve(close)
    async with open_transport() as transport:
        async with transport.websocket(request(server.url)) as socket:
            assert (await socket.receive()).data == b"last"
            assert await socket.receive() == WebSocketMessage("close", code=code)
            assert await socket.receive() == WebSocketMessage("close", code=code)
            with pytest.raises(WebSocketError, match="closed"):
                await socket.send(b"late")
        assert await until(server.closed)
    assert replies.get(timeout=SECONDS)[0] == CLOSE
    assert replies.empty()


@pytest.mark.parametrize("how", ["orderly", "reset"])
async def test_without_a_close_frame_the_code_is_1006(open_transport: Open, serve: Serve, how: str) -> None:
    def leave(peer: Peer) -> None:
        upgrade(peer)
        if how == "reset":
            peer.reset()

    async with open_transport() as transport, transport.websocket(request(serve(leave).url)) as socket:
        assert await socket.receive() == WebSocketMessage("close", code=1006)
        assert await socket.receive() == WebSocketMessage("close", code=1006)


async def test_leaving_sends_a_close_frame_and_takes_the_reply(open_transport: Open, serve: Serve) -> None:
    frames: queue.Queue[tuple[int, bytes]] = queue.Queue()

    def close(peer: Peer) -> None:
        upgrade(peer)
        peer.send(frame(BINARY, b"unread"))
        while True:
            frames.put(receive(peer))
            if frames.queue[-1][0] == CLOSE:
                peer.send(closing(1000))
                peer.wait_until_closed()
                return

    server = serve(close)
    async with open_transport() as transport:
        async with transport.websocket(request(server.url)) as socket:
            await socket.send(b"data")
        assert await until(server.closed)
    assert frames.get(timeout=SECONDS) == (BINARY, b"data")
    assert code_of(frames.get(timeout=SECONDS)[1]) == 1000


async def test_close_is_sent_once_with_its_code(open_transport: Open, serve: Serve) -> None:
    codes: queue.Queue[int] = queue.Queue()

    def note(peer: Peer) -> None:
        upgrade(peer)
        codes.put(code_of(receive(peer)[1]))
        peer.send(frame(BINARY, b"still coming") + closing(4000))
        peer.wait_until_closed()

    server = serve(note)
    async with open_transport() as transport:
        async with transport.websocket(request(server.url)) as socket:
            await socket.close(4000)
            await socket.close()
            with pytest.raises(WebSocketError, match="closed"):
                await socket.send(b"late")
            assert (await socket.receive()).data == b"still coming"
            assert await socket.receive() == WebSocketMessage("close", code=4000)
        assert await until(server.closed)
    assert codes.get(timeout=SECONDS) == 4000
    assert codes.empty()


@pytest.mark.covers("pitfall-27")
async def test_a_server_that_does_not_reply_is_left_anyway(open_transport: Open, serve: Serve) -> None:
    def flood(peer: Peer) -> None:
        upgrade(peer)
        try:
            while True:
                peer.send(frame(BINARY, b"x" * 65536))
        except OSError:
            peer.server.closed.set()

    server = serve(flood)
    async with open_transport() as transport:
        async with transport.websocket(request(server.url)) as socket:
            await socket.receive()
        assert await until(server.closed)


@pytest.mark.covers("pitfall-27")
async def test_cancellation_passes_and_closes_the_connection(open_transport: Open, serve: Serve) -> None:
    def silent(peer: Peer) -> None:
        upgrade(peer)
        peer.wait_until_closed()

    server = serve(silent)
    async with open_transport() as transport:
        async with anyio.create_task_group() as tasks:

            async def listen() -> None:
                async with transport.websocket(request(server.url)) as socket:
                    upgraded.set()
                    await socket.receive()
                pytest.fail("the cancellation did not pass")

            upgraded = anyio.Event()
            tasks.start_soon(listen)
            await upgraded.wait()
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        assert await until(server.closed)


async def test_an_error_of_the_user_leaves_the_block_as_it_is(open_transport: Open, serve: Serve) -> None:
    server = serve(echo)

    async def fail(transport: Transport) -> None:
        async with transport.websocket(request(server.url)):
            raise ZeroDivisionError

    async with open_transport() as transport:
        with pytest.raises(ZeroDivisionError):
            await fail(transport)
