"""Cancelled calls close their connections, at each moment and with each way to cancel."""

import ssl
import threading
import time

import anyio
import anyio.to_thread
import pytest
from anyio.lowlevel import checkpoint

from kubex.transport import Limits, PreparedRequest, Transport
from kubex_testing.compliance._cancellation import CancelMethod, cancel_after_each_delay
from kubex_testing.compliance._suites.routes import ROUTES, Route, RouteFixtures
from kubex_testing.compliance.servers import (
    OpenTransport,
    Server,
    ServerConnection,
    StartServer,
    wait_for_event,
)

# Larger than the buffers of both sockets.
BODY = b"x" * 2**25


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


def get(server: Server, target: str = "/", **limits: float) -> PreparedRequest:
    return PreparedRequest("GET", server.url + target, limits=Limits(**limits))


class CancellationTests(RouteFixtures):
    """Cancelled calls close their connections, at each moment and with each way to cancel."""

    @pytest.mark.parametrize("route", ROUTES, indirect=True)
    async def test_cancelled_requests_close_their_connections_with_keep_alive(
        self, open_transport: OpenTransport, route: Route, cancel: CancelMethod
    ) -> None:
        """A request that is cancelled at any moment closes its connection, and the pool stays usable."""
        server, received = route.start(respond_ok_or_watch), list[bytes]()
        async with open_transport(pool_size=1, **route.settings) as transport:

            async def call() -> None:
                received.append((await transport.request(get(server))).body)

            await cancel_after_each_delay(cancel, call, received)
            assert (await transport.request(get(server))).body == b"ok"
            assert await route.wait_for_open_connections(1)
        assert await route.wait_for_open_connections(0)

    @pytest.mark.parametrize("route", ROUTES, indirect=True)
    async def test_cancelled_requests_close_their_connections_without_keep_alive(
        self, open_transport: OpenTransport, route: Route, cancel: CancelMethod
    ) -> None:
        """Without keep-alive, a request that is cancelled at any moment closes its connection."""
        server, received = route.start(respond_ok_or_watch), list[bytes]()
        async with open_transport(keep_alive=False, **route.settings) as transport:

            async def call() -> None:
                received.append((await transport.request(get(server))).body)

            await cancel_after_each_delay(cancel, call, received)
            assert (await transport.request(get(server))).body == b"ok"
            assert await route.wait_for_open_connections(0)

    @pytest.mark.parametrize("route", ROUTES, indirect=True)
    async def test_cancelled_watches_close_their_connections(
        self, open_transport: OpenTransport, route: Route, cancel: CancelMethod
    ) -> None:
        """A stream that is cancelled at any moment closes its connection."""
        server, received = route.start(respond_ok_or_watch), list[bytes]()
        request = PreparedRequest("GET", server.url + "/?watch=true", dedicated=True)
        async with open_transport(**route.settings) as transport:

            async def call() -> None:
                async with transport.stream(request) as response:
                    while chunk := await response.receive():
                        received.append(chunk)

            await cancel_after_each_delay(cancel, call, received)
            assert await route.wait_for_open_connections(0)

    async def test_deadlines_in_a_blocked_event_loop_close_the_connections(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
    ) -> None:
        """A request closes its connection, also if its deadline expires while the event loop is blocked."""
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """Requests that are cancelled while they wait for the pool do not use up its connections."""
        may_respond = threading.Event()

        def respond_later(connection: ServerConnection) -> None:
            while connection.read_request():
                connection.wait_for(may_respond)
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
        self, open_transport: OpenTransport, start_server: StartServer
    ) -> None:
        """A cancelled request stops sending its body."""
        headers_received, cancelled, body_ended = threading.Event(), threading.Event(), threading.Event()
        received = 0

        def read_headers_and_wait(connection: ServerConnection) -> None:
            nonlocal received
            while b"\r\n\r\n" not in connection.buffer:
                assert connection.read_more()
            headers_received.set()
            connection.wait_for(cancelled)
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

    @pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
    async def test_pool_is_usable_after_many_requests_were_cancelled_at_once(
        self,
        open_transport: OpenTransport,
        start_server: StartServer,
        server_tls: ssl.SSLContext,
        client_tls: ssl.SSLContext,
        tls: bool,
    ) -> None:
        """When 200 requests are cancelled at once, at any moment, the pool stays usable and exceeds no limit."""
        server = start_server(tls=server_tls if tls else None)
        async with open_transport(ssl_context=client_tls if tls else None, pool_size=10) as transport:
            for pauses in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55):
                async with anyio.create_task_group() as tasks:
                    for _ in range(200):
                        tasks.start_soon(transport.request, get(server))
                    for _ in range(pauses):
                        await checkpoint()
                    tasks.cancel_scope.cancel()
                async with anyio.create_task_group() as tasks:
                    for _ in range(20):
                        tasks.start_soon(transport.request, get(server))
                assert server.open_connections <= 20
            await transport.aclose()
            assert await anyio.to_thread.run_sync(server.wait_for_open_connections, 0)
