"""A cancelled call closes its connection, at whatever moment and in whatever way it is cancelled."""

import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread
import pytest
from anyio.lowlevel import checkpoint

from kubex.transport import Backend, Limits, PreparedRequest, Proxy, Transport
from transport.cancellation import IDS, WAYS, Cancel, at_all_moments
from transport.proxy_server import Socks, Tunnel
from transport.socket_server import SECONDS, Open, Peer, Serve, Server, proxy

pytestmark = pytest.mark.anyio


@dataclass
class Route:
    """A server and how to reach it; `between` is the proxy."""

    server: Server
    settings: dict[str, Any]
    between: Server | None = None

    async def has_open(self, count: int) -> bool:
        """Wait until the server, and the proxy, have so many open connections."""
        servers = [self.server] if self.between is None else [self.server, self.between]
        return all([await anyio.to_thread.run_sync(server.has_open, count) for server in servers])


def watch(peer: Peer) -> None:
    """Answer with `ok`, and each watch with a beginning and nothing more."""
    while asked := peer.request():
        if "watch" not in asked.target:
            peer.answer(b"ok")
            continue
        peer.chunked()
        peer.chunk(b"{}\n")
        peer.wait_until_closed()
        return


@pytest.fixture(params=["http", "https", "forwarded", "tunnel", "tunnel by TLS", "socks", "socks and TLS"])
def route(
    request: pytest.FixtureRequest,
    backend: Backend,
    serve: Serve,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> Route:
    """Start a server, with or without TLS and a proxy."""
    way: str = request.param
    secure = way not in ("http", "forwarded", "socks")
    settings: dict[str, Any] = {"ssl_context": client_tls, "proxy_ssl_context": client_tls if "by" in way else None}
    between: Server | None = None
    if way == "forwarded":
        between = serve(proxy)
    elif way.startswith("socks"):
        between = serve(Socks())
    elif way.startswith("tunnel"):
        if "by" in way and backend.proxy("https", "https") is not None:
            pytest.skip("this Python has no TLS inside of TLS")
        between = serve(Tunnel(), tls=server_tls if "by" in way else None)
    if between is not None:
        scheme = "socks5" if way.startswith("socks") else between.url.partition(":")[0]
        settings["proxy"] = Proxy(url=f"{scheme}://{between.host}")
    return Route(serve(watch, tls=server_tls if secure else None), settings, between)


def get(server: Server, target: str = "/", **limits: float) -> PreparedRequest:
    return PreparedRequest("GET", server.url + target, limits=Limits(**limits))


@pytest.mark.parametrize(("pair", "cancel"), WAYS, ids=IDS)
async def test_requests_leave_no_connection(open_transport: Open, route: Route, cancel: Cancel) -> None:
    received: list[bytes] = []
    async with open_transport(pool_size=1, **route.settings) as transport:

        async def work() -> None:
            received.append((await transport.request(get(route.server))).body)

        await at_all_moments(cancel, work, received)
        assert (await transport.request(get(route.server))).body == b"ok"
        assert await route.has_open(1)
    assert await route.has_open(0)


@pytest.mark.parametrize(("pair", "cancel"), WAYS, ids=IDS)
async def test_first_requests_leave_no_connection(open_transport: Open, route: Route, cancel: Cancel) -> None:
    received: list[bytes] = []
    async with open_transport(keep_alive=False, **route.settings) as transport:

        async def work() -> None:
            received.append((await transport.request(get(route.server))).body)

        await at_all_moments(cancel, work, received)
        assert (await transport.request(get(route.server))).body == b"ok"
        assert await route.has_open(0)


@pytest.mark.covers("pitfall-27")
@pytest.mark.parametrize(("pair", "cancel"), WAYS, ids=IDS)
async def test_watches_are_closed_on_the_server(open_transport: Open, route: Route, cancel: Cancel) -> None:
    received: list[bytes] = []
    request = PreparedRequest("GET", route.server.url + "/?watch=true", dedicated=True)
    async with open_transport(**route.settings) as transport:

        async def work() -> None:
            async with transport.stream(request) as response:
                while chunk := await response.receive():
                    received.append(chunk)

        await at_all_moments(cancel, work, received)
        assert await route.has_open(0)


async def test_deadlines_in_a_paused_event_loop_leave_no_connection(
    open_transport: Open, serve: Serve, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = serve(tls=server_tls)

    async def call(transport: Transport, seconds: float) -> None:
        with anyio.move_on_after(seconds):  # real time: any moment may pass
            await transport.request(get(server))

    async with open_transport(ssl_context=client_tls, pool_size=10) as transport:
        for turn in range(12):
            async with anyio.create_task_group() as tasks:
                for number in range(10):
                    tasks.start_soon(call, transport, 0.001 * number)
                await checkpoint()
                for _ in range(turn):
                    time.sleep(0.004)  # noqa: ASYNC251 - real time: the event loop is paused
                    await checkpoint()
        assert (await transport.request(get(server))).body == b"ok"
        await transport.aclose()
        assert await anyio.to_thread.run_sync(server.has_open, 0)


async def test_calls_that_give_up_waiting_for_the_pool_leave_it_usable(open_transport: Open, serve: Serve) -> None:
    answering = threading.Event()

    def slow(peer: Peer) -> None:
        while peer.request():
            answering.wait(SECONDS)
            peer.answer(b"ok")

    server = serve(slow)

    async with open_transport(pool_size=3) as transport:
        for _ in range(5):
            async with anyio.create_task_group() as tasks:
                for _ in range(12):
                    tasks.start_soon(transport.request, get(server))
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
        answering.set()
        async with anyio.create_task_group() as tasks:
            for _ in range(12):
                tasks.start_soon(transport.request, get(server))
        await transport.aclose()
        assert await anyio.to_thread.run_sync(server.has_open, 0)
