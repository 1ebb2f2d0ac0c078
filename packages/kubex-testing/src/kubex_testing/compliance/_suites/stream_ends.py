"""Responses that are not read to their end, or that are cut off."""

import gc
import threading

import anyio
import pytest

from kubex.errors import ConnectionLost, TransportError
from kubex.transport import PreparedRequest, Transport
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._suites.handlers import send_one_chunk
from kubex_testing.compliance.servers import WAIT_TIMEOUT, OpenTransport, ServerConnection, StartServer, wait_for_event


def send_endlessly(connection: ServerConnection) -> None:
    """Send chunks until the client closes the connection."""
    connection.read_request()
    connection.start_chunked()
    try:
        while True:
            connection.send_chunk(b"x" * 65536)
    except OSError:
        connection.server.connection_closed.set()


class StreamEndTests(BackendTests):
    """Responses that are not read to their end, or that are cut off."""

    @pytest.mark.parametrize("reads", [0, 1])
    @pytest.mark.parametrize("tls", [False, True])
    async def test_leaving_an_unfinished_response_closes_the_connection(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: object,
        client_tls: object,
        reads: int,
        tls: bool,
    ) -> None:
        """Leaving a response that was not read to its end closes its connection."""
        server = start_server(send_one_chunk, tls=server_tls if tls else None)
        async with open_transport(ssl_context=client_tls if tls else None) as transport:
            async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
                for _ in range(reads):
                    assert await response.receive() == b"first\n"
            gc.collect()
            assert await wait_for_event(server.connection_closed)

    @pytest.mark.parametrize("tls", [False, True])
    async def test_leaving_an_endless_response_closes_the_connection(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: object,
        client_tls: object,
        tls: bool,
    ) -> None:
        """Leaving a response closes its connection without reading the rest."""
        server = start_server(send_endlessly, tls=server_tls if tls else None)
        async with open_transport(ssl_context=client_tls if tls else None, buffer_size=2**16) as transport:
            async with transport.stream(PreparedRequest("GET", server.url + "/")) as response:
                assert await response.receive()
            assert await wait_for_event(server.connection_closed)

    async def test_cancelled_stream_closes_the_connection_and_propagates_cancellation(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A cancelled read closes the connection, and the cancellation is not caught."""
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A request that is cancelled before the headers arrive closes its connection."""
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
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: object
    ) -> None:
        """A request that is cancelled during the TLS handshake closes its connection."""
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """An exception in the block of a stream is raised unchanged, and the connection is closed."""
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
        self, open_transport: OpenTransport, start_server: StartServer, framing: str
    ) -> None:
        """A body that ends early raises ConnectionLost, with Content-Length and with chunks."""

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

    async def test_malformed_chunk_raises_after_the_data_before_it(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A malformed chunk raises ConnectionLost after the data before it was returned."""
        has_received = threading.Event()

        def send_malformed(connection: ServerConnection) -> None:
            connection.read_request()
            connection.start_chunked()
            connection.send_chunk(b"one\n")
            connection.wait_for(has_received)
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A malformed chunk raises TransportError, also if it arrives together with the headers."""

        def send_malformed(connection: ServerConnection) -> None:
            connection.read_request()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\nzz\r\n")
            connection.wait_until_closed()

        received = b""
        async with open_transport() as transport:
            with pytest.raises(TransportError):  # noqa: PT012 - a library may raise the error for the headers
                async with transport.stream(PreparedRequest("GET", start_server(send_malformed).url + "/")) as response:
                    while data := await response.receive():
                        received += data
        # A library may drop data that arrives together with the malformed chunk.
        assert received in (b"one\n", b"")
