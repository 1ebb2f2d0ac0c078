"""Total timeouts, the user's own cancel scopes, and silences."""

import dataclasses
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

import anyio
import pytest

from client.conftest import SOON, Connect
from client.scripted_server import Arrivals, Gate, Turn, Turns, answer, silence, stream
from kubex.api import Api
from kubex.client import Client, ClientOptions
from kubex.client._client import open_byte_stream
from kubex.client._request_builder import checked_path
from kubex.client._stream import ByteStream
from kubex.configuration import ClientConfiguration
from kubex.core._http import Request
from kubex.core.params import Timeout
from kubex.errors import ConnectTimeout, DeadlineExceeded, KubexError, ReadTimeout, TransportError
from kubex.transport import Backend, LibraryDefaults
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from support.clock import Clock
from transport.socket_server import SECONDS, Peer, Serve

pytestmark = pytest.mark.anyio


async def test_a_connection_is_not_left_open_by_a_deadline(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(silence))
    async with connect(server) as client:
        with pytest.raises(DeadlineExceeded):
            await client.request("GET", "/", request_timeout=1)
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)


@pytest.mark.covers("pitfall-21")
@pytest.mark.parametrize("library", [Timeout(connect=60, read=60, write=60, pool=60), Timeout(total=60, connect=50)])
async def test_an_idle_stream_outlives_the_librarys_own_timeouts(
    serve: Serve, backend: Backend, library: Timeout, clock: Clock
) -> None:
    goes_on = threading.Semaphore(0)

    def idle(peer: Peer) -> None:
        peer.chunked()
        assert goes_on.acquire(timeout=SECONDS)
        peer.chunk(b'{"type": "ADDED", "object": {"metadata": {"name": "a"}}}\n')
        peer.wait_until_closed()

    async def go_on_after_the_limits() -> None:
        await clock.jump_when_idle(70)
        await anyio.wait_all_tasks_blocked()
        goes_on.release()

    server = serve(Turns(idle))
    impatient = dataclasses.replace(backend, defaults=LibraryDefaults(timeout=library, keep_alive_timeout=5))
    async with Client(ClientConfiguration(url=server.url), ClientOptions(retry=SOON), backend=impatient) as client:
        async with Api(ConfigMap, client).watch() as events, anyio.create_task_group() as tasks:
            tasks.start_soon(go_on_after_the_limits)
            assert (await events.__anext__()).object.metadata.name == "a"
        async with Api(Pod, client).logs.stream("a") as log, anyio.create_task_group() as tasks:
            tasks.start_soon(go_on_after_the_limits)
            assert (await log.__anext__()).startswith("{")


async def falls_silent(opened: ByteStream, clock: Clock, seconds: float) -> None:
    """Check that a stream, of which one line comes, ends with its read limit."""
    assert await opened.receive() == b"a\n"
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(clock.jump_when_idle, seconds)
        with pytest.raises(ReadTimeout):
            await opened.receive()


async def test_a_watch_that_hears_nothing_for_too_long_is_a_read_timeout(
    connect: Connect, serve: Serve, clock: Clock
) -> None:
    server = serve(Turns(stream(b"a\n")))
    request = Request(method="GET", path=checked_path("/watch"))
    async with connect(server) as client, open_byte_stream(client, request, idle=60, block="x") as opened:
        await falls_silent(opened, clock, 60)


async def test_the_read_limit_of_a_call_ends_a_silent_stream(connect: Connect, serve: Serve, clock: Clock) -> None:
    server = serve(Turns(stream(b"a\n")))
    async with connect(server) as client, client.stream("GET", "/", request_timeout=Timeout(read=60)) as opened:
        await falls_silent(opened, clock, 60)


async def test_waiting_for_the_pool_has_a_limit_of_its_own(connect: Connect, serve: Serve) -> None:
    gate = Gate()
    server = serve(Turns(gate))
    async with connect(server, pool_size=1, retry=None) as client, anyio.create_task_group() as group:
        # aiohttp has no limit for the pool alone: the total bounds it.
        limit, error = Timeout(pool=0.1), cast("type[TransportError]", ConnectTimeout)
        if client.backend.name == "aiohttp":
            limit, error = Timeout(total=0.1, connect=5), DeadlineExceeded
        group.start_soon(partial(client.request, "GET", "/first", request_timeout=None))
        await anyio.to_thread.run_sync(gate.arrived.acquire)
        with pytest.raises(error):
            await client.request("GET", "/second", request_timeout=limit)
        gate.open()


async def cancelled_once_it_arrived(call: Callable[[], Awaitable[object]], arrived: threading.Semaphore) -> bool:
    """Call, cancel that as soon as the server has the request, and tell whether it was cancelled."""
    async with anyio.create_task_group() as group:
        scope = anyio.CancelScope()

        async def run() -> None:
            with scope:
                await call()

        group.start_soon(run)
        await anyio.to_thread.run_sync(arrived.acquire)
        scope.cancel()
    return scope.cancelled_caught


async def test_the_users_own_scope_cancels_a_call(connect: Connect, serve: Serve) -> None:
    arrivals = Arrivals()
    server = serve(Turns(arrivals.then(silence)))
    async with connect(server) as client:
        call = partial(client.request, "GET", "/", request_timeout=60)
        assert await cancelled_once_it_arrived(call, arrivals.arrived)
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)
        with pytest.raises(TimeoutError) as caught, anyio.fail_after(0):
            await client.request("GET", "/")
        assert not isinstance(caught.value, KubexError)


@pytest.mark.parametrize("turn", [silence, stream(b"a\n")])
async def test_the_users_own_scope_cancels_a_stream(connect: Connect, serve: Serve, turn: Turn) -> None:
    arrivals = Arrivals()
    server = serve(Turns(arrivals.then(turn)))

    async def follow() -> None:
        async with client.stream("GET", "/", request_timeout=60) as opened:
            async for _ in opened.chunks():
                pass

    async with connect(server) as client:
        assert await cancelled_once_it_arrived(follow, arrivals.arrived)
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)


async def test_a_call_cancelled_in_the_middle_leaves_a_client_that_works(connect: Connect, serve: Serve) -> None:
    arrivals = Arrivals()
    server = serve(Turns(arrivals.then(silence), arrivals.then(silence), answer(b"fine")))
    async with connect(server, pool_size=1) as client:
        for _ in range(2):
            assert await cancelled_once_it_arrived(partial(client.request, "GET", "/"), arrivals.arrived)
        assert (await client.request("GET", "/")).body == b"fine"
