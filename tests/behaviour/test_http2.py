"""The same calls over HTTP/2, which a real API server speaks and the embedded one does not."""

import logging
from collections.abc import AsyncIterator

import anyio
import pytest

from behaviour.objects import config_map, take
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.errors import DeadlineExceeded, NotFound
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle
from support.backend_pairs import PAIRS, BackendPair

pytestmark = [pytest.mark.anyio, pytest.mark.covers("options-http2")]


@pytest.fixture(params=[pair for pair in PAIRS if pair.backend == "httpx"], ids=str)
def pair(request: pytest.FixtureRequest) -> BackendPair:
    """Run the test on the pairs that have HTTP/2."""
    chosen: BackendPair = request.param
    return chosen


@pytest.fixture
async def client(server: ServerHandle, backend: Backend, namespace: str) -> AsyncIterator[Client]:
    """Return a client that would rather speak HTTP/2."""
    configuration = server.configuration(namespace=namespace)
    async with create_client(configuration, client_class=backend, options=ClientOptions(http2=True)) as client:
        yield client


async def test_calls_in_parallel_lists_and_watches(
    client: Client, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    api = Api(ConfigMap, client)
    names = {f"c-{number:02}" for number in range(20)}
    mine = {"made-by": "this-test"}  # a real control plane puts a ConfigMap of its own into each namespace
    with caplog.at_level(logging.DEBUG, "httpcore.http2"):
        start = (await api.list()).resource_version
        async with anyio.create_task_group() as tasks:
            for name in names:
                tasks.start_soon(api.create, config_map(name, labels=mine))
        async with api.watch(resource_version=start, label_selector=mine) as events:
            told = {event.object.metadata.name for event in await take(events, len(names))}
        listed = {item.metadata.name async for page in api.pages(page_size=7) for item in page.items}
    assert told == names
    assert names <= listed
    speaks_it = request.node.callspec.params["server"] == "real"
    assert any(record.name == "httpcore.http2" for record in caplog.records) is speaks_it


async def test_a_call_that_runs_out_of_time_leaves_the_next_ones_alone(client: Client) -> None:
    api = Api(ConfigMap, client)
    for number in range(3):
        with pytest.raises(DeadlineExceeded):
            await api.get("absent", request_timeout=0.0001)
        with pytest.raises(NotFound):
            await api.get("absent")
        await api.create(config_map(f"c-{number}"))
