"""Bodies in unusual pieces: byte by byte, in very many chunks, or with a reset in the middle."""

import gzip
import socket
import threading
import time

import anyio
import anyio.lowlevel
import pytest

from kubex.errors import ConnectionLost
from kubex.transport import PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance.servers import OpenTransport, ServerConnection, StartServer, wait_for_event

RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Repeated: a\r\nX-Repeated: b\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
)


class ChunkTests(BackendTests):
    """Bodies in unusual pieces: byte by byte, in very many chunks, or with a reset in the middle."""

    async def test_response_can_arrive_byte_by_byte(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A response can be split at each byte, also in its headers and in the lengths of its chunks."""

        def respond_bytewise(connection: ServerConnection) -> None:
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while connection.read_request():
                for byte in RESPONSE:
                    connection.send(bytes([byte]))

        server = start_server(respond_bytewise)
        async with open_transport() as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("GET", f"{server.url}/"))
                assert response.headers.get_all("x-repeated") == ["a", "b"]
                assert response.body == b"hello world"
        assert server.connections == 1

    @pytest.mark.parametrize("encoding", ["identity", "gzip"])
    async def test_event_loop_stays_responsive_while_many_small_chunks_arrive(
        self, open_transport: OpenTransport, start_server: StartServer, encoding: str
    ) -> None:
        """Other tasks run at least every 0.5 s while 200,000 small chunks arrive, and no byte is lost."""
        lines = b"".join(b"%07d\n" % number for number in range(200_000))
        body = lines if encoding == "identity" else gzip.compress(lines, 1)
        chunks = b"".join(b"8\r\n" + body[at : at + 8] + b"\r\n" for at in range(0, len(body) // 8 * 8, 8))
        rest = body[len(body) // 8 * 8 :]

        def send_chunks(connection: ServerConnection) -> None:
            connection.read_request()
            connection.start_chunked(headers=f"Content-Encoding: {encoding}\r\n")
            connection.send(chunks)
            if rest:
                connection.send_chunk(rest)
            connection.send_chunk(b"")

        pauses: list[float] = []

        async def measure_pauses() -> None:
            while True:
                started = time.thread_time()  # not the time in which other processes run
                await anyio.lowlevel.checkpoint()
                pauses.append(time.thread_time() - started)

        request = PreparedRequest("GET", start_server(send_chunks).url + "/")
        received = bytearray()
        async with (
            open_transport() as transport,
            transport.stream(request) as response,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(measure_pauses)
            while chunk := await response.receive():
                received += chunk
            tasks.cancel_scope.cancel()
        assert bytes(received) == lines
        assert max(pauses) < 0.5

    @pytest.mark.parametrize("framing", ["Transfer-Encoding: chunked", "Content-Length: 100"])
    async def test_reset_in_the_body_raises_connection_lost(
        self, open_transport: OpenTransport, start_server: StartServer, framing: str
    ) -> None:
        """A connection that is reset in the middle of a body raises ConnectionLost."""
        was_read = threading.Event()

        def reset_in_the_body(connection: ServerConnection) -> None:
            connection.read_request()
            connection.send(
                f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n" + ("4\r\npart\r\n" if "chunked" in framing else "part")
            )
            connection.wait_for(was_read)
            connection.reset_on_close()

        server = start_server(reset_in_the_body)
        async with (
            open_transport() as transport,
            transport.stream(PreparedRequest("GET", server.url + "/")) as response,
        ):
            assert await response.receive() == b"part"
            was_read.set()
            with pytest.raises(ConnectionLost):
                await response.receive()
        assert len(server.requests) == 1

    async def test_body_is_returned_if_the_server_shuts_down_its_side(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A complete body is returned, although the server shuts down its side. The connection is not reused."""

        shut_down = threading.Event()

        def respond_and_shut_down(connection: ServerConnection) -> None:
            connection.read_request()
            connection.respond(b"complete")
            connection.end_sending()
            shut_down.set()
            connection.wait_until_closed()

        server = start_server(respond_and_shut_down)
        async with open_transport() as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("POST", f"{server.url}/", body=b"{}"))
                assert response.body == b"complete"
                assert await wait_for_event(shut_down)
        assert (len(server.requests), server.connections) == (2, 2)
