"""One body for every pair and both servers: a client in a namespace of the test's own."""

import gc
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from behaviour.objects import named
from behaviour.widgets import WIDGETS, establish
from kubex.api import Api
from kubex.client import Client, create_client
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from support.kinds import Namespace
from support.pairs import Pair

SERVERS = {"embedded": "kubex_embedded_server", "real": "kubex_control_plane"}


@pytest.fixture(autouse=True)
def nothing_is_left_to_the_collector() -> Iterator[None]:
    """Let warnings of what a test left open come up in that test."""
    yield
    gc.collect(0)


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> ServerHandle:
    """Run the test on the embedded server and on a real one, each shared by all tests."""
    handle: ServerHandle = request.getfixturevalue(SERVERS[request.param])
    return handle


@pytest.fixture
def needs(server: ServerHandle) -> Callable[[str], None]:
    """Skip the test where the server lacks a capability."""

    def check(capability: str) -> None:
        if capability not in server.capabilities:
            pytest.skip(f"needs the capability {capability}")

    return check


@pytest.fixture
async def namespace(server: ServerHandle, pair: Pair) -> AsyncIterator[str]:
    """Make a namespace for the test. It is deleted afterwards, which nobody waits for."""
    async with create_client(server.configuration(), pair.backend) as client:
        api = Api(Namespace, client)
        made = named(await api.create(Namespace.model_validate({"metadata": {"generateName": "behaviour-"}})))
        yield made
        await api.delete(made)


@pytest.fixture
async def client(server: ServerHandle, pair: Pair, namespace: str) -> AsyncIterator[Client]:
    """Return a client of the pair whose default namespace is the test's."""
    async with create_client(server.configuration(namespace=namespace), pair.backend) as client:
        yield client


@pytest.fixture
async def embedded_client(kubex_server: EmbeddedServer, pair: Pair) -> AsyncIterator[Client]:
    """Return a client of `kubex_server`, the embedded server of the test's own, which it may disturb and look into."""
    async with create_client(kubex_server.handle.configuration(), pair.backend) as client:
        kubex_server.clear_requests()
        yield client


@pytest.fixture
async def widgets(server: ServerHandle, pair: Pair) -> None:
    """See to it that the server knows Widgets; the definition stays for the tests to come."""
    async with create_client(server.configuration(), pair.backend) as client:
        await establish(client, WIDGETS)
