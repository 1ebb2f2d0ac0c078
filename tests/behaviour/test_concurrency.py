"""Concurrent calls with one client."""

from contextlib import AsyncExitStack

import anyio
import anyio.lowlevel
import pytest

from behaviour.objects import TIMEOUT, config_map, name_of, next_events, types_and_names
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle

pytestmark = pytest.mark.anyio

LABELS = {"mine": "yes"}


async def test_fifty_concurrent_creates_and_gets_succeed(client: Client) -> None:
    api = Api(ConfigMap, client)
    read: dict[str, dict[str, str] | None] = {}

    async def write_and_read(number: int) -> None:
        created = await api.create(config_map(f"c{number}", {"number": str(number)}, labels=LABELS))
        read[name_of(created)] = (await api.get(name_of(created))).data

    with anyio.fail_after(TIMEOUT):
        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(write_and_read, number)
    assert read == {f"c{number}": {"number": str(number)} for number in range(50)}
    assert len((await api.list(label_selector=LABELS)).items) == 50


@pytest.mark.covers("pitfall-23", "options-pool_size")
async def test_open_watches_do_not_block_other_calls(server: ServerHandle, namespace: str, backend: Backend) -> None:
    options = ClientOptions(pool_size=5)
    async with create_client(
        server.configuration(namespace=namespace), client_class=backend, options=options
    ) as client:
        api = Api(ConfigMap, client)
        version = (await api.list()).resource_version
        async with AsyncExitStack() as stack:
            watches = [api.watch(resource_version=version, label_selector=LABELS) for _ in range(120)]
            with anyio.fail_after(TIMEOUT):
                async with anyio.create_task_group() as tasks:
                    for watch in watches:
                        tasks.start_soon(watch.__aenter__)
            for watch in watches:
                stack.push_async_exit(watch.__aexit__)
            with anyio.fail_after(TIMEOUT):
                await api.create(config_map("one", labels=LABELS))
                assert (await api.get("one")).metadata.labels == LABELS
                for watch in watches:
                    assert types_and_names(await next_events(watch, 1)) == [("ADDED", "one")]


async def test_client_watches_and_creates_concurrently(client: Client) -> None:
    api = Api(ConfigMap, client)
    seen: list[str] = []
    version = (await api.list()).resource_version

    async def read(count: int) -> None:
        async with api.watch(resource_version=version, label_selector=LABELS) as events:
            seen.extend(name_of(event.object) for event in await next_events(events, count))

    with anyio.fail_after(TIMEOUT):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(read, 20)
            for number in range(20):
                tasks.start_soon(api.create, config_map(f"c{number}", labels=LABELS))
    assert sorted(seen) == sorted(f"c{number}" for number in range(20))


async def test_cancelled_calls_do_not_affect_later_calls(client: Client) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    with anyio.fail_after(TIMEOUT):
        for _ in range(5):
            async with anyio.create_task_group() as tasks:
                for _ in range(10):
                    tasks.start_soon(api.get, "one")
                await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
        assert name_of(await api.get("one")) == "one"
