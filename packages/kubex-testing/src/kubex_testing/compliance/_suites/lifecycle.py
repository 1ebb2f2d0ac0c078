"""The end of a transport."""

import gc
import ssl
import threading

import anyio
import anyio.to_thread
import pytest

from kubex.errors import ConnectError, ConnectionLost, TransportError
from kubex.transport import PreparedRequest, TransportConfig
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._suites.handlers import Gate, send_one_chunk
from kubex_testing.compliance.servers import OpenTransport, ServerConnection, StartServer, wait_for_event


class LifecycleTests(BackendTests):
    """The end of a transport."""

    @pytest.mark.parametrize("tls", [False, True])
    async def test_aclose_ends_a_connecting_request(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext, tls: bool
    ) -> None:
        """`aclose()` ends a request that is opening its connection."""
        if tls:
            self.skip_without("closes_tls_handshakes")
        connected = threading.Event()

        def never_respond(connection: ServerConnection) -> None:
            assert connection.read_more()
            connected.set()
            connection.wait_until_closed()

        server = start_server(never_respond)
        url = server.url.replace("http:", "https:") if tls else server.url
        async with open_transport(ssl_context=client_tls) as transport, anyio.create_task_group() as tasks:

            async def call() -> None:
                with pytest.raises(TransportError):
                    await transport.request(PreparedRequest("GET", url + "/"))

            tasks.start_soon(call)
            assert await wait_for_event(connected)
            await transport.aclose()
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)

    async def test_closed_transport_raises_and_sends_nothing(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A closed transport raises ConnectError and sends nothing. A second `aclose()` does nothing."""
        server = start_server()
        request = PreparedRequest("GET", server.url + "/")
        async with open_transport() as transport:
            await transport.request(request)
            await transport.aclose()
            await transport.aclose()
            with pytest.raises(ConnectError, match="closed"):
                await transport.request(request)
            with pytest.raises(ConnectError, match="closed"):
                async with transport.stream(request):
                    pass
        assert len(server.requests) == 1

    async def test_aclose_closes_idle_connections(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`aclose()` closes idle connections."""

        def respond_and_wait(connection: ServerConnection) -> None:
            connection.read_request()
            connection.respond(b"ok")
            connection.wait_until_closed()

        server = start_server(respond_and_wait)
        async with open_transport() as transport:
            await transport.request(PreparedRequest("GET", server.url + "/"))
            assert not server.connection_closed.is_set()
        assert await wait_for_event(server.connection_closed)

    async def test_aclose_ends_running_and_waiting_requests(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`aclose()` ends running requests, and requests that wait for the pool, with an exception."""
        gate = Gate()
        server = start_server(gate)
        errors: list[TransportError] = []

        async with open_transport(pool_size=1) as transport:

            async def call() -> None:
                with pytest.raises(TransportError) as raised:
                    await transport.request(PreparedRequest("GET", server.url + "/"))
                errors.append(raised.value)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(call)
                await gate.wait_for_request()
                tasks.start_soon(call)
                await anyio.wait_all_tasks_blocked()
                await transport.aclose()
            gate.opened.set()
        assert len(errors) == 2
        assert len(server.requests) == 1

    async def test_aclose_ends_an_open_stream(self, open_transport: OpenTransport, start_server: StartServer) -> None:
        """`aclose()` ends an open stream. Its next read raises ConnectionLost."""
        server = start_server(send_one_chunk)
        async with (
            open_transport() as transport,
            transport.stream(PreparedRequest("GET", server.url + "/")) as response,
        ):
            assert await response.receive() == b"first\n"
            await transport.aclose()
            with pytest.raises(ConnectionLost):
                await response.receive()
        assert await wait_for_event(server.connection_closed)

    @pytest.mark.parametrize("keep_alive", [False, True])
    @pytest.mark.parametrize("header", ["", "Connection: close\r\n"], ids=["keep-alive", "close"])
    def test_aclose_leaves_no_unclosed_connection(
        self,
        runtime: str,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        keep_alive: bool,
        header: str,
    ) -> None:
        """When `aclose()` returns, all connections are closed, so that the event loop can end."""

        def handle(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.respond(b"ok", headers=header)

        server = start_server(handle, tls=server_tls)

        async def use_transport() -> None:
            transport = self.backend.load()(TransportConfig(ssl_context=client_tls, keep_alive=keep_alive))
            await transport.request(PreparedRequest("GET", server.url + "/"))
            await transport.aclose()

        anyio.run(use_transport, backend=runtime)  # ends the event loop, and with it all tasks that still run
        gc.collect()
