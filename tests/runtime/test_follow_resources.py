"""The requests, the memory and the time that `follow()` needs."""

import tracemalloc

import anyio
import pytest

from kubex.api import Api
from kubex.client import Client
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Follower, follow
from kubex_runtime._machine.reflector import Initial
from kubex_testing.embedded import EmbeddedServer, ErrorEvent, Silence
from runtime.following import TIMEOUT, create, is_read, parameter, requests, take, take_until_synced
from support.turns import TurnClock

pytestmark = pytest.mark.anyio


def config_maps(count: int, size: int = 1) -> list[dict[str, object]]:
    """Return ConfigMaps for `server.load()`."""
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"c{number}", "namespace": "default"},
            "data": {"value": "x" * size},
        }
        for number in range(count)
    ]


@pytest.mark.covers("pitfall-52")
@pytest.mark.parametrize("initial", ["stream", "list", "any"])
async def test_no_request_combines_a_limit_with_a_version(
    client: Client, server: EmbeddedServer, initial: Initial
) -> None:
    server.load(config_maps(5))
    api = Api(ConfigMap, client)
    async with follow(api, initial=initial, page_size=2) as changes:
        await take_until_synced(changes)
        server.inject("watch configmaps", ErrorEvent(410))
        server.close_watches()
        await create(api, "later")
        assert await take(changes, 1) == ["added later"]
    reads = [request for request in server.requests if is_read(request)]
    assert (
        requests(server)[:3]
        == {
            "stream": ["stream", "watch", "stream"],
            "list": ["list", "page", "page"],
            "any": ["list", "watch", "list"],
        }[initial]
    )
    for request in reads:
        version, limit = parameter(request, "resourceVersion"), parameter(request, "limit")
        assert version is None or limit is None
        is_list_or_stream = "watch" not in request.query or "sendInitialEvents" in request.query
        assert parameter(request, "resourceVersionMatch") == (
            "NotOlderThan" if is_list_or_stream and (version or "watch" in request.query) else None
        )


@pytest.mark.covers("pitfall-62")
@pytest.mark.parametrize("initial", ["stream", "list"])
async def test_data_that_has_arrived_does_not_block_other_tasks(
    client: Client, server: EmbeddedServer, initial: Initial, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = TurnClock(monkeypatch)
    server.load(config_maps(2000))
    async with anyio.create_task_group() as tasks, follow(Api(ConfigMap, client), initial=initial) as changes:
        tasks.start_soon(clock.run)
        assert len(await take_until_synced(changes)) == 2000
        tasks.cancel_scope.cancel()
    assert clock.seconds > 0.1
    assert 0.004 < clock.longest < 0.011  # trio can run the follower twice in a row


async def peak_of(changes: Follower[ConfigMap], number: int) -> int:
    """Read changes, and return the peak of the memory in bytes."""
    tracemalloc.start()
    try:
        with anyio.fail_after(TIMEOUT):
            for _ in range(number):
                await anext(changes)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.covers("pitfall-65")
async def test_first_list_needs_the_memory_of_a_page_and_later_ones_a_few_times_their_json(
    client: Client, server: EmbeddedServer
) -> None:
    server.load(config_maps(1000, size=10_000))  # the JSON of all objects has 10,000,000 bytes
    api = Api(ConfigMap, client)
    await api.list()  # the server is in this process, and keeps the JSON that it has sent
    async with follow(api, initial="list", page_size=50) as changes:
        # The server, which is in this process, decodes objects again, and needs a part of this memory.
        assert await peak_of(changes, 1001) < 8_000_000
        assert changes.synced
        server.inject("watch configmaps", ErrorEvent(410))
        server.close_watches()
        await create(api, "z")
        # A list that must not be older than the last change does not use pages. The server needs a part of this memory.
        assert await peak_of(changes, 1) < 45_000_000
    assert requests(server)[-1] == "list"


@pytest.mark.covers("pitfall-65")
@pytest.mark.parametrize("is_first", [True, False])
async def test_initial_events_are_not_collected(client: Client, server: EmbeddedServer, is_first: bool) -> None:
    server.load(config_maps(5))
    api = Api(ConfigMap, client)
    async with follow(api) as changes:
        if not is_first:
            await take_until_synced(changes)
            server.compact()
            server.load(config_maps(5, size=2))
            server.compact()
            server.inject("watch configmaps", ErrorEvent(410))
            server.close_watches()
        silence = Silence(after=3)
        server.inject(lambda request: "sendInitialEvents" in request.query, silence)
        change = "added" if is_first else "modified"
        assert await take(changes, 3) == [f"{change} c{number}" for number in range(3)]
        silence.release()
