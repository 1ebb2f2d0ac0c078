"""Connections: kept, limited, closed."""

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
from support.backend_pairs import PAIRS, BackendPair
from support.clock import Clock
from transport.socket_server import SECONDS, Open, Peer, Serve

pytestmark = pytest.mark.anyio


class Gate:
    """A script that answers when it is told to, and counts who is waiting."""

    def __init__(self) -> None:
        self.waiting = threading.Semaphore(0)
        self.opened = threading.Event()

    def __call__(self, peer: Peer) -> None:
        while peer.request():
            self.waiting.release()
            assert self.opened.wait(SECONDS)
            peer.answer(b"ok")

    async def until_waiting(self) -> None:
        assert await anyio.to_thread.run_sync(lambda: self.waiting.acquire(timeout=SECONDS))


async def test_connections_are_kept(open_transport: Open, serve: Serve) -> None:
    server = serve()
    async with open_transport() as transport:
        for _ in range(3):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 1


@pytest.mark.covers("options-keep_alive")
async def test_without_keep_alive_every_request_has_its_own_connection(open_transport: Open, serve: Serve) -> None:
    server = serve()
    async with open_transport(keep_alive=False, keep_alive_timeout=5) as transport:
        for _ in range(3):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 3


@pytest.mark.covers("options-keep_alive_timeout")
async def test_an_idle_connection_is_given_up_after_its_time(open_transport: Open, serve: Serve) -> None:
    server = serve()
    async with open_transport(keep_alive_timeout=0) as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
        await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 2


@pytest.mark.covers("options-keep_alive_timeout")
async def test_idle_connections_may_be_kept_without_a_limit(open_transport: Open, serve: Serve) -> None:
    server = serve()
    async with open_transport(keep_alive_timeout=None) as transport:
        for _ in range(2):
            await transport.request(PreparedRequest("GET", server.url + "/"))
    assert server.connections == 1


@pytest.mark.covers("options-pool_size")
@pytest.mark.parametrize(("settings", "at_once"), [({"pool_size": 2}, 2), ({"pool_size": None}, 5)])
async def test_the_pool_has_its_size(
    open_transport: Open, serve: Serve, settings: dict[str, int | None], at_once: int
) -> None:
    gate = Gate()
    server = serve(gate)
    async with open_transport(**settings) as transport, anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        for _ in range(at_once):
            await gate.until_waiting()
        assert server.connections == at_once
        gate.opened.set()
    assert len(server.seen) == 5
    assert server.connections == at_once


@pytest.mark.covers("options-pool_size")
async def test_dedicated_requests_do_not_count_for_the_pool_size(open_transport: Open, serve: Serve) -> None:
    gate = Gate()
    server = serve(gate)
    async with open_transport(pool_size=1, pool_size_per_host=1) as transport, anyio.create_task_group() as tasks:

        async def stream() -> None:
            async with transport.stream(PreparedRequest("GET", server.url + "/", dedicated=True)) as answer:
                assert await answer.read() == b"ok"

        for _ in range(3):
            tasks.start_soon(stream)
        tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        for _ in range(4):
            await gate.until_waiting()
        gate.opened.set()
    assert (len(server.seen), server.connections) == (4, 4)


@pytest.mark.covers("options-pool_size_per_host")
@pytest.mark.parametrize("pair", [BackendPair("aiohttp", "asyncio")], indirect=True, ids=str)
async def test_the_pool_has_its_size_per_host(open_transport: Open, serve: Serve) -> None:
    gate = Gate()
    server = serve(gate)
    async with open_transport(pool_size_per_host=2) as transport, anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        for _ in range(2):
            await gate.until_waiting()
        gate.opened.set()
    assert server.connections == 2


@pytest.mark.covers("pitfall-22")
@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.backend == "httpx"], ids=str)
async def test_waiting_for_the_pool_has_a_limit(open_transport: Open, serve: Serve) -> None:
    gate = Gate()
    server = serve(gate)
    async with open_transport(pool_size=1) as transport, anyio.create_task_group() as tasks:
        tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        await gate.until_waiting()
        with pytest.raises(ConnectTimeout, match=r"became free within 0\.05 s \(pool timeout\)$"):
            await transport.request(PreparedRequest("GET", server.url + "/", limits=Limits(pool=0.05)))
        gate.opened.set()
    assert len(server.seen) == 1


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.backend == "aiohttp"], ids=str)
async def test_waiting_for_the_pool_is_no_connecting(open_transport: Open, serve: Serve, clock: Clock) -> None:
    gate = Gate()
    server = serve(gate)
    async with open_transport(pool_size=1) as transport, anyio.create_task_group() as tasks:
        tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/"))
        await gate.until_waiting()
        tasks.start_soon(transport.request, PreparedRequest("GET", server.url + "/", limits=Limits(connect=60)))
        await clock.jump_when_idle(70)
        await anyio.wait_all_tasks_blocked()
        assert len(server.seen) == 1
        gate.opened.set()
    assert len(server.seen) == 2


@pytest.mark.covers("options-pool_size")
async def test_streams_are_not_counted(open_transport: Open, serve: Serve) -> None:
    def endless(peer: Peer) -> None:
        while asked := peer.request():
            if asked.target == "/":
                peer.answer(b"ok")
            else:
                peer.chunked()
                peer.chunk(b"event")

    url = serve(endless).url
    watch = PreparedRequest("GET", url + "/watch", dedicated=True)
    async with (
        open_transport(pool_size=1) as transport,
        transport.stream(watch) as first,
        transport.stream(watch) as second,
    ):
        assert await first.receive() == await second.receive() == b"event"
        assert (await transport.request(PreparedRequest("GET", url + "/"))).body == b"ok"


class Burst:
    """A server that answers when `count` requests have arrived."""

    def __init__(self, count: int) -> None:
        self._together = threading.Barrier(count)
        self._sockets: list[socket.socket] = []

    def __call__(self, peer: Peer) -> None:
        self._sockets.append(peer.socket)
        while asked := peer.request():
            if asked.target != "/later":
                self._together.wait(SECONDS)
            peer.answer(b"ok")

    def end_all(self) -> None:
        """Send the end of each connection; the server's side stays open until the client closes its own."""
        for connected in self._sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_WR)


async def burst(transport: Transport, url: str, count: int) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(transport.request, PreparedRequest("GET", url + "/"))


async def test_after_a_burst_a_later_request_leaves_one_connection(open_transport: Open, serve: Serve) -> None:
    script = Burst(50)
    server = serve(script)
    async with open_transport() as transport:
        await burst(transport, server.url, 50)
        await anyio.to_thread.run_sync(script.end_all)
        await transport.request(PreparedRequest("GET", server.url + "/later"))
        assert await anyio.to_thread.run_sync(server.has_open, 1)
    assert server.connections == 51


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair.backend == "httpx"], ids=str)
async def test_at_most_20_connections_stay_idle(open_transport: Open, serve: Serve) -> None:
    script = Burst(30)
    server = serve(script)
    async with open_transport() as transport:
        await burst(transport, server.url, 30)
        assert await anyio.to_thread.run_sync(server.has_open, 20)
    assert await anyio.to_thread.run_sync(server.has_open, 0)


async def test_a_connection_that_the_server_has_closed_is_not_used(open_transport: Open, serve: Serve) -> None:
    def once(peer: Peer) -> None:
        peer.request()
        peer.answer(b"ok")

    server = serve(once)
    async with open_transport() as transport:
        for _ in range(5):
            # A POST is not sent again if it fails.
            answer = await transport.request(PreparedRequest("POST", server.url + "/", body=b"{}"))
            assert answer.body == b"ok"
            assert await anyio.to_thread.run_sync(server.has_open, 0)
    assert len(server.seen) == 5


# aiohttp leaves a connection open whose TLS handshake has not ended.
@pytest.mark.parametrize(
    ("pair", "secure"),
    [(pair, secure) for pair in PAIRS for secure in (False, True) if pair.backend == "httpx" or not secure],
    ids=str,
)
async def test_closing_ends_a_request_that_is_connecting(
    open_transport: Open, serve: Serve, client_tls: ssl.SSLContext, secure: bool
) -> None:
    connected = threading.Event()

    def silent(peer: Peer) -> None:
        assert peer.more()
        connected.set()
        peer.wait_until_closed()

    server = serve(silent)
    url = server.url.replace("http:", "https:") if secure else server.url
    async with open_transport(ssl_context=client_tls) as transport, anyio.create_task_group() as tasks:

        async def ask() -> None:
            with pytest.raises(TransportError):
                await transport.request(PreparedRequest("GET", url + "/"))

        tasks.start_soon(ask)
        assert await anyio.to_thread.run_sync(connected.wait, SECONDS)
        await transport.aclose()
    assert await anyio.to_thread.run_sync(server.has_open, 0)


async def test_a_closed_transport_sends_nothing(open_transport: Open, serve: Serve) -> None:
    server = serve()
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
    assert len(server.seen) == 1


async def test_closing_ends_idle_connections(open_transport: Open, serve: Serve) -> None:
    def once(peer: Peer) -> None:
        peer.request()
        peer.answer(b"ok")
        peer.wait_until_closed()

    server = serve(once)
    async with open_transport() as transport:
        await transport.request(PreparedRequest("GET", server.url + "/"))
        assert not server.closed.is_set()
    assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)


async def test_closing_ends_what_is_waiting(open_transport: Open, serve: Serve) -> None:
    gate = Gate()
    server = serve(gate)
    outcomes: list[TransportError] = []

    async with open_transport(pool_size=1) as transport:

        async def ask() -> None:
            with pytest.raises(TransportError) as raised:
                await transport.request(PreparedRequest("GET", server.url + "/"))
            outcomes.append(raised.value)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            await gate.until_waiting()
            tasks.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            await transport.aclose()
        gate.opened.set()
    assert len(outcomes) == 2
    assert len(server.seen) == 1


async def test_closing_ends_a_stream(open_transport: Open, serve: Serve) -> None:
    def endless(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        peer.chunk(b"first")
        peer.wait_until_closed()

    server = serve(endless)
    async with open_transport() as transport, transport.stream(PreparedRequest("GET", server.url + "/")) as answer:
        assert await answer.receive() == b"first"
        await transport.aclose()
        with pytest.raises(ConnectionLost):
            await answer.receive()
    assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)


@pytest.mark.covers("options-buffer_size")
@pytest.mark.parametrize("pair", [BackendPair("aiohttp", "asyncio")], indirect=True, ids=str)
@pytest.mark.parametrize("size", [2**16, 2**20])
async def test_no_more_is_read_ahead_than_the_buffer_holds(open_transport: Open, serve: Serve, size: int) -> None:
    stuck = threading.Event()

    def flood(peer: Peer) -> None:
        peer.request()
        peer.chunked()
        peer.socket.settimeout(1)
        try:
            while True:
                peer.chunk(b"x" * 65536)
        except OSError:
            stuck.set()

    request = PreparedRequest("GET", serve(flood).url + "/")
    async with open_transport(buffer_size=size) as transport, transport.stream(request) as answer:
        assert await anyio.to_thread.run_sync(stuck.wait, SECONDS)
        assert size <= len(await answer.receive()) <= 2 * size + 2**19


@pytest.mark.parametrize("keep_alive", [False, True])
@pytest.mark.parametrize("last", ["", "Connection: close\r\n"], ids=["kept", "last"])
def test_closing_leaves_no_connection_to_the_collector(
    pair: BackendPair, backend: Backend, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext,
    keep_alive: bool, last: str,
) -> None:  # fmt: skip
    def script(peer: Peer) -> None:
        while peer.request():
            peer.answer(b"ok", headers=last)

    server = serve(script, tls=server_tls)

    async def work() -> None:
        transport = backend.load()(TransportConfig(ssl_context=client_tls, keep_alive=keep_alive))
        await transport.request(PreparedRequest("GET", server.url + "/"))
        await transport.aclose()

    anyio.run(work, backend=pair.runtime)  # which ends at once, and with it what still goes on
    gc.collect()
