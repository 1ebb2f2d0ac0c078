"""What options do, as servers and proxies see it."""

import threading
from functools import partial
from typing import Any

import anyio
import pytest

from client.conftest import Connect
from client.scripted_server import Gate, Turns, answer, silence, stream
from kubex.client import Client
from kubex.core.params import Timeout
from kubex.errors import DeadlineExceeded, ReadTimeout
from kubex.transport import Backend, LibraryDefaults
from support.backend_pairs import BackendPair
from support.clock import Clock
from transport.socket_server import SECONDS, Peer, Serve

pytestmark = pytest.mark.anyio


async def requests(client: Client, number: int) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(number):
            group.start_soon(partial(client.request, "GET", "/"))


@pytest.mark.covers("options-keep_alive-true", "options-keep_alive_timeout-number")
@pytest.mark.parametrize("options", [{}, {"keep_alive": True}, {"keep_alive_timeout": 60.0}])
async def test_an_idle_connection_is_used_again(connect: Connect, serve: Serve, options: dict[str, Any]) -> None:
    server = serve(Turns(answer()))
    async with connect(server, **options) as client:
        for _ in range(3):
            await client.request("GET", "/")
    assert server.connections == 1


@pytest.mark.covers("options-keep_alive-false", "options-asymmetry-keep_alive")
async def test_without_keep_alive_each_request_has_its_own_connection(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer()))
    async with connect(server, keep_alive=False) as client:
        for _ in range(3):
            await client.request("GET", "/")
    assert server.connections == 3


@pytest.mark.covers("options-keep_alive_timeout-number")
async def test_a_connection_that_was_idle_for_too_long_is_not_used_again(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(answer()))
    async with connect(server, keep_alive_timeout=0) as client:
        await client.request("GET", "/")
        await client.request("GET", "/")
    assert server.connections == 2


@pytest.mark.covers("options-keep_alive_timeout-none", "options-asymmetry-keep_alive_timeout")
async def test_idle_connections_may_be_kept_indefinitely(
    connect: Connect, serve: Serve, pair: BackendPair, recwarn: pytest.WarningsRecorder
) -> None:
    if pair.backend == "aiohttp":  # it cannot, and says so
        with pytest.warns(UserWarning, match="aiohttp cannot keep idle connections indefinitely"):
            connect("http://127.0.0.1:1", keep_alive_timeout=None)
        return
    server = serve(Turns(answer()))
    async with connect(server, keep_alive_timeout=None) as client:
        for _ in range(2):
            await client.request("GET", "/")
    assert server.connections == 1
    assert not recwarn.list


@pytest.mark.covers("options-pool_size-number", "options-asymmetry-pool_size")
async def test_the_third_request_waits_for_a_pool_of_two(connect: Connect, serve: Serve) -> None:
    gate = Gate()
    server = serve(Turns(gate))
    async with connect(server, pool_size=2) as client, anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(partial(client.request, "GET", "/"))
        for _ in range(2):
            await anyio.to_thread.run_sync(gate.arrived.acquire)
        gate.open()
    assert (gate.most, server.connections, len(server.seen)) == (2, 2, 3)


@pytest.mark.covers("options-pool_size-none", "options-asymmetry-pool_size", "options-pool_size_per_host-none")
@pytest.mark.parametrize("size", [{"pool_size": None}, {"pool_size": 12}])
async def test_a_pool_without_a_limit_or_a_larger_one_holds_them_all(
    connect: Connect, serve: Serve, size: dict[str, Any]
) -> None:
    gate = Gate(opens_at=12)
    server = serve(Turns(gate))
    async with connect(server, **size) as client:
        await requests(client, 12)
    assert server.connections == 12


@pytest.mark.covers("options-pool_size-default")
async def test_by_default_a_hundred_requests_are_under_way(connect: Connect, serve: Serve) -> None:
    gate = Gate(opens_at=100)
    server = serve(Turns(gate), backlog=200)
    async with connect(server, timeout=None) as client:  # httpx would wait for its pool for 5 s at most
        await requests(client, 130)
    assert (gate.most, len(server.seen)) == (100, 130)
    assert server.connections >= 100


@pytest.mark.covers("options-pool_size_per_host-number", "options-asymmetry-pool_size_per_host")
async def test_the_pool_may_be_limited_by_host_on_aiohttp(connect: Connect, serve: Serve, pair: BackendPair) -> None:
    if pair.backend == "httpx":
        with pytest.warns(UserWarning, match=r"pool_size_per_host: a client on httpx has one host"):
            connect("http://127.0.0.1:1", pool_size_per_host=1)
        return
    gate = Gate()
    gate.open()
    server = serve(Turns(gate))
    async with connect(server, pool_size_per_host=1) as client:
        await requests(client, 3)
    assert (gate.most, server.connections) == (1, 1)


@pytest.mark.covers("options-buffer_size-number", "options-asymmetry-buffer_size")
@pytest.mark.parametrize("size", [1024, 2**22])
async def test_answers_are_whole_whatever_the_buffer(
    connect: Connect, serve: Serve, pair: BackendPair, size: int
) -> None:
    if pair.backend == "httpx":
        with pytest.warns(UserWarning, match="buffer_size: httpx has a read buffer of a fixed size"):
            connect("http://127.0.0.1:1", buffer_size=size)
        return
    body = bytes(range(256)) * 2**12
    server = serve(Turns(answer(body)))
    async with connect(server, buffer_size=size) as client:
        assert (await client.request("GET", "/")).body == body
        async with client.stream("GET", "/") as opened:
            assert b"".join([chunk async for chunk in opened.chunks()]) == body


@pytest.mark.covers("options-timeout-number")
async def test_a_total_timeout_ends_a_call_that_is_not_answered(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(silence))
    async with connect(server, timeout=1) as client:
        with pytest.raises(DeadlineExceeded, match="GET /slow: no response within the total timeout of 1 s"):
            await client.request("GET", "/slow")
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)
    assert len(server.seen) == 1


@pytest.mark.covers("options-timeout-timeout")
async def test_a_timeout_by_phase_ends_a_silence(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(silence))
    async with connect(server, timeout=Timeout(read=1)) as client:
        with pytest.raises(ReadTimeout):
            await client.request("GET", "/")
        assert await anyio.to_thread.run_sync(server.closed.wait, SECONDS)
    assert len(server.seen) == 1


@pytest.mark.covers("options-timeout-default", "options-timeout-none")
@pytest.mark.parametrize("library", [Timeout(read=60), Timeout(total=60, connect=50)])
async def test_by_default_the_librarys_limits_hold_and_none_switches_them_off(
    serve: Serve, backend: Backend, library: Timeout, clock: Clock
) -> None:
    import dataclasses

    from kubex.client import ClientOptions
    from kubex.configuration import ClientConfiguration

    asked, go_on = threading.Semaphore(0), threading.Event()

    def late(peer: Peer) -> None:
        asked.release()
        assert go_on.wait(SECONDS)
        peer.answer(b"{}")

    async def wait_longer_than_the_limit() -> None:
        await anyio.to_thread.run_sync(asked.acquire)
        await clock.jump_when_idle(70)
        await anyio.wait_all_tasks_blocked()

    server = serve(Turns(late))
    impatient = dataclasses.replace(backend, defaults=LibraryDefaults(timeout=library, keep_alive_timeout=5))
    configuration = ClientConfiguration(url=server.url)
    async with (
        Client(configuration, ClientOptions(retry=None), backend=impatient) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(wait_longer_than_the_limit)
        with pytest.raises((ReadTimeout, DeadlineExceeded)):
            await client.request("GET", "/")
    async with (
        Client(configuration, ClientOptions(retry=None, timeout=None), backend=impatient) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(client.request, "GET", "/")
        await wait_longer_than_the_limit()
        go_on.set()


@pytest.mark.covers("options-log_api_warnings-true", "options-log_api_warnings-false")
@pytest.mark.parametrize("log", [True, False])
async def test_warnings_of_the_server_can_be_silenced(
    connect: Connect, serve: Serve, log: bool, recwarn: pytest.WarningsRecorder
) -> None:
    deprecated = ("Warning", '299 - "a is deprecated"')
    server = serve(Turns(answer(headers=[deprecated]), answer(status="404 Not Found", headers=[deprecated]), stream()))
    async with connect(server, log_api_warnings=log) as client:
        if log:
            with pytest.warns(UserWarning, match="a is deprecated"):
                await client.request("GET", "/")
        else:
            await client.request("GET", "/")
    assert not recwarn.list
