"""Cancelled calls close their connections, at each moment and with each way to cancel."""

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
from kubex_testing.compliance.servers import (
    WAIT_TIMEOUT,
    OpenTransport,
    Server,
    ServerConnection,
    SocksProxy,
    StartServer,
    TunnelProxy,
    http_proxy,
    wait_for_event,
)
from transport.cancellation import CASE_IDS, CASES, CancelMethod, cancel_after_each_delay

pytestmark = pytest.mark.anyio

# Larger than the buffers of both sockets.
BODY = b"x" * 2**25


@dataclass
class Route:
    """A server, the settings of a transport that connects to it, and the proxy, if there is one."""

    server: Server
    settings: dict[str, Any]
    proxy_server: Server | None = None

    async def wait_for_open_connections(self, count: int) -> bool:
        """Wait until the server and the proxy have this number of open connections."""
        servers = [self.server] if self.proxy_server is None else [self.server, self.proxy_server]
        return all([await anyio.to_thread.run_sync(server.wait_for_open_connections, count) for server in servers])


def respond_ok_or_watch(connection: ServerConnection) -> None:
    """Respond with `ok`; respond to a watch with one event, and wait until the client closes the connection."""
    while request := connection.read_request():
        if "watch" not in request.target:
            connection.respond(b"ok")
            continue
        connection.start_chunked()
        connection.send_chunk(b"{}\n")
        connection.wait_until_closed()
        return


@pytest.fixture(params=["http", "https", "forwarding proxy", "tunnel", "TLS in TLS tunnel", "socks", "socks with TLS"])
def route(
    request: pytest.FixtureRequest,
    backend: Backend,
    start_server: StartServer,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> Route:
    """Start a server, and a proxy if the route has one."""
    name: str = request.param
    uses_tls = name not in ("http", "forwarding proxy", "socks")
    https_proxy = name == "TLS in TLS tunnel"
    settings: dict[str, Any] = {"ssl_context": client_tls, "proxy_ssl_context": client_tls if https_proxy else None}
    proxy_server: Server | None = None
    if name == "forwarding proxy":
        proxy_server = start_server(http_proxy)
    elif name.startswith("socks"):
        proxy_server = start_server(SocksProxy())
    elif "tunnel" in name:
        if https_proxy and backend.proxy("https", "https") is not None:
            pytest.skip("this Python does not support TLS inside of TLS")
        proxy_server = start_server(TunnelProxy(), tls=server_tls if https_proxy else None)
    if proxy_server is not None:
        scheme = "socks5" if name.startswith("socks") else proxy_server.url.partition(":")[0]
        settings["proxy"] = Proxy(url=f"{scheme}://{proxy_server.netloc}")
    return Route(start_server(respond_ok_or_watch, tls=server_tls if uses_tls else None), settings, proxy_server)


def get(server: Server, target: str = "/", **limits: float) -> PreparedRequest:
    return PreparedRequest("GET", server.url + target, limits=Limits(**limits))


@pytest.mark.parametrize(("pair", "cancel"), CASES, ids=CASE_IDS)
async def test_cancelled_requests_close_their_connections_with_keep_alive(
    open_transport: OpenTransport, route: Route, cancel: CancelMethod
) -> None:
    received: list[bytes] = []
    async with open_transport(pool_size=1, **route.settings) as transport:

        async def call() -> None:
            received.append((await transport.request(get(route.server))).body)

        await cancel_after_each_delay(cancel, call, received)
        assert (await transport.request(get(route.server))).body == b"ok"
        assert await route.wait_for_open_connections(1)
    assert await route.wait_for_open_connections(0)


@pytest.mark.parametrize(("pair", "cancel"), CASES, ids=CASE_IDS)
async def test_cancelled_requests_close_their_connections_without_keep_alive(
    open_transport: OpenTransport, route: Route, cancel: CancelMethod
) -> None:
    received: list[bytes] = []
    async with open_transport(keep_alive=False, **route.settings) as transport:

        async def call() -> None:
            received.append((await transport.request(get(route.server))).body)

        await cancel_after_each_delay(cancel, call, received)
        assert (await transport.request(get(route.server))).body == b"ok"
        assert await route.wait_for_open_connections(0)


@pytest.mark.covers("pitfall-27")
@pytest.mark.parametrize(("pair", "cancel"), CASES, ids=CASE_IDS)
async def test_cancelled_watches_close_their_connections(
    open_transport: OpenTransport, route: Route, cancel: CancelMethod
) -> None:
    received: list[bytes] = []
    request = PreparedRequest("GET", route.server.url + "/?watch=true", dedicated=True)
    async with open_transport(**route.settings) as transport:

        async def call() -> None:
            async with transport.stream(request) as response:
                while chunk := await response.receive():
                    received.append(chunk)

        await cancel_after_each_delay(cancel, call, received)
        assert await route.wait_for_open_connections(0)


async def test_deadlines_in_a_blocked_event_loop_close_the_connections(
    open_transport: OpenTransport, start_server: StartServer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = start_server(tls=server_tls)

    async def call(transport: Transport, seconds: float) -> None:
        with anyio.move_on_after(seconds):  # real time: any moment may pass
            await transport.request(get(server))

    async with open_transport(ssl_context=client_tls, pool_size=10) as transport:
        for pauses in range(12):
            async with anyio.create_task_group() as tasks:
                for number in range(10):
                    tasks.start_soon(call, transport, 0.001 * number)
                await checkpoint()
                for _ in range(pauses):
                    time.sleep(0.004)  # noqa: ASYNC251 - real time: blocks the event loop
                    await checkpoint()
        assert (await transport.request(get(server))).body == b"ok"
        await transport.aclose()
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


async def test_pool_is_usable_after_waiting_requests_are_cancelled(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    may_respond = threading.Event()

    def respond_later(connection: ServerConnection) -> None:
        while connection.read_request():
            may_respond.wait(WAIT_TIMEOUT)
            connection.respond(b"ok")

    server = start_server(respond_later)

    async with open_transport(pool_size=3) as transport:
        for _ in range(5):
            async with anyio.create_task_group() as tasks:
                for _ in range(12):
                    tasks.start_soon(transport.request, get(server))
                await anyio.wait_all_tasks_blocked()
                tasks.cancel_scope.cancel()
        may_respond.set()
        async with anyio.create_task_group() as tasks:
            for _ in range(12):
                tasks.start_soon(transport.request, get(server))
        await transport.aclose()
        assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)


async def test_cancelled_request_stops_sending_its_body(
    open_transport: OpenTransport, start_server: StartServer
) -> None:
    headers_received, cancelled, body_ended = threading.Event(), threading.Event(), threading.Event()
    received = 0

    def read_headers_and_wait(connection: ServerConnection) -> None:
        nonlocal received
        while b"\r\n\r\n" not in connection.buffer:
            assert connection.read_more()
        headers_received.set()
        assert cancelled.wait(WAIT_TIMEOUT)
        while connection.read_more():
            pass
        received = len(connection.buffer)
        body_ended.set()

    server = start_server(read_headers_and_wait)
    async with open_transport() as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.request, PreparedRequest("POST", f"{server.url}/", (), BODY))
            assert await wait_for_event(headers_received)
            tasks.cancel_scope.cancel()
        cancelled.set()
        assert await wait_for_event(body_ended)
    assert received < len(BODY)
