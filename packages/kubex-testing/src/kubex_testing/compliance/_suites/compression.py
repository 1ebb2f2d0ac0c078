"""Compressed bodies."""

import gzip
import zlib

import pytest

from kubex.errors import ConnectionLost, TransportError
from kubex.transport import PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance.servers import (
    OpenTransport,
    ServerConnection,
    StartServer,
)

LINES = gzip.compress(b"line 1\n") + gzip.compress(b"line 2\n")


class CompressionTests(BackendTests):
    """Compressed bodies."""

    @pytest.mark.parametrize("size", [1, 10_000])
    async def test_gzip_body_with_two_members_is_decompressed(
        self, open_transport: OpenTransport, start_server: StartServer, size: int
    ) -> None:
        """A gzip body can have several members, which can end anywhere in a chunk."""

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
        self, open_transport: OpenTransport, start_server: StartServer, end: int
    ) -> None:
        """A gzip body that ends early raises ConnectionLost, although its Content-Length is correct."""

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

    @pytest.mark.parametrize(
        ("encoding", "compressed"),
        [("gzip", gzip.compress(b"abc" * 10000)), ("deflate", zlib.compress(b"abc" * 10000))],
        ids=["gzip", "deflate"],
    )
    async def test_compressed_body_is_decompressed(
        self, open_transport: OpenTransport, start_server: StartServer, encoding: str, compressed: bytes
    ) -> None:
        """The library does not decompress the body, because kubex-core does it."""

        def respond_compressed(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(compressed, headers=f"Content-Encoding: {encoding}\r\n")

        server = start_server(respond_compressed)
        async with open_transport() as transport:
            response = await transport.request(
                PreparedRequest("GET", server.url + "/", (("Accept-Encoding", encoding),))
            )
        assert response.body == b"abc" * 10000
        assert server.requests[0].header("accept-encoding") == encoding

    async def test_response_without_body_may_have_content_encoding(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A response without a body can have the header Content-Encoding."""

        def respond_no_content(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.send("HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n")

        async with open_transport() as transport:
            response = await transport.request(PreparedRequest("GET", start_server(respond_no_content).url + "/"))
        assert (response.status, response.body) == (204, b"")

    async def test_damaged_gzip_body_raises_transport_error(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A compressed body that is damaged raises TransportError."""

        def respond_damaged(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(b"this is not gzip", headers="Content-Encoding: gzip\r\n")

        async with open_transport() as transport:
            with pytest.raises(TransportError, match="the compressed body is damaged"):
                await transport.request(PreparedRequest("GET", start_server(respond_damaged).url + "/"))
