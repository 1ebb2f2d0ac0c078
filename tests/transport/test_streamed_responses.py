"""Responses that are read as they arrive, and responses that are not read completely."""

import gc
import threading

import anyio
import pytest

from kubex.core._lines import LineSplitter
from kubex.errors import ConnectionLost, ReadTimeout, TransportError
from kubex.transport import Limits, PreparedRequest, Transport
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance.servers import WAIT_TIMEOUT, OpenTransport, ServerConnection, StartServer, wait_for_event
from support.backend_pairs import HTTPX_PAIRS, BackendPair

pytestmark = pytest.mark.anyio


def send_one_chunk(connection: ServerConnection) -> None:
    """Send one chunk, then wait until the client closes the connection."""
    while connection.read_request():
        connection.start_chunked()
        connection.send_chunk(b"first\n")
        connection.wait_until_closed()


def send_endlessly(connection: ServerConnection) -> None:
    """Send chunks until the client closes the connection."""
    connection.read_request()
    connection.start_chunked()
    try:
        while True:
            connection.send_chunk(b"x" * 65536)
    except OSError:
        connection.server.connection_closed.set()


async def test_chunks_are_received_as_they_are_sent(open_transport: OpenTransport, start_server: StartServer) -> None:
    received = threading.Semaphore(0)

    def send_step_by_step(connection: ServerConnection) -> None:
        connection.read_request()
        connection.start_chunked()
        for part in (b"one", b"two", b"three"):
            connection.send_chunk(part)
            assert received.acquire(timeout=WAIT_TIMEOUT)
        connection.send_chunk(b"")
        connection.read_request()

    parts: list[bytes] = []
    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", start_server(send_step_by_step).url + "/")) as response,
    ):
        assert response.status == 200
        assert response.headers.get("transfer-encoding") == "chunked"
        while part := await response.receive():
            parts.append(part)
            received.release()
        assert await response.receive() == b""
    assert parts == [b"one", b"two", b"three"]


async def test_read_returns_the_rest_of_the_body(open_transport: OpenTransport, start_server: StartServer) -> None:
    def respond_large(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"0123456789" * 100_000)

    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", start_server(respond_large).url + "/")) as response,
    ):
        start = await response.receive()
        assert start + await response.read() == b"0123456789" * 100_000


async def test_connection_is_reused_after_the_body_was_read(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    server = start_server()
    async with open_transport() as transport:
        for _ in range(3):
            async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
                assert await response.read() == b"ok"
    assert server.connections == 1


@pytest.mark.covers("pitfall-27")
@pytest.mark.parametrize("reads", [0, 1])
@pytest.mark.parametrize("tls", [False, True])
async def test_leaving_an_unfinished_response_closes_the_connection(
    open_transport: OpenTransport,
    start_server: StartServer,
    server_tls: object,
    client_tls: object,
    reads: int,
    tls: bool,
) -> None:
    server = start_server(send_one_chunk, tls=server_tls if tls else None)
    async with open_transport(ssl_context=client_tls if tls else None) as transport:
        async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
            for _ in range(reads):
                assert await response.receive() == b"first\n"
        gc.collect()
        assert await wait_for_event(server.connection_closed)


@pytest.mark.covers("pitfall-27")
@pytest.mark.parametrize("tls", [False, True])
async def test_leaving_an_endless_response_closes_the_connection(
    open_transport: OpenTransport, start_server: StartServer, server_tls: object, client_tls: object, tls: bool
) -> None:
    server = start_server(send_endlessly, tls=server_tls if tls else None)
    async with open_transport(ssl_context=client_tls if tls else None, buffer_size=2**16) as transport:
        async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
            assert await response.receive()
        assert await wait_for_event(server.connection_closed)


@pytest.mark.covers("pitfall-27")
async def test_cancelled_stream_closes_the_connection_and_propagates_cancellation(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    server = start_server(send_one_chunk)
    async with open_transport() as transport:
        with anyio.move_on_after(WAIT_TIMEOUT) as scope:
            async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
                await response.receive()
                scope.cancel()
                await response.receive()
        assert scope.cancelled_caught
        assert await wait_for_event(server.connection_closed)


async def test_cancellation_before_the_headers_closes_the_connection(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    request_received = threading.Event()

    def never_respond(connection: ServerConnection) -> None:
        connection.read_request()
        request_received.set()
        connection.wait_until_closed()

    server = start_server(never_respond)
    async with open_transport() as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
            assert await wait_for_event(request_received)
            tasks.cancel_scope.cancel()
        assert await wait_for_event(server.connection_closed)


async def test_cancellation_during_the_tls_handshake_closes_the_connection(
    open_transport: OpenTransport, start_server: StartServer, client_tls: object
) -> None:
    handshake_started = threading.Event()

    def never_respond(connection: ServerConnection) -> None:
        connection.read_more()
        handshake_started.set()
        connection.wait_until_closed()

    server = start_server(never_respond)
    async with open_transport(ssl_context=client_tls) as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("GET", f"https://{server.netloc}/"))
            assert await wait_for_event(handshake_started)
            tasks.cancel_scope.cancel()
        gc.collect()
        assert await wait_for_event(server.connection_closed)


async def test_exception_in_the_block_is_propagated_unchanged(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    server = start_server(send_one_chunk)

    async def fail(transport: Transport) -> None:
        async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
            await response.receive()
            raise ZeroDivisionError

    async with open_transport() as transport:
        with pytest.raises(ZeroDivisionError):
            await fail(transport)
        assert await wait_for_event(server.connection_closed)


@pytest.mark.parametrize("framing", ["chunked", "length"])
async def test_truncated_body_raises_connection_lost(
    open_transport: OpenTransport, start_server: StartServer, framing: str
) -> None:
    def send_truncated(connection: ServerConnection) -> None:
        connection.read_request()
        if framing == "chunked":
            connection.start_chunked()
            connection.send_chunk(b"part")
        else:
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")

    async with open_transport() as transport:
        request = PreparedRequest("GET", start_server(send_truncated).url + "/")
        with pytest.raises(ConnectionLost):
            await transport.request(request)
        async with transport.stream(request) as response:
            with pytest.raises(ConnectionLost):
                await response.read()
            with pytest.raises(ConnectionLost):
                await response.receive()


async def test_body_without_length_ends_with_the_connection(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    def respond_without_length(connection: ServerConnection) -> None:
        connection.read_request()
        connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it")

    async with open_transport() as transport:
        response = await transport.request(PreparedRequest("GET", start_server(respond_without_length).url + "/"))
    assert response.body == b"all of it"


@pytest.mark.covers("pitfall-21")
async def test_read_limit_of_the_request_applies_to_each_read(
    open_transport: OpenTransport, start_server: StartServer, clock: Clock
) -> None:
    server = start_server(send_one_chunk)
    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", server.url + "/", limits=Limits(read=60))) as response,
    ):
        assert await response.receive() == b"first\n"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(clock.jump_when_idle, 60)
            with pytest.raises(ReadTimeout):
                await response.receive()
    assert await wait_for_event(server.connection_closed)


async def test_cancelled_read_is_not_treated_as_the_end_of_the_body(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    proceed = threading.Event()

    def send_slowly(connection: ServerConnection) -> None:
        connection.read_request()
        connection.start_chunked()
        connection.send_chunk(b"first")
        proceed.wait(WAIT_TIMEOUT)
        connection.send_chunk(b"second")
        connection.wait_until_closed()

    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", start_server(send_slowly).url + "/")) as response,
    ):
        assert await response.receive() == b"first"
        with anyio.move_on_after(0):
            await response.receive()
        proceed.set()
        try:
            chunk = await response.receive()
        except ConnectionLost:
            chunk = None  # httpx cannot continue after a cancelled read
        assert chunk in (b"second", None)


@pytest.mark.covers("pitfall-18", "pitfall-19")
async def test_lines_are_split_only_at_newlines_and_may_be_binary(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    lines = ['{"a":"\x85\u2028\x0c\r"}'.encode(), b"\xff\xfe not utf-8", b"x" * 300_000, b"", b"last"]

    def send_lines(connection: ServerConnection) -> None:
        connection.read_request()
        connection.start_chunked()
        for line in lines:
            connection.send_chunk(line + b"\n")
        connection.send_chunk(b"")

    splitter = LineSplitter()
    received: list[bytes] = []
    async with (
        open_transport() as transport,
        transport.stream(PreparedRequest("GET", start_server(send_lines).url + "/")) as response,
    ):
        while chunk := await response.receive():
            received += splitter.feed(chunk)
    assert received == lines


async def test_small_chunks_that_arrive_together_are_all_received(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    def send_many(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.start_chunked()
            connection.socket.sendall(b"".join(b"4\r\n%03d\n\r\n" % number for number in range(1000)) + b"0\r\n\r\n")

    url = start_server(send_many).url + "/"
    async with open_transport() as transport:
        for _ in range(2):  # the connection is used again
            async with transport.stream(PreparedRequest("GET", url)) as response:
                received = await response.read()
            assert received == b"".join(b"%03d\n" % number for number in range(1000))


async def test_malformed_chunk_raises_after_the_data_before_it(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    has_received = threading.Event()

    def send_malformed(connection: ServerConnection) -> None:
        connection.read_request()
        connection.start_chunked()
        connection.send_chunk(b"one\n")
        assert has_received.wait(WAIT_TIMEOUT)
        connection.send("zz\r\n")
        connection.wait_until_closed()

    request = PreparedRequest("GET", start_server(send_malformed).url + "/")
    async with open_transport() as transport, transport.stream(request) as response:
        assert await response.receive() == b"one\n"
        has_received.set()
        for _ in range(2):
            with pytest.raises(ConnectionLost):
                await response.receive()


async def test_malformed_chunk_in_the_same_read_raises(
    open_transport: OpenTransport, start_server: StartServer, pair: BackendPair
) -> None:
    def send_malformed(connection: ServerConnection) -> None:
        connection.read_request()
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\nzz\r\n")
        connection.wait_until_closed()

    received = b""
    async with open_transport() as transport:
        with pytest.raises(TransportError):  # noqa: PT012 - aiohttp raises the error for the headers
            async with transport.stream(PreparedRequest("GET", start_server(send_malformed).url + "/")) as response:
                while data := await response.receive():
                    received += data
    # aiohttp drops data that arrives together with the malformed chunk.
    assert received == (b"one\n" if pair in HTTPX_PAIRS else b"")
