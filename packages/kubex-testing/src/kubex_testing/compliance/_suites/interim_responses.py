"""Responses with a status below 200, and trailers after a body."""

import pytest

from kubex.transport import PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance.servers import OpenTransport, ServerConnection, StartServer


class InterimResponseTests(BackendTests):
    """Responses with a status below 200, and trailers after a body."""

    @pytest.mark.parametrize(
        "interim",
        [
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 102 Processing\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 3,
        ],
        ids=["100", "102", "three times 103"],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_interim_responses_are_skipped(
        self, open_transport: OpenTransport, start_server: StartServer, interim: str, method: str
    ) -> None:
        """Responses with a status from 100 to 199, except 101, are skipped. Their headers are not returned."""

        def respond_after_interim(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.send(interim)
                connection.respond(b"ok")

        server = start_server(respond_after_interim)
        body = b"{}" if method == "POST" else None
        async with open_transport() as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest(method, f"{server.url}/", body=body))
                assert (response.status, response.body, response.headers.get("link")) == (200, b"ok", None)
        assert (len(server.requests), server.connections) == (2, 1)

    async def test_trailers_are_not_part_of_the_body_and_the_headers(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Trailers after a chunked body are neither part of the body nor of the headers. The connection is reused."""

        def respond_with_trailers(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.start_chunked(headers="Trailer: X-Checksum\r\n")
                connection.send_chunk(b"body")
                connection.send("0\r\nX-Checksum: abc\r\nX-Other: def\r\n\r\n")

        server = start_server(respond_with_trailers)
        async with open_transport() as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("GET", f"{server.url}/"))
                assert (response.body, response.headers.get("x-checksum")) == (b"body", None)
        assert server.connections == 1

    async def test_chunk_extensions_are_ignored(self, open_transport: OpenTransport, start_server: StartServer) -> None:
        """Extensions of chunks are ignored."""

        def respond_with_extensions(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.start_chunked()
                connection.send(b'4;name=value\r\nbody\r\n3;other="x"\r\nend\r\n0;last\r\n\r\n')

        request = PreparedRequest("GET", start_server(respond_with_extensions).url + "/")
        async with open_transport() as transport:
            assert (await transport.request(request)).body == b"bodyend"
