"""Errors are the same exceptions on each backend."""

import socket
import traceback

import pytest

from kubex.errors import (
    ConnectError,
    ConnectionLost,
    TransportError,
)
from kubex.transport import PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._ports import free_port
from kubex_testing.compliance.servers import (
    ConnectionHandler,
    OpenTransport,
    ServerConnection,
    StartServer,
)


def close_after_request(connection: ServerConnection) -> None:
    """Read a request, then close the connection."""
    connection.read_request()


def reset_after_request(connection: ServerConnection) -> None:
    """Read a request, then reset the connection."""
    connection.read_request()
    connection.reset_on_close()


def send_bytes(data: bytes) -> ConnectionHandler:
    """Return a handler that sends these bytes after the first request."""

    def handle(connection: ServerConnection) -> None:
        connection.read_request()
        connection.send(data)

    return handle


class ErrorTests(BackendTests):
    """Errors are the same exceptions on each backend."""

    async def test_refused_connection_raises_connect_error(self, open_transport: OpenTransport) -> None:
        """A refused connection raises ConnectError, which names the method and the URL without its query."""
        port = free_port()
        async with open_transport() as transport:
            with pytest.raises(ConnectError, match=f"GET http://127.0.0.1:{port}/x: ") as raised:
                await transport.request(PreparedRequest("GET", f"http://127.0.0.1:{port}/x?token=secret"))
        assert type(raised.value) is ConnectError
        assert raised.value.__cause__ is not None

    @requires("python_sockets")
    @pytest.mark.parametrize("host", ["a" * 70 + ".test", "nowhere.test"])
    async def test_unresolvable_host_raises_transport_error(
        self, open_transport: OpenTransport, monkeypatch: pytest.MonkeyPatch, host: str
    ) -> None:
        """A host name that cannot be resolved raises TransportError."""

        def no_address(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", no_address)
        async with open_transport() as transport:
            with pytest.raises(TransportError):
                await transport.request(PreparedRequest("GET", f"http://{host}/"))

    @pytest.mark.parametrize("script", [close_after_request, reset_after_request])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    async def test_connection_closed_before_the_response_raises_connection_lost(
        self, open_transport: OpenTransport, start_server: StartServer, script: ConnectionHandler, method: str
    ) -> None:
        """A connection that ends before the response raises ConnectionLost. The request is not sent again."""
        server = start_server(script)
        async with open_transport() as transport:
            with pytest.raises(ConnectionLost) as raised:
                await transport.request(PreparedRequest(method, server.url + "/"))
        assert type(raised.value) is ConnectionLost
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "response",
        [
            b"this is not HTTP\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 2**20 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a length\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Le",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        ],
        ids=[
            "not-http",
            "long-header",
            "header-without-colon",
            "invalid-chunk-size",
            "invalid-content-length",
            "truncated-headers",
            "truncated-body",
            "truncated-chunk",
        ],
    )
    async def test_malformed_response_raises_connection_lost(
        self, open_transport: OpenTransport, start_server: StartServer, response: bytes
    ) -> None:
        """A response that is not HTTP, or that is cut off, raises ConnectionLost with a message of one short line."""
        async with open_transport() as transport:
            with pytest.raises(ConnectionLost) as raised:
                await transport.request(PreparedRequest("GET", start_server(send_bytes(response)).url + "/"))
        assert len(str(raised.value)) < 1000
        assert len(str(raised.value).splitlines()) == 1
        assert "message:" not in str(raised.value)

    @pytest.mark.parametrize(
        "request_",
        [
            PreparedRequest("GET", "http://127.0.0.1:1/", (("X-Bad", "a\r\nX-Injected: b"),)),
            PreparedRequest("GET", "http://127.0.0.1:99999/"),
            PreparedRequest("GET", "http:///path"),
        ],
        ids=["header", "port", "host"],
    )
    async def test_invalid_request_raises_transport_error(
        self, open_transport: OpenTransport, request_: PreparedRequest
    ) -> None:
        """An invalid header, port or host raises TransportError, but not ConnectionLost."""
        async with open_transport() as transport:
            with pytest.raises(TransportError) as raised:
                await transport.request(request_)
        assert not isinstance(raised.value, ConnectionLost)

    @pytest.mark.parametrize("value", ["Bearer swordfish", "Bearer swordfish\n", "Bearer sword\0fish"])
    async def test_error_does_not_contain_header_values_and_query(
        self, open_transport: OpenTransport, start_server: StartServer, value: str
    ) -> None:
        """Errors and their tracebacks do not contain the values of headers, or the query of the URL."""
        server = start_server(close_after_request)
        request = PreparedRequest("GET", server.url + "/?token=abc", (("Authorization", value),))
        async with open_transport() as transport:
            with pytest.raises(TransportError) as raised:
                await transport.request(request)
        output = "".join(traceback.format_exception(raised.value))
        assert "sword" not in output
        assert "token=abc" not in str(raised.value)
