"""The time limit of each phase."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import anyio
import pytest

from kubex.errors import (
    ConnectTimeout,
    ReadTimeout,
)
from kubex.transport import Limits, PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance._suites.handlers import Gate, send_one_chunk
from kubex_testing.compliance.servers import (
    OpenTransport,
    ServerConnection,
    StartServer,
    wait_for_event,
)


def never_respond(connection: ServerConnection) -> None:
    """Read until the client closes the connection."""
    connection.wait_until_closed()


class TimeoutTests(BackendTests):
    """The time limit of each phase."""

    @pytest.fixture
    def full_listener(self) -> Iterator[str]:
        """Listen on a port with a full queue, so that connections to it are never established."""
        with ExitStack() as stack:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
            for _ in range(3):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(listener.getsockname())
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"

    @requires("pool_timeout")
    async def test_pool_timeout_raises_connect_timeout(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`Limits.pool` limits the wait for a connection.

        ConnectTimeout names the limit, and the request is not sent.
        """
        gate = Gate()
        server = start_server(gate)
        async with open_transport(pool_size=1) as transport, anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
            await gate.wait_for_request()
            with pytest.raises(ConnectTimeout, match=r"became free within 0\.05 s \(pool timeout\)$"):
                await transport.request(PreparedRequest("GET", server.url + "/", limits=Limits(pool=0.05)))
            gate.opened.set()
        assert len(server.requests) == 1

    async def test_connect_timeout_does_not_include_waiting_for_the_pool(
        self, open_transport: OpenTransport, start_server: StartServer, clock: Clock
    ) -> None:
        """`Limits.connect` does not include the wait for a connection of the pool."""
        gate = Gate()
        server = start_server(gate)
        async with open_transport(pool_size=1) as transport, anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
            await gate.wait_for_request()
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/", limits=Limits(connect=60)))
            await clock.jump_when_idle(70)
            await anyio.wait_all_tasks_blocked()
            assert len(server.requests) == 1
            gate.opened.set()
        assert len(server.requests) == 2

    async def test_read_limit_of_the_request_applies_to_each_read(
        self, open_transport: OpenTransport, start_server: StartServer, clock: Clock
    ) -> None:
        """`Limits.read` limits each wait for data of the body."""
        server = start_server(send_one_chunk)
        async with (
            open_transport() as transport,
            transport.stream(PreparedRequest("GET", server.url + "/", limits=Limits(read=60))) as response,
        ):
            assert await response.receive() == b"first\n"
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(clock.jump_when_idle, 60)
                with pytest.raises(ReadTimeout):
                    await response.receive()
        assert await wait_for_event(server.connection_closed)

    async def test_slow_tcp_connect_raises_connect_timeout(
        self, open_transport: OpenTransport, full_listener: str
    ) -> None:
        """`Limits.connect` limits the time to connect. ConnectTimeout names the limit."""
        async with open_transport() as transport:
            with pytest.raises(ConnectTimeout) as raised:
                await transport.request(
                    PreparedRequest("GET", f"{full_listener}/?token=secret", limits=Limits(connect=0.05))
                )
        assert isinstance(raised.value, TimeoutError)
        assert str(raised.value) == f"GET {full_listener}/: no connection within 0.05 s (connect timeout)"

    async def test_slow_tls_handshake_raises_connect_timeout(
        self, open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext
    ) -> None:
        """`Limits.connect` includes the TLS handshake."""
        server = start_server(never_respond)
        async with open_transport(ssl_context=client_tls) as transport:
            with pytest.raises(ConnectTimeout, match=r"no connection within 0\.05 s \(connect timeout\)"):
                await transport.request(
                    PreparedRequest("GET", f"https://{server.netloc}/", limits=Limits(connect=0.05))
                )

    async def test_slow_response_raises_read_timeout(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`Limits.read` limits the wait for the response. ReadTimeout names the limit."""
        server = start_server(never_respond)
        async with open_transport() as transport:
            with pytest.raises(ReadTimeout) as raised:
                await transport.request(PreparedRequest("GET", server.url + "/", limits=Limits(read=0.05)))
        assert isinstance(raised.value, TimeoutError)
        assert str(raised.value) == f"GET {server.url}/: no data from the server for 0.05 s (read timeout)"

    @requires("write_timeout")
    async def test_slow_body_upload_raises_read_timeout(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`Limits.write` limits each wait until data is sent. ReadTimeout names the limit."""
        request_failed = threading.Event()

        def read_headers_only(connection: ServerConnection) -> None:
            connection.read_more()
            connection.wait_for(request_failed)

        server = start_server(read_headers_only)
        async with open_transport() as transport:
            request = PreparedRequest("POST", server.url + "/", body=bytes(2**26), limits=Limits(write=0.2))
            with pytest.raises(ReadTimeout, match=r"the server did not accept data for 0\.2 s \(write timeout\)$"):
                await transport.request(request)
            request_failed.set()
