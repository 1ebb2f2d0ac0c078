"""Streams: they wait for nobody, close when left, and leave the user's exceptions alone."""

import gc
import sys
import threading
import warnings
from functools import partial

import anyio
import pytest

from client.conftest import Connect
from client.scripted_server import Arrivals, Gate, Turn, Turns, answer, silence, stream
from kubex.api import Api
from kubex.client import Client
from kubex.errors import ClientClosedError, TransportError
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from transport.socket_server import SECONDS, Peer, Serve, Server

pytestmark = pytest.mark.anyio

EVENT = b'{"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "7"}}}\n'


async def closed(server: Server) -> bool:
    """Wait until the client has closed a connection."""
    return await anyio.to_thread.run_sync(server.closed.wait, SECONDS)


@pytest.mark.covers("pitfall-23")
async def test_streams_never_starve_plain_requests(connect: Connect, serve: Serve) -> None:
    def either(peer: Peer) -> None:
        target = peer.server.seen[-1].target
        (answer(b'{"metadata": {"name": "a"}}') if target.endswith("/a") else stream(EVENT))(peer)

    server = serve(Turns(either))
    async with connect(server, pool_size=1) as client:
        api = Api(ConfigMap, client)
        async with api.watch() as one, api.watch() as two, client.stream("GET", "/log") as three:
            await one.__anext__()
            await two.__anext__()
            await three.receive()
            with anyio.fail_after(5):
                await api.get("a")
                await api.get("a")


async def test_a_plain_request_that_hangs_does_not_hold_up_streams(connect: Connect, serve: Serve) -> None:
    gate = Gate()
    server = serve(Turns(gate, stream(EVENT)))
    async with connect(server, pool_size=1) as client, anyio.create_task_group() as group:
        group.start_soon(partial(client.request, "GET", "/"))
        await anyio.to_thread.run_sync(gate.arrived.acquire)
        async with Api(ConfigMap, client).watch() as events:
            assert (await events.__anext__()).type == "ADDED"
        gate.open()


class Mine(Exception):
    """An exception of the user's program."""


async def test_also_out_of_the_client_itself(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(stream(EVENT)))
    error = Mine()

    async def use() -> None:
        async with connect(server) as client, client.stream("GET", "/") as opened:
            await opened.receive()
            raise error

    with pytest.raises(Mine) as caught:
        await use()
    assert caught.value is error


@pytest.mark.covers("pitfall-27")
async def test_a_break_closes_the_connection_at_once(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(stream(EVENT * 3)))
    async with connect(server) as client:
        api = Api(ConfigMap, client)
        for _ in range(2):
            async with api.watch() as events:
                async for event in events:
                    assert event.object.metadata.name == "a"
                    break
            assert events.resource_version == "7"
            assert await closed(server)
            server.closed.clear()
        async with Api(Pod, client).logs.stream("a") as log:
            async for _ in log:
                break
        assert await closed(server)
        server.closed.clear()
        async with client.stream("GET", "/") as opened:
            async for _ in opened.chunks():
                break
        assert await closed(server)


@pytest.mark.covers("pitfall-27")
async def test_nothing_is_left_to_the_collector(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(stream(EVENT), stream(EVENT), answer(b"x" * 100_000)))

    async def use() -> None:
        async with connect(server) as client:
            async with client.stream("GET", "/") as opened:
                async for _ in opened.lines():
                    break
            async with Api(ConfigMap, client).watch() as events:
                await events.__anext__()
            await client.request("GET", "/")
            unopened = client.stream("GET", "/")
            assert unopened is not None

    before = sys.unraisablehook
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await use()
        gc.collect()
    assert sys.unraisablehook is before


@pytest.mark.covers("pitfall-19")
async def test_a_log_goes_on_after_bytes_that_are_no_text(connect: Connect, serve: Serve) -> None:
    ended = threading.Event()
    ended.set()
    server = serve(Turns(stream(b"one\n\xff\xfe\n", b"tw\xc3", b"\xb6\n", until=ended)))
    async with connect(server) as client, Api(Pod, client).logs.stream("a") as log:
        assert [line async for line in log] == ["one", "\ufffd\ufffd", "tw\u00f6"]


@pytest.mark.covers("pitfall-18")
async def test_a_very_long_line_is_one_line(connect: Connect, serve: Serve) -> None:
    ended = threading.Event()
    ended.set()
    server = serve(Turns(stream(*[b"x" * 100_000] * 40, b"\nend\n", until=ended)))
    async with connect(server) as client, client.stream("GET", "/") as opened:
        assert [len(line) async for line in opened.lines()] == [4_000_000, 3]


async def test_closing_the_client_breaks_off_its_streams(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(stream(EVENT)))
    client = connect(server)
    async with client.stream("GET", "/") as opened:
        assert await opened.receive() == EVENT
        await client.aclose()
        with pytest.raises(TransportError):
            _ = [chunk async for chunk in opened.chunks()]
        assert await closed(server)


async def test_closing_the_client_wakes_who_waits_for_a_stream(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(stream(EVENT)))
    client = connect(server)
    reading = anyio.Event()
    errors: list[Exception] = []

    async def read() -> None:
        async with client.stream("GET", "/") as opened:
            await opened.receive()
            reading.set()
            try:
                await opened.receive()
            except TransportError as error:
                errors.append(error)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await reading.wait()
            await anyio.wait_all_tasks_blocked()
            await client.aclose()
    assert len(errors) == 1


def headers_alone(peer: Peer) -> None:
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    peer.wait_until_closed()


@pytest.mark.parametrize("turn", [silence, headers_alone])
async def test_closing_the_client_ends_who_waits_for_an_answer(connect: Connect, serve: Serve, turn: Turn) -> None:
    arrivals = Arrivals()
    server = serve(Turns(arrivals.then(turn)))
    client = connect(server)
    errors: list[Exception] = []

    async def ask() -> None:
        try:
            await client.request("GET", "/")
        except (TransportError, ClientClosedError) as error:
            errors.append(error)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.to_thread.run_sync(arrivals.arrived.acquire)
            await client.aclose()
    assert len(errors) == 1


async def test_many_streams_at_once(connect: Connect, serve: Serve) -> None:
    server = serve(Turns(stream(EVENT)), backlog=150)
    names: list[str | None] = []

    async def first(client: Client) -> None:
        async with Api(ConfigMap, client).watch() as events:
            names.append((await events.__anext__()).object.metadata.name)
            if len(names) == 120:
                all_here.set()
            await all_here.wait()

    async with connect(server, pool_size=2) as client, anyio.create_task_group() as group:
        all_here = anyio.Event()
        for _ in range(120):
            group.start_soon(first, client)
    assert names == ["a"] * 120
