"""Answers read as they arrive, and left before their end."""

import gc
import threading

import anyio
import pytest

from kubex.core._lines import LineSplitter
from kubex.errors import ConnectionLost, ReadTimeout
from kubex.transport import Limits, PreparedRequest, Transport
from support.clock import Clock
from transport.socket_server import SECONDS, Open, Peer, Serve

pytestmark = pytest.mark.anyio


def endless(peer: Peer) -> None:
    """Send one chunk and then nothing, until the client goes."""
    while peer.request():
        peer.chunked()
        peer.chunk(b"first\n")
        peer.wait_until_closed()


def flood(peer: Peer) -> None:
    """Send for as long as the client takes it."""
    peer.request()
    peer.chunked()
    try:
        while True:
            peer.chunk(b"x" * 65536)
    except OSError:
        peer.server.closed.set()


async def closed(event: threading.Event) -> bool:
    """Wait in a thread, so that the loop goes on."""
    return await anyio.to_thread.run_sync(event.wait, SECONDS)


async def test_bytes_come_when_they_are_sent(open_transport: Open, serve: Serve) -> None:
    received = threading.Semaphore(0)

    def step_by_step(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        for part in (b"one", b"two", b"three"):
            peer.chunk(part)
            assert received.acquire(timeout=SECONDS)
        peer.chunk(b"")
        peer.request()

    parts: list[bytes] = []
    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", serve(step_by_step).url + "/")) as answer,
    ):
        assert answer.status == 200
        assert answer.headers.get("transfer-encoding") == "chunked"
        while part := await answer.receive():
            parts.append(part)
            received.release()
        assert await answer.receive() == b""
    assert parts == [b"one", b"two", b"three"]


async def test_read_returns_the_rest(open_transport: Open, serve: Serve) -> None:
    def large(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"0123456789" * 100_000)

    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", serve(large).url + "/")) as answer,
    ):
        start = await answer.receive()
        assert start + await answer.read() == b"0123456789" * 100_000


async def test_a_connection_whose_answer_was_read_is_used_again(open_transport: Open, serve: Serve) -> None:
    server = serve()
    async with open_transport() as transport:
        for _ in range(3):
            async with transport.stream(PreparedRequest("GET", server.url + "/")) as answer:
                assert await answer.read() == b"ok"
    assert server.connections == 1


@pytest.mark.covers("pitfall-27")
@pytest.mark.parametrize("reads", [0, 1])
@pytest.mark.parametrize("tls", [False, True])
async def test_leaving_before_the_end_closes_the_connection(
    open_transport: Open, serve: Serve, server_tls: object, client_tls: object, reads: int, tls: bool
) -> None:
    server = serve(endless, tls=server_tls if tls else None)
    async with open_transport(ssl_context=client_tls if tls else None) as transport:
        async with transport.stream(PreparedRequest("GET", server.url + "/")) as answer:
            for _ in range(reads):
                assert await answer.receive() == b"first\n"
        gc.collect()
        assert await closed(server.closed)


@pytest.mark.covers("pitfall-27")
@pytest.mark.parametrize("tls", [False, True])
async def test_leaving_while_the_server_floods_closes_the_connection(
    open_transport: Open, serve: Serve, server_tls: object, client_tls: object, tls: bool
) -> None:
    server = serve(flood, tls=server_tls if tls else None)
    async with open_transport(ssl_context=client_tls if tls else None, buffer_size=2**16) as transport:
        async with transport.stream(PreparedRequest("GET", server.url + "/")) as answer:
            assert await answer.receive()
        assert await closed(server.closed)


@pytest.mark.covers("pitfall-27")
async def test_cancellation_closes_the_connection_and_passes(open_transport: Open, serve: Serve) -> None:
    server = serve(endless)
    async with open_transport() as transport:
        with anyio.move_on_after(SECONDS) as scope:
            async with transport.stream(PreparedRequest("GET", server.url + "/")) as answer:
                await answer.receive()
                scope.cancel()
                await answer.receive()
        assert scope.cancelled_caught
        assert await closed(server.closed)


async def test_cancellation_while_waiting_for_the_headers_closes_the_connection(
    open_transport: Open, serve: Serve
) -> None:
    asked = threading.Event()

    def silent(peer: Peer) -> None:
        peer.request()
        asked.set()
        peer.wait_until_closed()

    server = serve(silent)
    async with open_transport() as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
            assert await closed(asked)
            tasks.cancel_scope.cancel()
        assert await closed(server.closed)


async def test_cancellation_during_the_handshake_leaves_nothing(
    open_transport: Open, serve: Serve, client_tls: object
) -> None:
    greeted = threading.Event()

    def silent(peer: Peer) -> None:
        peer.more()
        greeted.set()
        peer.wait_until_closed()

    server = serve(silent)
    async with open_transport(ssl_context=client_tls) as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("GET", f"https://{server.host}/"))
            assert await closed(greeted)
            tasks.cancel_scope.cancel()
        gc.collect()
        assert await closed(server.closed)


async def test_an_error_of_the_user_leaves_the_block_as_it_is(open_transport: Open, serve: Serve) -> None:
    server = serve(endless)

    async def fail(transport: Transport) -> None:
        async with transport.stream(PreparedRequest("GET", server.url + "/")) as answer:
            await answer.receive()
            raise ZeroDivisionError

    async with open_transport() as transport:
        with pytest.raises(ZeroDivisionError):
            await fail(transport)
        assert await closed(server.closed)


@pytest.mark.parametrize("framing", ["chunked", "length"])
async def test_a_body_that_breaks_off_is_lost(open_transport: Open, serve: Serve, framing: str) -> None:
    def cut(peer: Peer) -> None:
        peer.request()
        if framing == "chunked":
            peer.chunked()
            peer.chunk(b"part")
        else:
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")

    async with open_transport() as transport:
        request = PreparedRequest("GET", serve(cut).url + "/")
        with pytest.raises(ConnectionLost):
            await transport.request(request)
        async with transport.stream(request) as answer:
            with pytest.raises(ConnectionLost):
                await answer.read()
            with pytest.raises(ConnectionLost):
                await answer.receive()


async def test_a_body_without_a_length_ends_with_the_connection(open_transport: Open, serve: Serve) -> None:
    def until_closed(peer: Peer) -> None:
        peer.request()
        peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it")

    async with open_transport() as transport:
        answer = await transport.request(PreparedRequest("GET", serve(until_closed).url + "/"))
    assert answer.body == b"all of it"


@pytest.mark.covers("pitfall-21")
async def test_the_read_limit_is_the_request_s_own(open_transport: Open, serve: Serve, clock: Clock) -> None:
    server = serve(endless)
    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", server.url + "/", limits=Limits(read=60))) as answer,
    ):
        assert await answer.receive() == b"first\n"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(clock.jump_when_idle, 60)
            with pytest.raises(ReadTimeout):
                await answer.receive()
    assert await closed(server.closed)


async def test_a_cancelled_read_is_never_taken_for_the_end(open_transport: Open, serve: Serve) -> None:
    go_on = threading.Event()

    def slow(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        peer.chunk(b"first")
        go_on.wait(SECONDS)
        peer.chunk(b"second")
        peer.wait_until_closed()

    async with open_transport() as transport, transport.stream(PreparedRequest("GET", serve(slow).url + "/")) as answer:
        assert await answer.receive() == b"first"
        with anyio.move_on_after(0):
            await answer.receive()
        go_on.set()
        try:
            following = await answer.receive()
        except ConnectionLost:
            following = None  # httpx cannot go on after a cancelled read, and says so
        assert following in (b"second", None)


@pytest.mark.covers("pitfall-18", "pitfall-19")
async def test_lines_split_at_newlines_only_and_need_not_be_text(open_transport: Open, serve: Serve) -> None:
    lines = ['{"a":"\x85\u2028\x0c\r"}'.encode(), b"\xff\xfe not utf-8", b"x" * 300_000, b"", b"last"]

    def log(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        for line in lines:
            peer.chunk(line + b"\n")
        peer.chunk(b"")

    splitter = LineSplitter()
    received: list[bytes] = []
    async with open_transport() as transport, transport.stream(PreparedRequest("GET", serve(log).url + "/")) as answer:
        while chunk := await answer.receive():
            received += splitter.feed(chunk)
    assert received == lines
