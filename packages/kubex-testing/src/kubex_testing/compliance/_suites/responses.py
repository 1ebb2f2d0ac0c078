"""Responses as the caller receives them."""

import pytest

from kubex.errors import ConnectionLost
from kubex.transport import PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance.servers import (
    OpenTransport,
    ServerConnection,
    StartServer,
)


class ResponseTests(BackendTests):
    """Responses as the caller receives them."""

    async def test_repeated_response_headers_keep_their_order(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Header fields of a response keep their order, and repeated fields are not merged."""
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

    async def test_response_bodies_are_bytes(self, open_transport: OpenTransport, start_server: StartServer) -> None:
        """Bodies and chunks are `bytes`, not `bytearray` or `memoryview`."""
        request = PreparedRequest("GET", start_server().url + "/")
        async with open_transport() as transport:
            assert type((await transport.request(request)).body) is bytes
            async with transport.stream(request) as stream:
                assert [type(await stream.receive()), type(await stream.receive())] == [bytes, bytes]

    @pytest.mark.parametrize("status", ["418 ", "499 Client Closed Request", "529 Site is overloaded", "799"])
    async def test_nonstandard_status_is_returned(
        self, open_transport: OpenTransport, start_server: StartServer, status: str
    ) -> None:
        """A response can have any status from 200 to 999, with or without a reason phrase."""

        def respond_with_status(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(b"why", status=status)

        async with open_transport() as transport:
            response = await transport.request(PreparedRequest("GET", start_server(respond_with_status).url + "/"))
        assert (response.status, response.body) == (int(status[:3]), b"why")

    async def test_response_headers_are_returned_unchanged(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Headers of a response are decoded as UTF-8 and returned unchanged, also long, repeated and empty ones."""
        warning = '299 - "' + "x" * 30000 + '"'

        def respond_with_warnings(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(headers=f'Warning: {warning}\r\nWarning: 299 - "é"\r\nX-Empty:\r\n')

        async with open_transport() as transport:
            response = await transport.request(PreparedRequest("GET", start_server(respond_with_warnings).url + "/"))
        assert response.headers.get_all("warning") == [warning, '299 - "é"']
        assert response.headers.get("x-empty") == ""

    async def test_response_header_that_is_not_utf8_is_returned_with_surrogates(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Bytes of a header that are not UTF-8 become lone surrogates."""

        def respond_latin1(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: zo\xeb\r\n\r\n")

        async with open_transport() as transport:
            response = await transport.request(PreparedRequest("GET", start_server(respond_latin1).url + "/"))
        assert (response.headers.get("x-name") or "").encode("utf-8", "surrogateescape") == b"zo\xeb"

    async def test_response_may_have_1000_headers(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A response can have 1,000 header fields and 64 KiB of headers, which arrive in parts."""
        fields = [(f"X-Field-{number}", "v" * 40) for number in range(1000)]
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
        response_bytes = f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{lines}\r\nok".encode()

        def respond_with_headers(connection: ServerConnection) -> None:
            while connection.read_request():
                for start in range(0, len(response_bytes), 4096):
                    connection.send(response_bytes[start : start + 4096])

        server = start_server(respond_with_headers)
        async with open_transport() as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("GET", f"{server.url}/"))
                assert [field for field in response.headers.fields if field[0].startswith("X-Field")] == fields
        assert server.connections == 1

    @pytest.mark.parametrize(("count", "size"), [(1600, 100), (1, 200_000)], ids=["too-many", "too-long"])
    async def test_too_large_response_headers_raise_connection_lost(
        self, open_transport: OpenTransport, start_server: StartServer, count: int, size: int
    ) -> None:
        """Headers above the limits of the library raise ConnectionLost with a short message."""

        def respond_with_headers(connection: ServerConnection) -> None:
            assert connection.read_request()
            connection.respond(b"ok", headers="".join(f"X-Field-{number}: {'v' * size}\r\n" for number in range(count)))
            connection.wait_until_closed()

        server = start_server(respond_with_headers)
        async with open_transport() as transport:
            with pytest.raises(ConnectionLost, match="the headers of the response are too large") as caught:
                await transport.request(PreparedRequest("GET", f"{server.url}/"))
        assert len(str(caught.value)) < 300
        assert server.connections == 1

    async def test_names_of_response_headers_keep_their_case(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Names of response headers keep their case, and fields their order. `Headers.get()` ignores the case."""
        fields = [("X-UPPER", "1"), ("x-lower", "2"), ("X-Mixed", "3"), ("x-UPPER", "4"), ("X-Mixed", "")]

        def respond_with_fields(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(b"ok", headers="".join(f"{name}: {value}\r\n" for name, value in fields))

        request = PreparedRequest("GET", start_server(respond_with_fields).url + "/")
        async with open_transport() as transport:
            response = await transport.request(request)
        assert [field for field in response.headers.fields if field[0].lower().startswith("x-")] == fields
        assert response.headers.get_all("X-upper") == ["1", "4"]
