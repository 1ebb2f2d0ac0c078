"""Requirements of kubex-core for each backend."""

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
from kubex_testing.compliance.servers import (
    WAIT_TIMEOUT,
    OpenTransport,
    ServerConnection,
    StartServer,
    echo_messages,
    websocket_request,
)
from support.backend_pairs import BackendPair

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("dedicated", [False, True])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
async def test_method_is_sent_unchanged(
    open_transport: OpenTransport, start_server: StartServer, method: str, dedicated: bool
) -> None:
    def respond_no_content(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.send("HTTP/1.1 204 No Content\r\n\r\n")

    server = start_server(respond_no_content)
    async with open_transport() as transport:
        await transport.request(PreparedRequest(method, server.url + "/", dedicated=dedicated))
    assert [request.method for request in server.requests] == [method]


@pytest.mark.parametrize("status", ["429 Too Many Requests", "500 Internal", "502 Bad", "503 Unavailable", "504 Late"])
async def test_request_with_error_status_is_sent_once(
    open_transport: OpenTransport, start_server: StartServer, status: str
) -> None:
    def refuse(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"later", status=status, headers="Retry-After: 0\r\n")

    server = start_server(refuse)
    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", server.url + "/"))
        async with transport.stream(PreparedRequest("PUT", server.url + "/", body=b"{}", dedicated=True)) as stream:
            assert await stream.read() == b"later"
    assert response.status == stream.status == int(status[:3])
    assert [request.method for request in server.requests] == ["GET", "PUT"]


async def test_repeated_response_headers_keep_their_order(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    sent = [("Warning", "299 - one"), ("X-Other", "a"), ("Warning", "299 - two"), ("warning", "299 - one")]

    def respond_with_warnings(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"ok", headers="".join(f"{name}: {value}\r\n" for name, value in sent))

    request = PreparedRequest("GET", start_server(respond_with_warnings).url + "/")
    async with open_transport() as transport:
        response = await transport.request(request)
        async with transport.stream(request) as stream:
            await stream.read()
    for headers in (response.headers, stream.headers):
        assert headers.get_all("Warning") == ["299 - one", "299 - two", "299 - one"]
        assert [value for name, value in headers.fields if name.lower() in ("warning", "x-other")] == [
            v for _, v in sent
        ]


async def test_response_bodies_are_bytes(open_transport: OpenTransport, start_server: StartServer) -> None:
    request = PreparedRequest("GET", start_server().url + "/")
    async with open_transport() as transport:
        assert type((await transport.request(request)).body) is bytes
        async with transport.stream(request) as stream:
            assert [type(await stream.receive()), type(await stream.receive())] == [bytes, bytes]


async def assert_reads_raise(stream: StreamResponse) -> None:
    for read in (stream.receive, stream.receive, stream.read):
        with pytest.raises(ConnectionLost, match="an earlier read of this response failed or was cancelled"):
            await read()


async def test_reads_after_a_failed_read_raise(open_transport: OpenTransport, start_server: StartServer) -> None:
    def send_truncated(connection: ServerConnection) -> None:
        connection.read_request()
        connection.start_chunked()
        connection.send_chunk(b"part")

    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", start_server(send_truncated).url + "/")) as stream,
    ):
        with pytest.raises(ConnectionLost):
            await stream.read()
        await assert_reads_raise(stream)


async def test_reads_after_a_cancelled_read_raise(open_transport: OpenTransport, start_server: StartServer) -> None:
    proceed = threading.Event()

    def send_after_pause(connection: ServerConnection) -> None:
        connection.read_request()
        connection.start_chunked()
        connection.send_chunk(b"first")
        assert proceed.wait(WAIT_TIMEOUT)
        connection.send_chunk(b"second")
        connection.send_chunk(b"")

    request = PreparedRequest("GET", start_server(send_after_pause).url + "/")
    async with open_transport() as transport, transport.stream(request) as stream:
        assert await stream.receive() == b"first"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(stream.receive)
            await anyio.wait_all_tasks_blocked()
            tasks.cancel_scope.cancel()
        proceed.set()
        await assert_reads_raise(stream)


LINES = gzip.compress(b"line 1\n") + gzip.compress(b"line 2\n")


@pytest.mark.parametrize("size", [1, 10_000])
async def test_gzip_body_with_two_members_is_decompressed(
    open_transport: OpenTransport, start_server: StartServer, size: int
) -> None:
    def send_members(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.start_chunked(headers="Content-Encoding: gzip\r\n")
            for at in range(0, len(LINES), size):
                connection.send_chunk(LINES[at : at + size])
            connection.send_chunk(b"")

    request = PreparedRequest("GET", start_server(send_members).url + "/")
    async with open_transport() as transport:
        assert (await transport.request(request)).body == b"line 1\nline 2\n"
        async with transport.stream(request) as stream:
            assert await stream.read() == b"line 1\nline 2\n"


@pytest.mark.parametrize("end", [1, 15, len(LINES) - 1])
async def test_truncated_gzip_body_raises_connection_lost(
    open_transport: OpenTransport, start_server: StartServer, end: int
) -> None:
    def send_truncated(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(LINES[:end], headers="Content-Encoding: gzip\r\n")

    request = PreparedRequest("GET", start_server(send_truncated).url + "/")
    async with open_transport() as transport:
        with pytest.raises(ConnectionLost, match="the compressed body ended early"):
            await transport.request(request)
        async with transport.stream(request) as stream:
            with pytest.raises(ConnectionLost, match="the compressed body ended early"):
                await stream.read()


async def test_requests_do_not_block_other_tasks(open_transport: OpenTransport, start_server: StartServer) -> None:
    pauses: list[float] = []

    async def measure_pauses() -> None:
        last = time.monotonic()  # real time: this is measured
        while True:
            await anyio.lowlevel.checkpoint()
            now = time.monotonic()  # real time: this is measured
            pauses.append(now - last)
            last = now

    server = start_server()
    async with open_transport() as transport, anyio.create_task_group() as measurement:
        await transport.request(PreparedRequest("GET", server.url + "/"))
        measurement.start_soon(measure_pauses)
        await anyio.lowlevel.checkpoint()
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        measurement.cancel_scope.cancel()
    # If a backend blocks for 0.2 s in each request, the pause is 4 s. A busy machine does not cause such a pause.
    assert max(pauses) < 2


def timers_of(runtime: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[float]]:
    """Return a function that returns the remaining seconds of each active timer that was started after this call."""
    if runtime == "trio":
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


async def test_websocket_has_no_timers(
    open_transport: OpenTransport, start_server: StartServer, pair: BackendPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers = timers_of(pair.runtime, monkeypatch)
    async with (
        open_transport() as transport,
        transport.websocket(websocket_request(start_server(echo_messages).url)) as socket,
        anyio.create_task_group() as tasks,
    ):
        await socket.send(b"a")
        assert (await socket.receive()).data == b"a"
        tasks.start_soon(socket.receive)
        await anyio.wait_all_tasks_blocked()
        assert timers() == []  # the backend neither sends pings nor has a timeout
        tasks.cancel_scope.cancel()
