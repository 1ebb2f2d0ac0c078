"""TLS connections are closed immediately, without waiting for the close_notify alert of the other side."""

import contextlib
import os
import socket
import ssl
import threading

import anyio
import pytest

from kubex.errors import ConnectionLost, ProxyError
from kubex.transport import PreparedRequest, Proxy
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance.servers import WAIT_TIMEOUT, OpenTransport, ServerConnection, StartServer, wait_for_event


def wait_without_close_notify(connection: ServerConnection) -> None:
    """Wait until the client has closed the TCP connection; do not reply to its close_notify alert."""
    with socket.socket(fileno=os.dup(connection.socket.fileno())) as tcp_socket:
        tcp_socket.settimeout(WAIT_TIMEOUT)
        with contextlib.suppress(ConnectionError):
            while tcp_socket.recv(65536):
                pass
    connection.server.connection_closed.set()


class TLSShutdownTests(BackendTests):
    """TLS connections are closed immediately, without waiting for the close_notify alert of the other side."""

    @requires("tls_in_tls")
    @pytest.mark.parametrize("refuses", [True, False], ids=["refused", "cancelled"])
    async def test_connection_to_proxy_that_ignores_close_notify_is_closed_immediately(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        refuses: bool,
    ) -> None:
        """The connection to a proxy is closed without a wait for its close_notify alert."""
        if self.backend.proxy("https", "https") is not None:
            pytest.skip("this Python does not support TLS inside of TLS")
        request_received = threading.Event()

        def handle(connection: ServerConnection) -> None:
            connection.read_request()
            if refuses:
                connection.respond(status="407 Proxy Authentication Required")
            request_received.set()
            wait_without_close_notify(connection)

        proxy_server = start_server(handle, tls=server_tls)
        tls = {"ssl_context": client_tls, "proxy_ssl_context": client_tls}
        request = PreparedRequest("GET", "https://kubernetes.test/")
        async with open_transport(**tls, proxy=Proxy(url=proxy_server.url)) as transport:
            if refuses:
                with pytest.raises(ProxyError, match="it refused with 407"):
                    await transport.request(request)
            else:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(transport.request, request)
                    assert await wait_for_event(request_received)
                    tasks.cancel_scope.cancel()
        assert proxy_server.connection_closed.wait(WAIT_TIMEOUT), "this call blocks the event loop"

    @pytest.mark.parametrize("ended", [True, False], ids=["idle", "streaming"])
    async def test_connection_to_server_that_ignores_close_notify_is_closed_immediately(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        ended: bool,
    ) -> None:
        """A TLS connection is closed without a wait for the close_notify alert of the server."""

        def handle(connection: ServerConnection) -> None:
            connection.read_request()
            connection.start_chunked()
            connection.send_chunk(b"ok")
            if ended:
                connection.send_chunk(b"")
            wait_without_close_notify(connection)

        server = start_server(handle, tls=server_tls)
        request = PreparedRequest("GET", f"{server.url}/")
        async with open_transport(ssl_context=client_tls) as transport, transport.stream(request) as response:
            assert await response.receive() == b"ok"
            if ended:
                assert await response.receive() == b""
        assert server.connection_closed.wait(WAIT_TIMEOUT), "this call blocks the event loop"

    @pytest.mark.parametrize("close_method", ["reset", "without an alert", "with an alert"])
    async def test_tls_connection_closed_by_the_server_raises_connection_lost(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        close_method: str,
    ) -> None:
        """A TLS connection that the server closes, with or without an alert, raises ConnectionLost."""

        def handle(connection: ServerConnection) -> None:
            connection.read_request()
            if close_method == "reset":
                connection.reset_on_close()
            elif close_method == "with an alert":
                assert isinstance(connection.socket, ssl.SSLSocket)
                connection.socket.unwrap()

        server = start_server(handle, tls=server_tls)
        async with open_transport(ssl_context=client_tls) as transport:
            with pytest.raises(ConnectionLost):
                await transport.request(PreparedRequest("GET", f"{server.url}/"))
