"""The lifecycle of a client: event loops, closing, and sharing of transports."""

import contextlib
import random
import threading
from collections.abc import Awaitable, Callable
from functools import partial

import anyio
import anyio.lowlevel
import pytest

from client.conftest import MakeClient, RecordingTransport, TransportRecorder
from client.scripted_server import Gate, ResponseSequence, respond_stream, respond_with
from kubex.api import Api
from kubex.client import Client
from kubex.client._tls_config import TLSConfig
from kubex.client._transport_pool import TransportPool
from kubex.configuration import ClientConfiguration
from kubex.credentials import TLSIdentity
from kubex.errors import ClientClosedError, ClientLoopError, ConnectionLost
from kubex.transport import Backend, Transport, TransportConfig
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.compliance.servers import WAIT_TIMEOUT, ServerConnection, StartServer, wait_for_event
from support.backend_pairs import BackendPair


@pytest.mark.anyio
async def test_closed_client_raises_client_closed_error(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_with(b'{"metadata": {"name": "a"}}')))
    async with make_client(server) as client:
        await client.request("GET", "/")
    api = Api(ConfigMap, client)
    stream, watch = client.stream("GET", "/"), api.watch()
    for call in (
        partial(client.request, "GET", "/"),
        client.version,
        partial(api.get, "a"),
        stream.__aenter__,
        watch.__aenter__,
        client.__aenter__,
    ):
        with pytest.raises(ClientClosedError, match="the client is closed"):
            await call()
    assert len(server.requests) == 1


@pytest.mark.anyio
async def test_aclose_may_be_called_twice_and_without_requests(
    make_client: MakeClient, start_server: StartServer
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    unused = make_client(server)
    await unused.aclose()
    await unused.aclose()
    client = make_client(server)
    await client.request("GET", "/")
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(client.aclose)
    await client.aclose()
    assert server.connections == 1


def respond_and_wait(connection: ServerConnection) -> None:
    connection.respond(b"{}")
    connection.wait_until_closed()


@pytest.mark.anyio
async def test_aclose_closes_idle_connections(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_and_wait))
    client = make_client(server)
    await client.request("GET", "/")
    assert not server.connection_closed.is_set()
    await client.aclose()
    assert await wait_for_event(server.connection_closed)


@pytest.mark.anyio
async def test_cancelled_client_block_closes_connections(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_and_wait))
    with anyio.CancelScope() as scope:
        async with make_client(server) as client:
            await client.request("GET", "/")
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert await wait_for_event(server.connection_closed)


@pytest.mark.anyio
async def test_first_call_opens_the_transport(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    async with make_client(server) as client:
        assert recorder.configs == []
        await client.request("GET", "/")
    assert (len(recorder.configs), server.connections) == (1, 1)


@pytest.mark.anyio
@pytest.mark.covers("pitfall-17")
async def test_clients_do_not_share_options_and_connections(
    start_server: StartServer, backend: Backend, recorder: TransportRecorder
) -> None:
    one_server, other_server = (
        start_server(ResponseSequence(respond_with(b"one"))),
        start_server(ResponseSequence(respond_with(b"other"))),
    )
    one = Client(ClientConfiguration(url=one_server.url, token="one"), backend=backend)
    async with Client(ClientConfiguration(url=other_server.url), backend=backend) as other:
        async with one:
            assert (await one.request("GET", "/")).body == b"one"
            assert (await other.request("GET", "/")).body == b"other"
        assert (await other.request("GET", "/")).body == b"other"
    assert one.options == other.options
    assert [request.header("authorization") for request in other_server.requests] == [None, None]
    assert recorder.transports[0] is not recorder.transports[1]


@pytest.mark.anyio
async def test_concurrent_tasks_share_one_transport(
    make_client: MakeClient, start_server: StartServer, recorder: TransportRecorder
) -> None:
    gate = Gate(opens_at=20)
    server = start_server(ResponseSequence(gate))
    async with make_client(server) as client, anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(partial(client.request, "GET", "/"))
    assert (gate.max_waiting, len(recorder.configs)) == (20, 1)


def run_in_other_loop(call: Callable[[], Awaitable[object]], runtime: str) -> Exception | None:
    """Call the function in a thread with another event loop, and return the ClientLoopError."""
    errors: list[Exception] = []

    async def run() -> None:
        try:
            await call()
        except ClientLoopError as error:
            errors.append(error)

    thread = threading.Thread(target=partial(anyio.run, run, backend=runtime))
    thread.start()
    thread.join(WAIT_TIMEOUT)
    return errors[0] if errors else None


@pytest.mark.anyio
async def test_use_in_another_event_loop_raises_client_loop_error(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair
) -> None:
    server = start_server(ResponseSequence(respond_with(), respond_stream(b"x"), respond_with()))
    async with make_client(server) as client:
        await client.request("GET", "/")
        async with client.stream("GET", "/"):
            for call in (partial(client.request, "GET", "/"), client.stream("GET", "/").__aenter__, client.aclose):
                error = await anyio.to_thread.run_sync(run_in_other_loop, call, pair.runtime)
                assert "belongs to another event loop: create a client in each event loop" in str(error)
        await client.request("GET", "/")
    assert len(server.requests) == 3


def test_client_may_be_created_outside_of_an_event_loop(
    make_client: MakeClient, start_server: StartServer, pair: BackendPair
) -> None:
    server = start_server(ResponseSequence(respond_with()))
    client = make_client(server)

    async def use() -> None:
        async with client:
            await client.request("GET", "/")

    anyio.run(use, backend=pair.runtime)
    assert len(server.requests) == 1


def tls_config(name: str) -> TLSConfig:
    return TLSConfig(TLSIdentity(cert_pem=name, key_pem=name))


class TransportFactory:
    """Creates transports after `may_open` is set, and records the created and the closed ones.

    `pauses` has the iterations of the event loop before each creation.
    """

    def __init__(self, backend: Backend) -> None:
        self._create = backend.load()
        self.transports: list[Transport] = []
        self.closed: list[Transport] = []
        self.may_open = anyio.Event()
        self.pauses: list[int] = []
        self.fails_to_close: Transport | None = None

    async def __call__(self, _: TLSConfig) -> Transport:
        factory = self

        class ClosingRecorder(RecordingTransport):
            async def close_connections(self) -> None:
                factory.closed.append(self)
                await super().close_connections()
                if self is factory.fails_to_close:
                    raise ConnectionLost("cannot close")

        await self.may_open.wait()
        for _iteration in range(self.pauses.pop() if self.pauses else 0):
            await anyio.lowlevel.checkpoint()
        transport = ClosingRecorder(self._create(TransportConfig()), TransportRecorder())
        self.transports.append(transport)
        return transport


@pytest.mark.anyio
async def test_concurrent_callers_open_one_transport(backend: Backend) -> None:
    factory = TransportFactory(backend)
    pool = TransportPool(factory)
    users: list[Transport] = []

    async def use() -> None:
        lease = await pool.acquire(tls_config("a"))
        users.append(lease.transport)
        await lease.release()

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(use)
        await anyio.wait_all_tasks_blocked()
        factory.may_open.set()
    assert users == factory.transports * 10
    await pool.aclose()
    assert factory.closed == factory.transports


@pytest.mark.anyio
async def test_replaced_transport_is_closed_after_its_last_release(backend: Backend) -> None:
    factory = TransportFactory(backend)
    factory.may_open.set()
    pool = TransportPool(factory)
    one, two = await pool.acquire(tls_config("a")), await pool.acquire(tls_config("a"))
    other = await pool.acquire(tls_config("b"))
    assert one is two
    assert factory.closed == []
    await one.release()
    assert factory.closed == []
    await two.release()
    assert factory.closed == [one.transport]
    await other.release()
    assert factory.closed == [one.transport]
    unused = await pool.acquire(tls_config("c"))
    assert factory.closed == [one.transport, other.transport]
    await pool.aclose()
    await unused.release()
    assert factory.closed == [one.transport, other.transport, unused.transport]


@pytest.mark.anyio
async def test_aclose_closes_a_transport_that_is_being_opened(backend: Backend) -> None:
    factory = TransportFactory(backend)
    pool = TransportPool(factory)
    errors: list[Exception] = []

    async def use() -> None:
        try:
            await pool.acquire(TLSConfig())
        except ClientClosedError as error:
            errors.append(error)

    async with anyio.create_task_group() as group:
        group.start_soon(use)
        group.start_soon(use)
        await anyio.wait_all_tasks_blocked()
        await pool.aclose()
        factory.may_open.set()
    assert len(errors) == 2
    assert factory.closed == factory.transports
    assert len(factory.transports) == 1


@pytest.mark.anyio
async def test_cancelled_acquire_does_not_block_later_callers(backend: Backend) -> None:
    factory = TransportFactory(backend)
    pool = TransportPool(factory)
    async with anyio.create_task_group() as group:
        group.start_soon(pool.acquire, TLSConfig())
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    factory.may_open.set()
    with anyio.fail_after(5):
        lease = await pool.acquire(TLSConfig())
    await lease.release()
    await pool.aclose()
    assert factory.closed == [lease.transport]


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(20))
async def test_interleaved_calls_and_identities_close_each_transport_once(backend: Backend, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - a seed makes the test reproducible
    factory = TransportFactory(backend)
    factory.may_open.set()
    factory.pauses = rng.choices([0, 1, 2, 3], k=100)
    pool = TransportPool(factory)

    async def pause(steps: int) -> None:
        for _ in range(steps):
            await anyio.lowlevel.checkpoint()

    async def use(name: str, cancel_after: int, length: int) -> None:
        scope = anyio.CancelScope()

        async def cancel_later() -> None:
            await pause(cancel_after)
            scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(cancel_later)
            with scope, contextlib.suppress(ClientClosedError):
                lease = await pool.acquire(tls_config(name))
                try:
                    assert lease.tls_config.identity is not None
                    assert lease.tls_config.identity.cert_pem == name
                    assert pool_closed or lease.transport not in factory.closed
                    await pause(length)
                finally:
                    await lease.release()

    pool_closed = False
    async with anyio.create_task_group() as group:
        for _ in range(30):
            group.start_soon(use, rng.choice("abc"), rng.randint(0, 20), rng.randint(0, 6))
            await pause(rng.randint(0, 2))
        if seed % 2:
            pool_closed = True
            await pool.aclose()
    await pool.aclose()
    assert factory.transports
    assert sorted(map(id, factory.closed)) == sorted(map(id, factory.transports))


@pytest.mark.anyio
async def test_failing_close_does_not_prevent_closing_of_other_transports(backend: Backend) -> None:
    factory = TransportFactory(backend)
    factory.may_open.set()
    pool = TransportPool(factory)
    old = await pool.acquire(tls_config("a"))
    await pool.acquire(tls_config("b"))
    factory.fails_to_close = old.transport
    with pytest.raises(ConnectionLost, match="cannot close"):
        await pool.aclose()
    assert sorted(map(id, factory.closed)) == sorted(map(id, factory.transports))


@pytest.mark.anyio
async def test_leaving_the_client_block_closes_open_streams(make_client: MakeClient, start_server: StartServer) -> None:
    server = start_server(ResponseSequence(respond_stream(b"x")))
    async with make_client(server) as client:
        stream = client.stream("GET", "/")
        await stream.__aenter__()
    assert await wait_for_event(server.connection_closed)
    await stream.__aexit__(None, None, None)


def test_repr_contains_the_url_and_the_backend(make_client: MakeClient, pair: BackendPair) -> None:
    client: Client = make_client("http://127.0.0.1:1")
    assert repr(client) == f"<Client of http://127.0.0.1:1 on {pair.backend}>"
