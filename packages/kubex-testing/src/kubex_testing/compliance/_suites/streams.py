"""Responses that are read as they arrive."""

import threading
import time

import anyio
import anyio.lowlevel
import pytest

from kubex.core._lines import LineSplitter
from kubex.errors import ConnectionLost
from kubex.transport import PreparedRequest, StreamResponse
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance.servers import (
    WAIT_TIMEOUT,
    OpenTransport,
    ServerConnection,
    StartServer,
    wait_for_event,
)


async def assert_reads_raise(stream: StreamResponse) -> None:
    for read in (stream.receive, stream.receive, stream.read):
        with pytest.raises(ConnectionLost, match="an earlier read of this response failed or was cancelled"):
            await read()


class StreamTests(BackendTests):
    """Responses that are read as they arrive."""

    async def test_reads_after_a_failed_read_raise(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """After a read that failed, every later read raises ConnectionLost."""

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

    async def test_reads_after_a_cancelled_read_raise(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """After a cancelled read, every later read raises ConnectionLost."""
        proceed = threading.Event()

        def send_after_pause(connection: ServerConnection) -> None:
            connection.read_request()
            connection.start_chunked()
            connection.send_chunk(b"first")
            connection.wait_for(proceed)
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

    async def test_requests_do_not_block_other_tasks(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Requests do not block the event loop."""
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

    @requires("buffer_size")
    @pytest.mark.parametrize("size", [2**16, 2**20])
    async def test_buffer_size_limits_read_ahead(
        self, open_transport: OpenTransport, start_server: StartServer, size: int
    ) -> None:
        """`buffer_size` limits how much of a body is read before the caller needs it."""
        send_blocked = threading.Event()

        def send_endlessly(connection: ServerConnection) -> None:
            connection.read_request()
            connection.start_chunked()
            connection.socket.settimeout(1)
            try:
                while True:
                    connection.send_chunk(b"x" * 65536)
            except OSError:
                send_blocked.set()

        request = PreparedRequest("GET", start_server(send_endlessly).url + "/")
        async with open_transport(buffer_size=size) as transport, transport.stream(request) as response:
            assert await wait_for_event(send_blocked)
            assert size <= len(await response.receive()) <= 2 * size + 2**19

    async def test_chunks_are_received_as_they_are_sent(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Each chunk is returned when it arrives. The end of the body is `b""`, also in later reads."""
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

    async def test_read_returns_the_rest_of_the_body(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`read()` returns the rest of the body."""

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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A connection is reused after the body was read completely."""
        server = start_server()
        async with open_transport() as transport:
            for _ in range(3):
                async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
                    assert await response.read() == b"ok"
        assert server.connections == 1

    async def test_body_without_length_ends_with_the_connection(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A body without a length ends with the connection."""

        def respond_without_length(connection: ServerConnection) -> None:
            connection.read_request()
            connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it")

        async with open_transport() as transport:
            response = await transport.request(PreparedRequest("GET", start_server(respond_without_length).url + "/"))
        assert response.body == b"all of it"

    async def test_cancelled_read_is_not_treated_as_the_end_of_the_body(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A cancelled read is not the end of the body."""
        proceed = threading.Event()

        def send_slowly(connection: ServerConnection) -> None:
            connection.read_request()
            connection.start_chunked()
            connection.send_chunk(b"first")
            connection.wait_for(proceed)
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
                chunk = None  # most libraries cannot continue after a cancelled read
            assert chunk in (b"second", None)

    async def test_lines_are_split_only_at_newlines_and_may_be_binary(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A body is binary data. It is not decoded or split."""
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Many chunks that arrive together are all returned, and the connection is reused."""

        def send_many(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.start_chunked()
                connection.socket.sendall(
                    b"".join(b"4\r\n%03d\n\r\n" % number for number in range(1000)) + b"0\r\n\r\n"
                )

        url = start_server(send_many).url + "/"
        async with open_transport() as transport:
            for _ in range(2):  # the connection is used again
                async with transport.stream(PreparedRequest("GET", url)) as response:
                    received = await response.read()
                assert received == b"".join(b"%03d\n" % number for number in range(1000))
