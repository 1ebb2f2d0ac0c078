"""Calls of a client with `http2=True`. A real API server supports HTTP/2, the embedded server does not."""

import logging
from collections.abc import AsyncIterator

import anyio
import pytest

from behaviour.objects import config_map, next_events
from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.errors import DeadlineExceeded, NotFound
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import ServerHandle
from support.backend_pairs import HTTP2_PAIRS, BackendPair

pytestmark = [pytest.mark.anyio, pytest.mark.covers("options-http2")]


@pytest.fixture(params=HTTP2_PAIRS, ids=str)
def pair(request: pytest.FixtureRequest) -> BackendPair:
    """Run the test on the pairs that support HTTP/2."""
    value: BackendPair = request.param
    return value


@pytest.fixture
async def client(server: ServerHandle, backend: Backend, namespace: str) -> AsyncIterator[Client]:
    """Return a client that uses HTTP/2 if the server supports it."""
    configuration = server.configuration(namespace=namespace)
    async with create_client(configuration, client_class=backend, options=ClientOptions(http2=True)) as client:
        yield client


async def test_concurrent_calls_lists_and_watches_work_over_http2(
    client: Client, pair: BackendPair, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    logger = {"httpx": "httpcore.http2", "httpx2": "httpcore2.http2"}[pair.backend]
    api = Api(ConfigMap, client)
    names = {f"c-{number:02}" for number in range(20)}
    labels = {"created-by": "this-test"}  # a real control plane creates a ConfigMap in each namespace
    with caplog.at_level(logging.DEBUG, logger):
        start = (await api.list()).resource_version
        async with anyio.create_task_group() as tasks:
            for name in names:
                tasks.start_soon(api.create, config_map(name, labels=labels))
        async with api.watch(resource_version=start, label_selector=labels) as events:
            received = {event.object.metadata.name for event in await next_events(events, len(names))}
        listed = {item.metadata.name async for page in api.pages(page_size=7) for item in page.items}
    assert received == names
    assert names <= listed
    uses_http2 = request.node.callspec.params["server"] == "real"
    assert any(record.name == logger for record in caplog.records) is uses_http2


async def test_timed_out_call_does_not_affect_later_calls(client: Client) -> None:
    api = Api(ConfigMap, client)
    for number in range(3):
        with pytest.raises(DeadlineExceeded):
            await api.get("absent", request_timeout=0.0001)
        with pytest.raises(NotFound):
            await api.get("absent")
        await api.create(config_map(f"c-{number}"))
