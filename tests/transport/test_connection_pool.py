"""Connections of a transport: reuse, limits, and closing."""

import gc
import socket
import ssl
import threading
from contextlib import suppress

import anyio
import anyio.to_thread
import pytest

from kubex.errors import ConnectError, ConnectionLost, ConnectTimeout, TransportError
from kubex.transport import Backend, Limits, PreparedRequest, Transport, TransportConfig
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance.servers import WAIT_TIMEOUT, OpenTransport, ServerConnection, StartServer, wait_for_event
from support.backend_pairs import HTTPX_PAIRS, PAIRS, BackendPair

pytestmark = pytest.mark.anyio


class Gate:
    """A handler that responds after `opened` is set. The semaphore `waiting` is released for each request."""

    def __init__(self) -> None:
        self.waiting = threading.Semaphore(0)
        self.opened = threading.Event()

    def __call__(self, connection: ServerConnection) -> None:
        while connection.read_request():
            self.waiting.release()
            assert self.opened.wait(WAIT_TIMEOUT)
            connection.respond(b"ok")

    async def wait_for_request(self) -> None:
        assert await anyio.to_thread.run_sync(lambda: self.waiting.acquire(timeout=WAIT_TIMEOUT))


async def test_idle_connection_is_reused(open_transport: OpenTransport, start_server: StartServer) -> None:
    server = start_server()
    async with open_transport() as transport:
        for _ in range(3):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 1


@pytest.mark.covers("options-keep_alive")
async def test_requests_without_keep_alive_use_separate_connections(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    server = start_server()
    async with open_transport(keep_alive=False, keep_alive_timeout=5) as transport:
        for _ in range(3):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 3


@pytest.mark.covers("options-keep_alive_timeout")
async def test_idle_connection_is_not_reused_after_keep_alive_timeout(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    server = start_server()
    async with open_transport(keep_alive_timeout=0) as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
        await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 2


@pytest.mark.covers("options-keep_alive_timeout")
async def test_idle_connection_is_reused_without_keep_alive_timeout(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    server = start_server()
    async with open_transport(keep_alive_timeout=None) as transport:
        for _ in range(2):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 1


@pytest.mark.covers("options-pool_size")
@pytest.mark.parametrize(("settings", "concurrent"), [({"pool_size": 2}, 2), ({"pool_size": None}, 5)])
async def test_pool_size_limits_concurrent_requests(
    open_transport: OpenTransport, start_server: StartServer, settings: dict[str, int | None], concurrent: int
) -> None:
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


@pytest.mark.covers("options-pool_size")
async def test_dedicated_requests_do_not_count_for_the_pool_size(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
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


@pytest.mark.covers("options-pool_size_per_host")
@pytest.mark.parametrize("pair", [BackendPair("aiohttp", "asyncio")], indirect=True, ids=str)
async def test_pool_size_per_host_limits_connections_on_aiohttp(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    gate = Gate()
    server = start_server(gate)
    async with open_transport(pool_size_per_host=2) as transport, anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        for _ in range(2):
            await gate.wait_for_request()
        gate.opened.set()
    assert server.connections == 2


@pytest.mark.covers("pitfall-22")
@pytest.mark.parametrize("pair", HTTPX_PAIRS, ids=str)
async def test_pool_timeout_raises_connect_timeout_on_httpx(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    gate = Gate()
    server = start_server(gate)
    async with open_transport(pool_size=1) as transport, anyio.create_task_group() as tasks:
        tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        await gate.wait_for_request()
        with pytest.raises(ConnectTimeout, match=r"became free within 0\.05 s \(pool timeout\)$"):
            await transport.request(PreparedRequest("GET", server.url + "/", limits=Limits(pool=0.05)))
        gate.opened.set()
    assert len(server.requests) == 1


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.backend == "aiohttp"], ids=str)
async def test_connect_timeout_does_not_include_waiting_for_the_pool_on_aiohttp(
    open_transport: OpenTransport, start_server: StartServer, clock: Clock
) -> None:
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


@pytest.mark.covers("options-pool_size")
async def test_open_streams_do_not_block_a_pool_of_one(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
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


class Burst:
    """A handler that responds when `count` requests have arrived."""

    def __init__(self, count: int) -> None:
        self._barrier = threading.Barrier(count)
        self._sockets: list[socket.socket] = []

    def __call__(self, connection: ServerConnection) -> None:
        self._sockets.append(connection.socket)
        while request := connection.read_request():
            if request.target != "/later":
                self._barrier.wait(WAIT_TIMEOUT)
            connection.respond(b"ok")

    def shut_down_all(self) -> None:
        """Shut down the sending side of each connection. The connection stays open until the client closes it."""
        for open_socket in self._sockets:
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_WR)


async def send_burst(transport: Transport, url: str, count: int) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(transport.request, PreparedRequest("GET", url + "/"))


async def test_request_after_a_burst_closes_the_stale_connections(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    handler = Burst(50)
    server = start_server(handler)
    async with open_transport() as transport:
        await send_burst(transport, server.url, 50)
        await anyio.to_thread.run_sync(handler.shut_down_all)
        await transport.request(PreparedRequest("GET", server.url + "/later"))
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 1)
    assert server.connections == 51


@pytest.mark.parametrize("pair", HTTPX_PAIRS, ids=str)
async def test_at_most_20_connections_stay_idle_on_httpx(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    handler = Burst(30)
    server = start_server(handler)
    async with open_transport() as transport:
        await send_burst(transport, server.url, 30)
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 20)
    assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


async def test_connection_closed_by_the_server_is_not_reused(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
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


# aiohttp leaves a connection open if its TLS handshake is not complete.
@pytest.mark.parametrize(
    ("pair", "tls"),
    [(pair, tls) for pair in PAIRS for tls in (False, True) if pair in HTTPX_PAIRS or not tls],
    ids=str,
)
async def test_aclose_ends_a_connecting_request(
    open_transport: OpenTransport, start_server: StartServer, client_tls: ssl.SSLContext, tls: bool
) -> None:
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
    open_transport: OpenTransport, start_server: StartServer
) -> None:
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


async def test_aclose_closes_idle_connections(open_transport: OpenTransport, start_server: StartServer) -> None:
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
    open_transport: OpenTransport, start_server: StartServer
) -> None:
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


async def test_aclose_ends_an_open_stream(open_transport: OpenTransport, start_server: StartServer) -> None:
    def send_one_chunk(connection: ServerConnection) -> None:
        connection.read_request()
        connection.start_chunked()
        connection.send_chunk(b"first")
        connection.wait_until_closed()

    server = start_server(send_one_chunk)
    async with open_transport() as transport, transport.stream(PreparedRequest("GET", server.url + "/")) as response:
        assert await response.receive() == b"first"
        await transport.aclose()
        with pytest.raises(ConnectionLost):
            await response.receive()
    assert await wait_for_event(server.connection_closed)


@pytest.mark.covers("options-buffer_size")
@pytest.mark.parametrize("pair", [BackendPair("aiohttp", "asyncio")], indirect=True, ids=str)
@pytest.mark.parametrize("size", [2**16, 2**20])
async def test_buffer_size_limits_read_ahead_on_aiohttp(
    open_transport: OpenTransport, start_server: StartServer, size: int
) -> None:
    send_blocked = threading.Event()

    def send_endlessly(connection: ServerConnection) -> None:
        connection.read_request()
        connection.start_chunked()
        connection.socket.settimeout(1)
        try:
            while True:
                connection.send_chunk(b"x" * 65536)
        except OSError:
            send_blocked.set()

    request = PreparedRequest("GET", start_server(send_endlessly).url + "/")
    async with open_transport(buffer_size=size) as transport, transport.stream(request) as response:
        assert await wait_for_event(send_blocked)
        assert size <= len(await response.receive()) <= 2 * size + 2**19


@pytest.mark.parametrize("keep_alive", [False, True])
@pytest.mark.parametrize("header", ["", "Connection: close\r\n"], ids=["keep-alive", "close"])
def test_aclose_leaves_no_unclosed_connection(
    pair: BackendPair,
    backend: Backend,
    start_server: StartServer,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    keep_alive: bool,
    header: str,
) -> None:
    def handle(connection: ServerConnection) -> None:
        while connection.read_request():
            connection.respond(b"ok", headers=header)

    server = start_server(handle, tls=server_tls)

    async def use_transport() -> None:
        transport = backend.load()(TransportConfig(ssl_context=client_tls, keep_alive=keep_alive))
        await transport.request(PreparedRequest("GET", server.url + "/"))
        await transport.aclose()

    anyio.run(use_transport, backend=pair.runtime)  # ends the event loop, and with it all tasks that still run
    gc.collect()
