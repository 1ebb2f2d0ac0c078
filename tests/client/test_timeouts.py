"""Timeouts of calls and streams, and cancel scopes of the caller."""

import dataclasses
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import cast

import anyio
import pytest

from client.conftest import FAST_RETRIES, MakeClient
from client.scripted_server import (
    Gate,
    RequestSignal,
    Responder,
    ResponseSequence,
    respond_error,
    respond_never,
    respond_stream,
    respond_with,
)
from kubex.api import Api
from kubex.client import Attempt, Client, ClientOptions
from kubex.client._client import open_byte_stream
from kubex.client._request_builder import checked_path
from kubex.client._stream import ByteStream
from kubex.configuration import ClientConfiguration
from kubex.core._http import Request
from kubex.core.params import Timeout
from kubex.errors import ConnectTimeout, DeadlineExceeded, KubexError, ReadTimeout, TransportError
from kubex.transport import Backend, LibraryDefaults
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.compliance._clock import Clock
from kubex_testing.compliance.servers import WAIT_TIMEOUT, ServerConnection, StartServer, wait_for_event
from support.backend_pairs import BackendPair, ignores

pytestmark = pytest.mark.anyio


async def test_deadline_closes_the_connection(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_never))
    async with make_client(server) as client:
        with pytest.raises(DeadlineExceeded):
            await client.request("GET", "/", request_timeout=1)
        assert await wait_for_event(server.connection_closed)


@pytest.mark.covers("pitfall-21")
@pytest.mark.parametrize(
    "library_timeout", [Timeout(connect=60, read=60, write=60, pool=60), Timeout(total=60, connect=50)]
)
async def test_idle_streams_are_not_ended_by_the_timeouts_of_the_library(
    start_server: StartServer, backend: Backend, library_timeout: Timeout, clock: Clock
) -> None:
    proceed = threading.Semaphore(0)

    def send_after_limits(connection: ServerConnection) -> None:
        connection.start_chunked()
        assert proceed.acquire(timeout=WAIT_TIMEOUT)
        connection.send_chunk(b'{"type": "ADDED", "object": {"metadata": {"name": "a"}}}\n')
        connection.wait_until_closed()

    async def proceed_after_limits() -> None:
        await clock.jump_when_idle(70)
        await anyio.wait_all_tasks_blocked()
        proceed.release()

    server = start_server(ResponseSequence(send_after_limits))
    backend_with_short_timeouts = dataclasses.replace(
        backend, defaults=LibraryDefaults(timeout=library_timeout, keep_alive_timeout=5)
    )
    async with Client(
        ClientConfiguration(url=server.url), ClientOptions(retry=FAST_RETRIES), backend=backend_with_short_timeouts
    ) as client:
        async with Api(ConfigMap, client).watch() as events, anyio.create_task_group() as tasks:
            tasks.start_soon(proceed_after_limits)
            assert (await events.__anext__()).object.metadata.name == "a"
        async with Api(Pod, client).logs.stream("a") as log, anyio.create_task_group() as tasks:
            tasks.start_soon(proceed_after_limits)
            assert (await log.__anext__()).startswith("{")


async def assert_read_timeout(stream: ByteStream, clock: Clock, seconds: float) -> None:
    """Read one line, and check that the next read raises after the read limit."""
    assert await stream.receive() == b"a\n"
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(clock.jump_when_idle, seconds)
        with pytest.raises(ReadTimeout):
            await stream.receive()


async def test_idle_limit_of_a_watch_raises_read_timeout(
    make_client: MakeClient, start_server: StartServer, clock: Clock
) -> None:
    server = start_server(ResponseSequence(respond_stream(b"a\n")))
    request = Request(method="GET", path=checked_path("/watch"))
    async with make_client(server) as client, open_byte_stream(client, request, idle=60, block="x") as stream:
        await assert_read_timeout(stream, clock, 60)


async def test_read_limit_of_a_call_ends_an_idle_stream(
    make_client: MakeClient, start_server: StartServer, clock: Clock
) -> None:
    server = start_server(ResponseSequence(respond_stream(b"a\n")))
    async with make_client(server) as client, client.stream("GET", "/", request_timeout=Timeout(read=60)) as stream:
        await assert_read_timeout(stream, clock, 60)


async def test_pool_limit_ends_waiting_for_the_pool(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair
) -> None:
    gate = Gate()
    server = start_server(ResponseSequence(gate))
    async with make_client(server, pool_size=1, retry=None) as client, anyio.create_task_group() as group:
        limit, error = Timeout(pool=0.1), cast("type[TransportError]", ConnectTimeout)
        if ignores(pair, "timeout", limit):  # the total timeout also includes the wait
            limit, error = Timeout(total=0.1, connect=5), DeadlineExceeded
        group.start_soon(partial(client.request, "GET", "/first", request_timeout=None))
        await anyio.to_thread.run_sync(gate.request_received.acquire)
        with pytest.raises(error):
            await client.request("GET", "/second", request_timeout=limit)
        gate.open()


async def cancel_after_request(call: Callable[[], Awaitable[object]], request_received: threading.Semaphore) -> bool:
    """Start a call, cancel it when the server has received the request, and return whether it was cancelled."""
    async with anyio.create_task_group() as group:
        scope = anyio.CancelScope()

        async def run() -> None:
            with scope:
                await call()

        group.start_soon(run)
        await anyio.to_thread.run_sync(request_received.acquire)
        scope.cancel()
    return scope.cancelled_caught


async def test_cancel_scope_of_the_caller_cancels_a_call(make_client: MakeClient, start_server: StartServer) -> None:
    request_signal = RequestSignal()
    server = start_server(ResponseSequence(request_signal.before(respond_never)))
    async with make_client(server) as client:
        call = partial(client.request, "GET", "/", request_timeout=60)
        assert await cancel_after_request(call, request_signal.request_received)
        assert await wait_for_event(server.connection_closed)
        with pytest.raises(TimeoutError) as caught, anyio.fail_after(0):
            await client.request("GET", "/")
        assert not isinstance(caught.value, KubexError)


@pytest.mark.parametrize("responder", [respond_never, respond_stream(b"a\n")])
async def test_cancel_scope_of_the_caller_cancels_a_stream(
    make_client: MakeClient, start_server: StartServer, responder: Responder
) -> None:
    request_signal = RequestSignal()
    server = start_server(ResponseSequence(request_signal.before(responder)))

    async def follow() -> None:
        async with client.stream("GET", "/", request_timeout=60) as stream:
            async for _ in stream.chunks():
                pass

    async with make_client(server) as client:
        assert await cancel_after_request(follow, request_signal.request_received)
        assert await wait_for_event(server.connection_closed)


async def test_client_is_usable_after_cancelled_calls(make_client: MakeClient, start_server: StartServer) -> None:
    request_signal = RequestSignal()
    server = start_server(
        ResponseSequence(
            request_signal.before(respond_never), request_signal.before(respond_never), respond_with(b"fine")
        )
    )
    async with make_client(server, pool_size=1) as client:
        for _ in range(2):
            assert await cancel_after_request(partial(client.request, "GET", "/"), request_signal.request_received)
        assert (await client.request("GET", "/")).body == b"fine"


class AttemptCounter:
    """An observer that releases a semaphore at the end of each attempt."""

    def __init__(self) -> None:
        self.ended = anyio.Semaphore(0)
        self.count = 0

    @contextmanager
    def attempt(self, _: Attempt) -> Iterator[None]:
        self.count += 1
        yield
        self.ended.release()


async def open_stream_within_25_seconds(client: Client) -> None:
    async with client.stream("GET", "/", request_timeout=25):
        pass


async def post_within_25_seconds(client: Client) -> None:
    await client.request("POST", "/", request_timeout=25)


@pytest.mark.parametrize("send", [post_within_25_seconds, open_stream_within_25_seconds])
async def test_total_limits_all_attempts_and_the_waits_between_them_together(
    make_client: MakeClient, start_server: StartServer, clock: Clock, send: Callable[[Client], Awaitable[None]]
) -> None:
    attempts = AttemptCounter()
    server = start_server(ResponseSequence(respond_error("429 Too Many Requests", Retry_After="10")))

    async def end_waits() -> None:
        for seconds in (10, 10, 5.5):
            await attempts.ended.acquire()
            await clock.jump_when_idle(seconds)

    async with make_client(server, observers=(attempts,)) as client, anyio.create_task_group() as tasks:
        start = anyio.current_time()
        tasks.start_soon(end_waits)
        with pytest.raises(DeadlineExceeded, match="total timeout of 25 s"):
            await send(client)
        assert anyio.current_time() - start < 35, "the third wait was not completed"
    assert (attempts.count, len(server.requests)) == (3, 3)
