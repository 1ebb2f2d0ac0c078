"""Time limits and cancellation around the iteration of `follow()`."""

from collections.abc import AsyncIterator

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime import Added, Synced, follow
from kubex_testing.compliance._clock import Clock
from kubex_testing.embedded import EmbeddedServer, RecordedRequest
from support.backend_pairs import BACKENDS, BackendPair
from support.polling import wait_until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def maps(pair: BackendPair, kubex_server: EmbeddedServer) -> AsyncIterator[Api[ConfigMap]]:
    """Return the API of ConfigMaps on an embedded server that only this test uses."""
    configuration = kubex_server.handle.configuration()
    async with create_client(configuration, client_class=BACKENDS[pair.backend]) as client:
        yield Api(ConfigMap, client)


def watches(server: EmbeddedServer) -> list[RecordedRequest]:
    return [request for request in server.requests if "watch" in request.query]


async def test_time_limits_of_the_caller_are_not_failures(
    maps: Api[ConfigMap], kubex_server: EmbeddedServer, clock: Clock
) -> None:
    async with follow(maps) as changes:
        assert isinstance(await anext(changes), Synced)
        for number in range(1, 9):
            with anyio.move_on_after(5) as limit:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(anext, changes)
                    await anyio.to_thread.run_sync(wait_until, lambda: kubex_server.open_watches == 1)
                    await clock.jump_when_idle(5)
            assert limit.cancelled_caught
            await anyio.to_thread.run_sync(wait_until, lambda: kubex_server.open_watches == 0)
            assert changes.failure is None
            assert len(watches(kubex_server)) == number
        await maps.create(ConfigMap(metadata=ObjectMeta(name="one")))
        with anyio.fail_after(0.4):  # real time: without the delay after a failure
            change = await anext(changes)
        assert isinstance(change, Added)
        assert change.object.metadata.name == "one"
    versions = [request.query["resourceVersion"] for request in watches(kubex_server)[1:]]
    assert len(set(map(tuple, versions))) == 1
