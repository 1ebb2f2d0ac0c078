"""Streams: independence of the pool, closing, lines, and exceptions of the caller."""

import gc
import sys
import threading
import warnings
from functools import partial

import anyio
import pytest

from client.conftest import MakeClient
from client.scripted_server import (
    Gate,
    RequestSignal,
    Responder,
    ResponseSequence,
    respond_never,
    respond_stream,
    respond_with,
)
from kubex.api import Api
from kubex.client import Client
from kubex.errors import ClientClosedError, TransportError
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.compliance.servers import Server, ServerConnection, StartServer, wait_for_event

pytestmark = pytest.mark.anyio

EVENT = b'{"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "7"}}}\n'


async def wait_for_closed_connection(server: Server) -> bool:
    """Wait until the client has closed a connection. Return False after the timeout."""
    return await wait_for_event(server.connection_closed)


@pytest.mark.covers("pitfall-23")
async def test_open_streams_do_not_block_plain_requests(make_client: MakeClient, start_server: StartServer) -> None:
    def respond_by_target(connection: ServerConnection) -> None:
        target = connection.server.requests[-1].target
        (respond_with(b'{"metadata": {"name": "a"}}') if target.endswith("/a") else respond_stream(EVENT))(connection)

    server = start_server(ResponseSequence(respond_by_target))
    async with make_client(server, pool_size=1) as client:
        api = Api(ConfigMap, client)
        async with api.watch() as one, api.watch() as two, client.stream("GET", "/log") as three:
            await one.__anext__()
            await two.__anext__()
            await three.receive()
            with anyio.fail_after(5):
                await api.get("a")
                await api.get("a")


async def test_waiting_plain_request_does_not_block_streams(make_client: MakeClient, start_server: StartServer) -> None:
    gate = Gate()
    server = start_server(ResponseSequence(gate, respond_stream(EVENT)))
    async with make_client(server, pool_size=1) as client, anyio.create_task_group() as group:
        group.start_soon(partial(client.request, "GET", "/"))
        await anyio.to_thread.run_sync(gate.request_received.acquire)
        async with Api(ConfigMap, client).watch() as events:
            assert (await events.__anext__()).type == "ADDED"
        gate.open()


class CallerError(Exception):
    """An exception of the calling program."""


async def test_exception_leaves_stream_and_client_blocks_unchanged(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_stream(EVENT)))
    error = CallerError()

    async def use_client() -> None:
        async with make_client(server) as client, client.stream("GET", "/") as stream:
            await stream.receive()
            raise error

    with pytest.raises(CallerError) as caught:
        await use_client()
    assert caught.value is error


@pytest.mark.covers("pitfall-27")
async def test_break_closes_the_connection(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_stream(EVENT * 3)))
    async with make_client(server) as client:
        api = Api(ConfigMap, client)
        for _ in range(2):
            async with api.watch() as events:
                async for event in events:
                    assert event.object.metadata.name == "a"
                    break
            assert events.resource_version == "7"
            assert await wait_for_closed_connection(server)
            server.connection_closed.clear()
        async with Api(Pod, client).logs.stream("a") as log:
            async for _ in log:
                break
        assert await wait_for_closed_connection(server)
        server.connection_closed.clear()
        async with client.stream("GET", "/") as stream:
            async for _ in stream.chunks():
                break
        assert await wait_for_closed_connection(server)


@pytest.mark.covers("pitfall-27")
async def test_streams_leave_nothing_to_the_garbage_collector(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_stream(EVENT), respond_stream(EVENT), respond_with(b"x" * 100_000)))

    async def use_client() -> None:
        async with make_client(server) as client:
            async with client.stream("GET", "/") as stream:
                async for _ in stream.lines():
                    break
            async with Api(ConfigMap, client).watch() as events:
                await events.__anext__()
            await client.request("GET", "/")
            unopened = client.stream("GET", "/")
            assert unopened is not None

    before = sys.unraisablehook
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await use_client()
        gc.collect()
    assert sys.unraisablehook is before


@pytest.mark.covers("pitfall-19")
async def test_log_stream_replaces_invalid_utf8(make_client: MakeClient, start_server: StartServer) -> None:
    may_end = threading.Event()
    may_end.set()
    server = start_server(ResponseSequence(respond_stream(b"one\n\xff\xfe\n", b"tw\xc3", b"\xb6\n", until=may_end)))
    async with make_client(server) as client, Api(Pod, client).logs.stream("a") as log:
        assert [line async for line in log] == ["one", "\ufffd\ufffd", "tw\u00f6"]


@pytest.mark.covers("pitfall-18")
async def test_very_long_line_is_not_split(make_client: MakeClient, start_server: StartServer) -> None:
    may_end = threading.Event()
    may_end.set()
    server = start_server(ResponseSequence(respond_stream(*[b"x" * 100_000] * 40, b"\nend\n", until=may_end)))
    async with make_client(server) as client, client.stream("GET", "/") as stream:
        assert [len(line) async for line in stream.lines()] == [4_000_000, 3]


async def test_aclose_of_the_client_ends_open_streams(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_stream(EVENT)))
    client = make_client(server)
    async with client.stream("GET", "/") as stream:
        assert await stream.receive() == EVENT
        await client.aclose()
        with pytest.raises(TransportError):
            _ = [chunk async for chunk in stream.chunks()]
        assert await wait_for_closed_connection(server)


async def test_aclose_of_the_client_ends_a_waiting_receive(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_stream(EVENT)))
    client = make_client(server)
    reading = anyio.Event()
    errors: list[Exception] = []

    async def read() -> None:
        async with client.stream("GET", "/") as stream:
            await stream.receive()
            reading.set()
            try:
                await stream.receive()
            except TransportError as error:
                errors.append(error)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await reading.wait()
            await anyio.wait_all_tasks_blocked()
            await client.aclose()
    assert len(errors) == 1


def send_headers_only(connection: ServerConnection) -> None:
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    connection.wait_until_closed()


@pytest.mark.parametrize("responder", [respond_never, send_headers_only])
async def test_aclose_of_the_client_ends_waiting_requests(
    make_client: MakeClient, start_server: StartServer, responder: Responder
) -> None:
    request_signal = RequestSignal()
    server = start_server(ResponseSequence(request_signal.before(responder)))
    client = make_client(server)
    errors: list[Exception] = []

    async def call() -> None:
        try:
            await client.request("GET", "/")
        except (TransportError, ClientClosedError) as error:
            errors.append(error)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            await anyio.to_thread.run_sync(request_signal.request_received.acquire)
            await client.aclose()
    assert len(errors) == 1


async def test_120_streams_are_open_at_the_same_time(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_stream(EVENT)), backlog=150)
    names: list[str | None] = []

    async def receive_one(client: Client) -> None:
        async with Api(ConfigMap, client).watch() as events:
            names.append((await events.__anext__()).object.metadata.name)
            if len(names) == 120:
                all_received.set()
            await all_received.wait()

    async with make_client(server, pool_size=2) as client, anyio.create_task_group() as group:
        all_received = anyio.Event()
        for _ in range(120):
            group.start_soon(receive_one, client)
    assert names == ["a"] * 120
