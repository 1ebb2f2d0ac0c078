"""One body for every pair and both servers: a client in a namespace of the test's own."""

import gc
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

import kubex_aiohttp
import kubex_httpx
from behaviour.custom_resources import WIDGETS, establish
from behaviour.namespaces import Namespaces
from kubex.client import Client, create_client
from kubex.transport import Backend
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import BackendPair

SERVERS = {"embedded": "kubex_shared_server_handle", "real": "kubex_control_plane"}
BACKENDS = {"aiohttp": kubex_aiohttp.BACKEND, "httpx": kubex_httpx.BACKEND}


@pytest.fixture(autouse=True)
def nothing_is_left_to_the_collector(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let warnings of what a test left open come up in that test, or where it has filters of its own, be filtered."""
    yield
    gc.collect(0 if request.node.get_closest_marker("filterwarnings") is None else 2)


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest) -> ServerHandle:
    """Run the test on the embedded server and on a real one, each shared by all tests."""
    handle: ServerHandle = request.getfixturevalue(SERVERS[request.param])
    return handle


@pytest.fixture(scope="session")
def namespaces(server: ServerHandle) -> Iterator[Namespaces]:
    """Make namespaces on the server, to be deleted after the last test of it."""
    made = Namespaces(server)
    yield made
    made.close()


@pytest.fixture
def namespace(namespaces: Namespaces) -> str:
    """Make a namespace for the test."""
    return namespaces.make()


@pytest.fixture
def needs(server: ServerHandle) -> Callable[[str], None]:
    """Skip the test where the server lacks a capability."""

    def check(capability: str) -> None:
        if capability not in server.capabilities:
            pytest.skip(f"needs the capability {capability}")

    return check


@pytest.fixture
def backend(pair: BackendPair) -> Backend:
    """Return the backend of the pair; that it is found by its name is tested elsewhere."""
    return BACKENDS[pair.backend]


@pytest.fixture
async def client(server: ServerHandle, backend: Backend, namespace: str) -> AsyncIterator[Client]:
    """Return a client of the pair whose default namespace is the test's."""
    async with create_client(server.configuration(namespace=namespace), client_class=backend) as client:
        yield client


@pytest.fixture
async def embedded_client(kubex_server: EmbeddedServer, backend: Backend) -> AsyncIterator[Client]:
    """Return a client of `kubex_server`, the embedded server of the test's own, which it may disturb and look into."""
    async with create_client(kubex_server.handle.configuration(), client_class=backend) as client:
        kubex_server.clear_requests()
        yield client


@pytest.fixture
async def widgets(client: Client) -> None:
    """See to it that the server knows Widgets; the definition stays for the tests to come."""
    await establish(client, WIDGETS)
