"""Responses to a large body that the server sends before it has received the complete body."""

import ssl
import threading

import pytest

from kubex.errors import ConnectionLost
from kubex.transport import PreparedRequest
from kubex_testing.compliance._suites.routes import ROUTES, Route, RouteFixtures
from kubex_testing.compliance.servers import (
    OpenTransport,
    ServerConnection,
    StartServer,
)

# Larger than the buffers of both sockets and of a proxy.
BODY = b"x" * 2**25

# A forwarding proxy does not return a response before it has sent the complete request.
EARLY_ROUTES = [name for name in ROUTES if name != "forwarding proxy"]


class EarlyResponse:
    """Reads a part of the body, responds, and does not read the rest, like net/http of Go.

    net/http shuts down its side of the connection and resets the connection half a second later. These tests do not
    reset it: an immediate reset may arrive before the client has read the response.
    """

    def __init__(
        self, status: str = "413 Request Entity Too Large", *, part: int = 2**20, shuts_down: bool = True
    ) -> None:
        self.requests = 0
        self.done = threading.Event()
        self._part = part
        self._shuts_down = shuts_down
        self._response = f"HTTP/1.1 {status}\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large"

    def __call__(self, connection: ServerConnection) -> None:
        """Handle one connection."""
        while b"\r\n\r\n" not in connection.buffer:
            if not connection.read_more():
                return
        self.requests += 1
        while len(connection.buffer) < self._part:
            assert connection.read_more()
        connection.send(self._response)
        if self._shuts_down:
            connection.end_sending()
        connection.wait_for(self.done)


class EarlyResponseTests(RouteFixtures):
    """Responses to a large body that the server sends before it has received the complete body."""

    @pytest.mark.parametrize("route", EARLY_ROUTES, indirect=True)
    async def test_early_response_is_returned(self, open_transport: OpenTransport, route: Route) -> None:
        """A response that arrives before the server has received the complete body is returned."""
        handler = EarlyResponse()
        server = route.start(handler)
        async with open_transport(**route.settings) as transport:
            response = await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY))
            assert (response.status, response.body) == (413, b"too large")
        handler.done.set()
        assert (handler.requests, server.connections) == (1, 1)

    @pytest.mark.parametrize("status", ["400 Bad Request", "401 Unauthorized"])
    async def test_early_response_is_returned_if_the_server_reads_no_body(
        self, open_transport: OpenTransport, start_server: StartServer, status: str
    ) -> None:
        """An early response is returned, although the server does not read the body."""
        handler = EarlyResponse(status, part=0)
        server = start_server(handler)
        async with open_transport() as transport:
            response = await transport.request(PreparedRequest("PUT", f"{server.url}/", (), BODY))
            assert (response.status, response.body) == (int(status[:3]), b"too large")
        handler.done.set()
        assert (handler.requests, server.connections) == (1, 1)

    @pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
    async def test_early_response_is_returned_if_the_connection_stays_open(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        tls: bool,
    ) -> None:
        """An early response is returned, although the server neither reads the body nor closes the connection."""
        handler = EarlyResponse(shuts_down=False)
        server = start_server(handler, tls=server_tls if tls else None)
        async with open_transport(ssl_context=client_tls if tls else None) as transport:
            response = await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY))
            assert (response.status, response.body) == (413, b"too large")
        handler.done.set()
        assert (handler.requests, server.connections) == (1, 1)

    async def test_request_after_early_response_uses_a_new_connection(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A connection on which a body was sent only in part is not reused."""
        handler = EarlyResponse(shuts_down=False)
        server = start_server(handler)
        async with open_transport() as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY))
                assert response.status == 413
        handler.done.set()
        assert (handler.requests, server.connections) == (2, 2)

    async def test_body_is_sent_completely_after_an_interim_response(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A body is sent completely, although the server sends 100 Continue before it has read the body."""

        def send_100_continue(connection: ServerConnection) -> None:
            assert connection.read_more()
            connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            while connection.read_request():
                connection.respond(b"ok")

        server = start_server(send_100_continue)
        async with open_transport() as transport:
            for _ in range(2):
                response = await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY[: 2**21]))
                assert response.body == b"ok"
        assert [len(request.body) for request in server.requests] == [2**21] * 2
        assert server.connections == 1

    async def test_reset_during_the_body_raises_connection_lost(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A connection that is reset while the body is sent raises ConnectionLost."""

        def reset_after_headers(connection: ServerConnection) -> None:
            assert connection.read_more()
            connection.reset_on_close()

        server = start_server(reset_after_headers)
        async with open_transport() as transport:
            with pytest.raises(ConnectionLost):
                await transport.request(PreparedRequest("POST", f"{server.url}/", (), BODY))
        assert server.connections == 1
