"""Calls and watches while the API server restarts."""

from collections.abc import AsyncIterator

import anyio
import anyio.to_thread
import pytest

from behaviour.objects import (
    TIMEOUT,
    config_map,
    ignore_unclosed_tls_transports,
    name_of,
    next_events,
    remaining_events,
    types_and_names,
    wait_until,
)
from kubex.api import Api, Watch
from kubex.client import Client, ClientOptions, RetryPolicy, create_client
from kubex.errors import ConnectionLost, TransportError
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.embedded import Drop, EmbeddedServer

pytestmark = [pytest.mark.anyio, ignore_unclosed_tls_transports]

OBJECT_PATH = "/api/v1/namespaces/default/configmaps/one"


@pytest.fixture
def api(embedded_client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, embedded_client)


@pytest.fixture
async def writer(kubex_server: EmbeddedServer, backend: Backend) -> AsyncIterator[Api[ConfigMap]]:
    """Return an API that opens a new connection for each call, so that writes do not use a lost connection."""
    options = ClientOptions(keep_alive=False)
    async with create_client(kubex_server.handle.configuration(), client_class=backend, options=options) as client:
        yield Api(ConfigMap, client)


async def restart(server: EmbeddedServer) -> None:
    await anyio.to_thread.run_sync(server.restart)


async def test_reads_succeed_after_a_server_restart(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    created = await api.create(config_map("one"))
    for _ in range(3):
        await restart(kubex_server)
        assert await api.get("one") == created


async def test_interrupted_reads_are_retried(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    created = await api.create(config_map("one"))
    fault = kubex_server.inject(f"GET {OBJECT_PATH}", Drop("request"), times=2)
    assert await api.get("one") == created
    assert fault.hits == 2


async def test_concurrent_reads_succeed_during_a_server_restart(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    await api.create(config_map("one"))
    read = 0

    async def reader() -> None:
        nonlocal read
        for _ in range(5):
            assert name_of(await api.get("one")) == "one"
            read += 1

    with anyio.fail_after(TIMEOUT):
        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(reader)
            await restart(kubex_server)
    assert read == 50


async def test_interrupted_write_is_not_retried(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    fault = kubex_server.inject("POST *", Drop("response"))
    with pytest.raises(ConnectionLost):
        await api.create(config_map("one"))
    assert fault.hits == 1
    assert len([request for request in kubex_server.requests if request.method == "POST"]) == 1
    assert await api.get_or_none("one") is not None


async def test_interrupted_read_is_not_retried_without_a_retry_policy(
    kubex_server: EmbeddedServer, backend: Backend
) -> None:
    options = ClientOptions(retry=None)
    async with create_client(kubex_server.handle.configuration(), client_class=backend, options=options) as client:
        fault = kubex_server.inject("GET *", Drop("request"), times=None)
        with pytest.raises(ConnectionLost):
            await Api(ConfigMap, client).get("one")
        assert fault.hits == 1


async def test_stopped_server_raises_transport_error(kubex_server: EmbeddedServer, backend: Backend) -> None:
    options = ClientOptions(retry=RetryPolicy(max_attempts=3, initial_delay=0.01))
    async with create_client(kubex_server.handle.configuration(), client_class=backend, options=options) as client:
        await client.version()
        await anyio.to_thread.run_sync(kubex_server.stop)
        with pytest.raises(TransportError):
            await Api(ConfigMap, client).get("one")


async def test_interrupted_watch_resumes_without_losing_events(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, writer: Api[ConfigMap]
) -> None:
    await api.create(config_map("one"))
    async with api.watch() as events:
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "one")]
        await restart(kubex_server)
        with pytest.raises(ConnectionLost):
            await remaining_events(events)
    await writer.create(config_map("two"))
    await writer.delete("one")
    async with api.watch(resource_version=events.resource_version) as resumed:
        assert types_and_names(await next_events(resumed, 2)) == [("ADDED", "two"), ("DELETED", "one")]


async def test_resumed_watches_yield_every_event_once(
    api: Api[ConfigMap], kubex_server: EmbeddedServer, writer: Api[ConfigMap]
) -> None:
    seen: list[tuple[str, str]] = []
    finished = anyio.Event()

    async def follow(revision: str | None) -> None:
        while True:
            watch: Watch[ConfigMap] = api.watch(resource_version=revision)
            try:
                async with watch as events:
                    async for event in events:
                        seen.append((event.type, name_of(event.object)))
                        if seen[-1] == ("ADDED", "last"):
                            finished.set()
            except ConnectionLost:
                pass
            revision = watch.resource_version

    with anyio.fail_after(TIMEOUT):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(follow, (await api.list()).resource_version)
            await wait_until(api.client, lambda: kubex_server.open_watches == 1)
            for number in range(10):
                await writer.create(config_map(f"c{number}"))
                if number % 3 == 0:
                    await restart(kubex_server)
                if number % 4 == 0:
                    kubex_server.drop_connections()
            await writer.create(config_map("last"))
            await finished.wait()
            tasks.cancel_scope.cancel()
    assert seen == [("ADDED", f"c{number}") for number in range(10)] + [("ADDED", "last")]
