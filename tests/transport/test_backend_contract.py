"""What each backend must do, so that kubex-core can do the rest."""

import asyncio
import gzip
import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest
import trio

from kubex.errors import ConnectionLost
from kubex.transport import PreparedRequest, StreamResponse
from support.backend_pairs import BackendPair
from transport.socket_server import SECONDS, Open, Peer, Serve
from transport.websocket_frames import echo
from transport.websocket_frames import request as upgrading

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("dedicated", [False, True])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
async def test_the_method_is_sent_unchanged(open_transport: Open, serve: Serve, method: str, dedicated: bool) -> None:
    def say_nothing(peer: Peer) -> None:
        while peer.request():
            peer.send("HTTP/1.1 204 No Content\r\n\r\n")

    server = serve(say_nothing)
    async with open_transport() as transport:
        await transport.request(PreparedRequest(method, server.url + "/", dedicated=dedicated))
    assert [seen.method for seen in server.seen] == [method]


@pytest.mark.parametrize("status", ["429 Too Many Requests", "500 Internal", "502 Bad", "503 Unavailable", "504 Late"])
async def test_a_request_is_sent_once_whatever_the_status_is(open_transport: Open, serve: Serve, status: str) -> None:
    def refuse(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"later", status=status, headers="Retry-After: 0\r\n")

    server = serve(refuse)
    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", server.url + "/"))
        async with transport.stream(PreparedRequest("PUT", server.url + "/", body=b"{}", dedicated=True)) as stream:
            assert await stream.read() == b"later"
    assert response.status == stream.status == int(status[:3])
    assert [seen.method for seen in server.seen] == ["GET", "PUT"]


async def test_repeated_headers_are_kept_in_their_order(open_transport: Open, serve: Serve) -> None:
    sent = [("Warning", "299 - one"), ("X-Other", "a"), ("Warning", "299 - two"), ("warning", "299 - one")]

    def warn(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"ok", headers="".join(f"{name}: {value}\r\n" for name, value in sent))

    request = PreparedRequest("GET", serve(warn).url + "/")
    async with open_transport() as transport:
        response = await transport.request(request)
        async with transport.stream(request) as stream:
            await stream.read()
    for headers in (response.headers, stream.headers):
        assert headers.get_all("Warning") == ["299 - one", "299 - two", "299 - one"]
        assert [value for name, value in headers.fields if name.lower() in ("warning", "x-other")] == [
            v for _, v in sent
        ]


async def test_bodies_are_bytes(open_transport: Open, serve: Serve) -> None:
    request = PreparedRequest("GET", serve().url + "/")
    async with open_transport() as transport:
        assert type((await transport.request(request)).body) is bytes
        async with transport.stream(request) as stream:
            assert [type(await stream.receive()), type(await stream.receive())] == [bytes, bytes]


async def refuses_to_read(stream: StreamResponse) -> None:
    for read in (stream.receive, stream.receive, stream.read):
        with pytest.raises(ConnectionLost, match="an earlier read of this response failed or was cancelled"):
            await read()


async def test_after_a_failed_read_each_read_is_an_error(open_transport: Open, serve: Serve) -> None:
    def cut_off(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        peer.chunk(b"part")

    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", serve(cut_off).url + "/")) as stream,
    ):
        with pytest.raises(ConnectionLost):
            await stream.read()
        await refuses_to_read(stream)


async def test_after_a_cancelled_read_each_read_is_an_error(open_transport: Open, serve: Serve) -> None:
    goes_on = threading.Event()

    def pause(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        peer.chunk(b"first")
        assert goes_on.wait(SECONDS)
        peer.chunk(b"second")
        peer.chunk(b"")

    request = PreparedRequest("GET", serve(pause).url + "/")
    async with open_transport() as transport, transport.stream(request) as stream:
        assert await stream.receive() == b"first"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stream.receive)
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        goes_on.set()
        await refuses_to_read(stream)


LINES = gzip.compress(b"line 1\n") + gzip.compress(b"line 2\n")


@pytest.mark.parametrize("size", [1, 10_000])
async def test_each_member_of_a_gzip_body_is_read(open_transport: Open, serve: Serve, size: int) -> None:
    def members(peer: Peer) -> None:
        while peer.request():
            peer.chunked(headers="Content-Encoding: gzip\r\n")
            for at in range(0, len(LINES), size):
                peer.chunk(LINES[at : at + size])
            peer.chunk(b"")

    request = PreparedRequest("GET", serve(members).url + "/")
    async with open_transport() as transport:
        assert (await transport.request(request)).body == b"line 1\nline 2\n"
        async with transport.stream(request) as stream:
            assert await stream.read() == b"line 1\nline 2\n"


@pytest.mark.parametrize("end", [1, 15, len(LINES) - 1])
async def test_a_gzip_body_that_ends_early_is_an_error(open_transport: Open, serve: Serve, end: int) -> None:
    def truncated(peer: Peer) -> None:
        while peer.request():
            peer.answer(LINES[:end], headers="Content-Encoding: gzip\r\n")

    request = PreparedRequest("GET", serve(truncated).url + "/")
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost, match="the compressed body ended early"):
            await transport.request(request)
        async with transport.stream(request) as stream:
            with pytest.raises(ConnectionLost, match="the compressed body ended early"):
                await stream.read()


async def test_other_tasks_run_while_requests_are_sent(open_transport: Open, serve: Serve) -> None:
    pauses: list[float] = []

    async def note_pauses() -> None:
        last = time.monotonic()  # real time: what is measured
        while True:
            await anyio.lowlevel.checkpoint()
            now = time.monotonic()  # real time: what is measured
            pauses.append(now - last)
            last = now

    server = serve()
    async with open_transport() as transport, anyio.create_task_group() as observed:
        await transport.request(PreparedRequest("GET", server.url + "/"))
        observed.start_soon(note_pauses)
        await anyio.lowlevel.checkpoint()
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        observed.cancel_scope.cancel()
    # A backend that blocks for 0.2 s in each request makes a pause of 4 s, a busy machine does not.
    assert max(pauses) < 2


def timers_of(runtime: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[float]]:
    """Return a function that returns the seconds until each timer that was started since and is not cancelled."""
    if runtime == "trio":
        return lambda: [
            seconds for seconds in [trio.lowlevel.current_statistics().seconds_to_next_deadline] if seconds < 1e6
        ]
    loop = asyncio.get_running_loop()
    started: list[asyncio.TimerHandle] = []
    call_at: Any = loop.call_at

    def note(*arguments: Any, **options: Any) -> asyncio.TimerHandle:
        handle: asyncio.TimerHandle = call_at(*arguments, **options)
        started.append(handle)
        return handle

    monkeypatch.setattr(loop, "call_at", note)
    return lambda: [left for handle in started if not handle.cancelled() and (left := handle.when() - loop.time()) > 0]


async def test_a_websocket_has_no_timers(
    open_transport: Open, serve: Serve, pair: BackendPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers = timers_of(pair.runtime, monkeypatch)
    async with (
        open_transport() as transport,
        transport.websocket(upgrading(serve(echo).url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        await socket.send(b"a")
        assert (await socket.receive()).data == b"a"
        tasks.start_soon(socket.receive)
        await anyio.wait_all_tasks_blocked()
        assert timers() == []  # so it does not send pings, and does not end after a time
        tasks.cancel_scope.cancel()
