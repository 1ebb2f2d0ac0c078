"""Idle connections that the server closed, or on which it sent unexpected data, are not reused."""

import ssl
import threading
from typing import Any

import anyio
import anyio.to_thread
import pytest

from kubex.transport import PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._suites.handlers import Burst, send_burst
from kubex_testing.compliance.servers import OpenTransport, ServerConnection, StartServer, wait_for_event

EXPECTED, UNEXPECTED = (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body for body in (b"good", b"evil"))


class IdleConnectionTests(BackendTests):
    """Idle connections that the server closed, or on which it sent unexpected data, are not reused."""

    @pytest.fixture(params=["http", "https"])
    def idle_tls(
        self, request: pytest.FixtureRequest, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
    ) -> dict[str, Any]:
        """Return the SSL context of the server and the settings of the client, for HTTP or HTTPS."""
        uses_tls = request.param == "https"
        return {"server": server_tls if uses_tls else None, "client": {"ssl_context": client_tls} if uses_tls else {}}

    async def test_request_after_a_burst_closes_the_stale_connections(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A request closes all idle connections that the server has closed."""
        handler = Burst(50)
        server = start_server(handler)
        async with open_transport() as transport:
            await send_burst(transport, server.url, 50)
            await anyio.to_thread.run_sync(handler.shut_down_all)
            await transport.request(PreparedRequest("GET", server.url + "/later"))
            assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 1)
        assert server.connections == 51

    async def test_connection_closed_by_the_server_is_not_reused(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A connection that the server has closed is not reused, so that no request fails because of it."""

        def respond_once(connection: ServerConnection) -> None:
            connection.read_request()
            connection.respond(b"ok")

        server = start_server(respond_once)
        async with open_transport() as transport:
            for _ in range(5):
                # A POST that fails is not sent again.
                response = await transport.request(PreparedRequest("POST", server.url + "/", body=b"{}"))
                assert response.body == b"ok"
                assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)
        assert len(server.requests) == 5

    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    async def test_connection_closed_during_a_blocked_event_loop_is_not_reused(
        self, open_transport: OpenTransport, start_server: StartServer, idle_tls: dict[str, Any], method: str
    ) -> None:
        """A connection that the server closed while the event loop was blocked is not reused."""

        def respond_once(connection: ServerConnection) -> None:
            if connection.read_request():
                connection.respond(b"ok")
                connection.end_sending()

        server = start_server(respond_once, tls=idle_tls["server"])
        async with open_transport(**idle_tls["client"]) as transport:
            await transport.request(PreparedRequest("GET", f"{server.url}/first"))
            assert server.wait_for_open_connections(0), "this call blocks the event loop"
            body = b"{}" if method == "POST" else None
            response = await transport.request(PreparedRequest(method, f"{server.url}/second", (), body))
        assert response.body == b"ok"
        assert [request.target for request in server.requests] == ["/first", "/second"], "each request is sent once"

    @pytest.mark.parametrize("sent", ["with the response", "later"])
    async def test_unexpected_bytes_after_a_response_are_discarded(
        self, open_transport: OpenTransport, start_server: StartServer, idle_tls: dict[str, Any], sent: str
    ) -> None:
        """Bytes after the end of a response are never part of another response. The connection is closed."""
        response_read, data_sent = threading.Event(), threading.Event()

        def handle(connection: ServerConnection) -> None:
            while connection.read_request():
                if len(connection.server.requests) > 1:
                    connection.respond(b"good")
                    continue
                if sent == "with the response":
                    connection.send(EXPECTED + UNEXPECTED)
                else:
                    connection.send(EXPECTED)
                    connection.wait_for(response_read)
                    connection.send(UNEXPECTED)
                    connection.wait_until_received()
                data_sent.set()

        server = start_server(handle, tls=idle_tls["server"])
        async with open_transport(**idle_tls["client"]) as transport:
            for number in range(3):
                response = await transport.request(PreparedRequest("GET", f"{server.url}/{number}"))
                assert response.body == b"good"
                response_read.set()
                await wait_for_event(data_sent)
        assert len(server.requests) == 3
        assert server.connections == 2, "the first connection is closed, the second one is reused"
