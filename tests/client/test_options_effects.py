"""The effects of options that a server can observe."""

import threading
from functools import partial
from typing import Any

import anyio
import pytest

from client.conftest import MakeClient
from client.scripted_server import Gate, ResponseSequence, respond_never, respond_stream, respond_with
from kubex.client import Client
from kubex.core.params import Timeout
from kubex.errors import DeadlineExceeded, ReadTimeout
from kubex.transport import Backend, LibraryDefaults
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance.servers import WAIT_TIMEOUT, ServerConnection, StartServer, wait_for_event
from support.backend_pairs import BackendPair, ignores

pytestmark = pytest.mark.anyio


async def send_concurrently(client: Client, number: int) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(number):
            group.start_soon(partial(client.request, "GET", "/"))


@pytest.mark.covers("options-keep_alive-true", "options-keep_alive_timeout-number")
@pytest.mark.parametrize("options", [{}, {"keep_alive": True}, {"keep_alive_timeout": 60.0}])
async def test_idle_connection_is_reused(
    make_client: MakeClient, start_server: StartServer, options: dict[str, Any]
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, **options) as client:
        for _ in range(3):
            await client.request("GET", "/")
    assert server.connections == 1


@pytest.mark.covers("options-keep_alive-false", "options-asymmetry-keep_alive")
async def test_requests_without_keep_alive_use_separate_connections(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, keep_alive=False) as client:
        for _ in range(3):
            await client.request("GET", "/")
    assert server.connections == 3


@pytest.mark.covers("options-keep_alive_timeout-number")
async def test_idle_connection_is_not_reused_after_keep_alive_timeout(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, keep_alive_timeout=0) as client:
        await client.request("GET", "/")
        await client.request("GET", "/")
    assert server.connections == 2


@pytest.mark.covers("options-keep_alive_timeout-none", "options-asymmetry-keep_alive_timeout")
async def test_keep_alive_timeout_none_keeps_connections_or_warns(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair, recwarn: pytest.WarningsRecorder
) -> None:
    if ignores(pair, "keep_alive_timeout", None):
        with pytest.warns(UserWarning, match="cannot keep idle connections indefinitely"):
            make_client("http://127.0.0.1:1", keep_alive_timeout=None)
        return
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server, keep_alive_timeout=None) as client:
        for _ in range(2):
            await client.request("GET", "/")
    assert server.connections == 1
    assert not recwarn.list


@pytest.mark.covers("options-pool_size-number", "options-asymmetry-pool_size")
async def test_third_request_waits_for_a_pool_of_two(make_client: MakeClient, start_server: StartServer) -> None:
    gate = Gate()
    server = start_server(ResponseSequence(gate))
    async with make_client(server, pool_size=2) as client, anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(partial(client.request, "GET", "/"))
        for _ in range(2):
            await anyio.to_thread.run_sync(gate.request_received.acquire)
        gate.open()
    assert (gate.max_waiting, server.connections, len(server.requests)) == (2, 2, 3)


@pytest.mark.covers("options-pool_size-none", "options-asymmetry-pool_size", "options-pool_size_per_host-none")
@pytest.mark.parametrize("size", [{"pool_size": None}, {"pool_size": 12}])
async def test_large_or_unlimited_pool_sends_all_requests_concurrently(
    make_client: MakeClient, start_server: StartServer, size: dict[str, Any]
) -> None:
    gate = Gate(opens_at=12)
    server = start_server(ResponseSequence(gate))
    async with make_client(server, **size) as client:
        await send_concurrently(client, 12)
    assert server.connections == 12


@pytest.mark.covers("options-pool_size-default")
async def test_default_pool_sends_100_requests_concurrently(make_client: MakeClient, start_server: StartServer) -> None:
    gate = Gate(opens_at=100)
    server = start_server(ResponseSequence(gate), backlog=200)
    async with make_client(server, timeout=None) as client:  # the pool timeout of httpx is 5 s
        await send_concurrently(client, 130)
    assert (gate.max_waiting, len(server.requests)) == (100, 130)
    assert server.connections >= 100


@pytest.mark.covers("options-pool_size_per_host-number", "options-asymmetry-pool_size_per_host")
async def test_pool_size_per_host_limits_connections_or_warns(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair
) -> None:
    if ignores(pair, "pool_size_per_host", 1):
        with pytest.warns(UserWarning, match=r"pool_size_per_host: a client on \w+ has one host"):
            make_client("http://127.0.0.1:1", pool_size_per_host=1)
        return
    gate = Gate()
    gate.open()
    server = start_server(ResponseSequence(gate))
    async with make_client(server, pool_size_per_host=1) as client:
        await send_concurrently(client, 3)
    assert (gate.max_waiting, server.connections) == (1, 1)


@pytest.mark.covers("options-buffer_size-number", "options-asymmetry-buffer_size")
@pytest.mark.parametrize("size", [1024, 2**22])
async def test_large_response_is_complete_with_any_buffer_size(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair, size: int
) -> None:
    if ignores(pair, "buffer_size", size):
        with pytest.warns(UserWarning, match=r"buffer_size: \w+ has a read buffer of a fixed size"):
            make_client("http://127.0.0.1:1", buffer_size=size)
        return
    body = bytes(range(256)) * 2**12
    server = start_server(ResponseSequence(respond_with(body)))
    async with make_client(server, buffer_size=size) as client:
        assert (await client.request("GET", "/")).body == body
        async with client.stream("GET", "/") as stream:
            assert b"".join([chunk async for chunk in stream.chunks()]) == body


@pytest.mark.covers("options-timeout-number")
async def test_total_timeout_ends_a_call_without_response(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_never))
    async with make_client(server, timeout=1) as client:
        with pytest.raises(DeadlineExceeded, match="GET /slow: no response within the total timeout of 1 s"):
            await client.request("GET", "/slow")
        assert await wait_for_event(server.connection_closed)
    assert len(server.requests) == 1


@pytest.mark.covers("options-timeout-timeout")
async def test_read_timeout_ends_a_call_without_response(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_never))
    async with make_client(server, timeout=Timeout(read=1)) as client:
        with pytest.raises(ReadTimeout):
            await client.request("GET", "/")
        assert await wait_for_event(server.connection_closed)
    assert len(server.requests) == 1


@pytest.mark.covers("options-timeout-default", "options-timeout-none")
@pytest.mark.parametrize("library_timeout", [Timeout(read=60), Timeout(total=60, connect=50)])
async def test_timeout_default_uses_library_limits_and_none_disables_them(
    start_server: StartServer, backend: Backend, library_timeout: Timeout, clock: Clock
) -> None:
    import dataclasses

    from kubex.client import ClientOptions
    from kubex.configuration import ClientConfiguration

    request_received, proceed = threading.Semaphore(0), threading.Event()

    def respond_late(connection: ServerConnection) -> None:
        request_received.release()
        assert proceed.wait(WAIT_TIMEOUT)
        connection.respond(b"{}")

    async def wait_longer_than_the_limit() -> None:
        await anyio.to_thread.run_sync(request_received.acquire)
        await clock.jump_when_idle(70)
        await anyio.wait_all_tasks_blocked()

    server = start_server(ResponseSequence(respond_late))
    backend_with_short_timeouts = dataclasses.replace(
        backend, defaults=LibraryDefaults(timeout=library_timeout, keep_alive_timeout=5)
    )
    configuration = ClientConfiguration(url=server.url)
    async with (
        Client(configuration, ClientOptions(retry=None), backend=backend_with_short_timeouts) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(wait_longer_than_the_limit)
        with pytest.raises((ReadTimeout, DeadlineExceeded)):
            await client.request("GET", "/")
    async with (
        Client(configuration, ClientOptions(retry=None, timeout=None), backend=backend_with_short_timeouts) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(client.request, "GET", "/")
        await wait_longer_than_the_limit()
        proceed.set()


@pytest.mark.covers("options-log_api_warnings-true", "options-log_api_warnings-false")
@pytest.mark.parametrize("log", [True, False])
async def test_log_api_warnings_controls_warnings(
    make_client: MakeClient, start_server: StartServer, log: bool, recwarn: pytest.WarningsRecorder
) -> None:
    deprecated = ("Warning", '299 - "a is deprecated"')
    server = start_server(
        ResponseSequence(
            respond_with(headers=[deprecated]),
            respond_with(status="404 Not Found", headers=[deprecated]),
            respond_stream(),
        )
    )
    async with make_client(server, log_api_warnings=log) as client:
        if log:
            with pytest.warns(UserWarning, match="a is deprecated"):
                await client.request("GET", "/")
        else:
            await client.request("GET", "/")
    assert not recwarn.list
