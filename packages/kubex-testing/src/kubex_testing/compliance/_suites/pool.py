"""The connections of a pool: reuse and limits."""

import anyio
import pytest

from kubex.transport import PreparedRequest
from kubex_testing.compliance._base import BackendTests
from kubex_testing.compliance._capabilities import requires
from kubex_testing.compliance._suites.handlers import Gate
from kubex_testing.compliance.servers import OpenTransport, ServerConnection, StartServer


class PoolTests(BackendTests):
    """The connections of a pool: reuse and limits."""

    async def test_idle_connection_is_reused(self, open_transport: OpenTransport, start_server: StartServer) -> None:
        """An idle connection is used for the next request."""
        server = start_server()
        async with open_transport() as transport:
            for _ in range(3):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.connections == 1

    async def test_requests_without_keep_alive_use_separate_connections(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Without `keep_alive`, each request uses a new connection."""
        server = start_server()
        async with open_transport(keep_alive=False, keep_alive_timeout=5) as transport:
            for _ in range(3):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.connections == 3

    async def test_idle_connection_is_not_reused_after_keep_alive_timeout(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A connection that was idle for longer than `keep_alive_timeout` is not reused."""
        server = start_server()
        async with open_transport(keep_alive_timeout=0) as transport:
            await transport.request(PreparedRequest("GET", server.url + "/"))
            await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.connections == 2

    async def test_idle_connection_is_reused_without_keep_alive_timeout(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """An idle connection is reused if `keep_alive_timeout` is None."""
        server = start_server()
        async with open_transport(keep_alive_timeout=None) as transport:
            for _ in range(2):
                await transport.request(PreparedRequest("GET", server.url + "/"))
        assert server.connections == 1

    @pytest.mark.parametrize(("settings", "concurrent"), [({"pool_size": 2}, 2), ({"pool_size": None}, 5)])
    async def test_pool_size_limits_concurrent_requests(
        self, open_transport: OpenTransport, start_server: StartServer, settings: dict[str, int | None], concurrent: int
    ) -> None:
        """`pool_size` limits the connections of requests that are not dedicated; None means no limit."""
        gate = Gate()
        server = start_server(gate)
        async with open_transport(**settings) as transport, anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
            for _ in range(concurrent):
                await gate.wait_for_request()
            assert server.connections == concurrent
            gate.opened.set()
        assert len(server.requests) == 5
        assert server.connections == concurrent

    async def test_dedicated_requests_do_not_count_for_the_pool_size(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Dedicated requests do not count for `pool_size` and `pool_size_per_host`."""
        gate = Gate()
        server = start_server(gate)
        async with open_transport(pool_size=1, pool_size_per_host=1) as transport, anyio.create_task_group() as tasks:

            async def stream() -> None:
                async with transport.stream(PreparedRequest("GET", server.url + "/", dedicated=True)) as response:
                    assert await response.read() == b"ok"

            for _ in range(3):
                tasks.start_soon(stream)
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
            for _ in range(4):
                await gate.wait_for_request()
            gate.opened.set()
        assert (len(server.requests), server.connections) == (4, 4)

    @requires("pool_size_per_host")
    async def test_pool_size_per_host_limits_connections(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """`pool_size_per_host` limits the connections to the server."""
        gate = Gate()
        server = start_server(gate)
        async with open_transport(pool_size_per_host=2) as transport, anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
            for _ in range(2):
                await gate.wait_for_request()
            gate.opened.set()
        assert server.connections == 2

    async def test_open_streams_do_not_block_a_pool_of_one(
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Open streams do not use up the connections of other requests."""

        def respond_or_stream(connection: ServerConnection) -> None:
            while request := connection.read_request():
                if request.target == "/":
                    connection.respond(b"ok")
                else:
                    connection.start_chunked()
                    connection.send_chunk(b"event")

        url = start_server(respond_or_stream).url
        watch = PreparedRequest("GET", url + "/watch", dedicated=True)
        async with (
            open_transport(pool_size=1) as transport,
            transport.stream(watch) as first,
            transport.stream(watch) as second,
        ):
            assert await first.receive() == await second.receive() == b"event"
            assert (await transport.request(PreparedRequest("GET", url + "/"))).body == b"ok"
