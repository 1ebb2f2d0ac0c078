"""Fixtures that run each test on each pair and on both servers, in a namespace created for the test."""

import gc
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from behaviour.custom_resources import WIDGET_CRD, install_crd
from behaviour.namespace_factory import NamespaceFactory
from kubex.client import Client, create_client
from kubex.transport import Backend
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import BACKENDS, BackendPair

SERVER_FIXTURES = {"embedded": "kubex_shared_server_handle", "real": "kubex_control_plane"}


@pytest.fixture(autouse=True)
def collect_garbage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect garbage after each test, so that warnings about unclosed resources appear in the test that caused them.

    If a test has warning filters, all generations are collected while the filters are active.
    """
    yield
    gc.collect(0 if request.node.get_closest_marker("filterwarnings") is None else 2)


@pytest.fixture(scope="session", params=SERVER_FIXTURES)
def server(request: pytest.FixtureRequest) -> ServerHandle:
    """Run the test on the embedded server and on a real control plane. All tests share both servers."""
    handle: ServerHandle = request.getfixturevalue(SERVER_FIXTURES[request.param])
    return handle


@pytest.fixture(scope="session")
def namespace_factory(server: ServerHandle) -> Iterator[NamespaceFactory]:
    """Return a factory for namespaces on the server, and delete them after the last test."""
    factory = NamespaceFactory(server)
    yield factory
    factory.close()


@pytest.fixture
def namespace(namespace_factory: NamespaceFactory) -> str:
    """Create a namespace for the test."""
    return namespace_factory.create()


@pytest.fixture
def require_capability(server: ServerHandle) -> Callable[[str], None]:
    """Return a function that skips the test if the server does not have a capability."""

    def check(capability: str) -> None:
        if capability not in server.capabilities:
            pytest.skip(f"needs the capability {capability}")

    return check


@pytest.fixture
def backend(pair: BackendPair) -> Backend:
    """Return the backend of the pair. Other tests check that backends are found by their names."""
    return BACKENDS[pair.backend]


@pytest.fixture
async def client(server: ServerHandle, backend: Backend, namespace: str) -> AsyncIterator[Client]:
    """Return a client of the pair. Its default namespace is the namespace of the test."""
    async with create_client(server.configuration(namespace=namespace), client_class=backend) as client:
        yield client


@pytest.fixture(scope="session", params=SERVER_FIXTURES)
def container_server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer | ServerHandle]:
    """Run the test on an embedded server that runs Pods, and on a real control plane with a kubelet."""
    if request.param == "embedded":
        embedded = EmbeddedServer(run_pods=True)
        with embedded:
            yield embedded
        return
    handle: ServerHandle = request.getfixturevalue("kubex_control_plane")
    if "exec" not in handle.capabilities:
        pytest.skip("needs the capability exec: no kubex-kubelet in KUBEBUILDER_ASSETS")
    yield handle


@pytest.fixture(scope="session")
def container_namespace_factory(container_server: EmbeddedServer | ServerHandle) -> Iterator[NamespaceFactory]:
    """Return a factory for namespaces on the server that runs Pods."""
    factory = NamespaceFactory(handle_of(container_server))
    yield factory
    factory.close()


@pytest.fixture
async def container_client(
    container_server: EmbeddedServer | ServerHandle, container_namespace_factory: NamespaceFactory, backend: Backend
) -> AsyncIterator[Client]:
    """Return a client of the server that runs Pods, in a namespace of the test."""
    configuration = handle_of(container_server).configuration(namespace=container_namespace_factory.create())
    async with create_client(configuration, client_class=backend) as client:
        yield client


def handle_of(server: EmbeddedServer | ServerHandle) -> ServerHandle:
    """Return the handle of a server."""
    return server.handle if isinstance(server, EmbeddedServer) else server


@pytest.fixture
async def embedded_client(kubex_server: EmbeddedServer, backend: Backend) -> AsyncIterator[Client]:
    """Return a client of `kubex_server`, an embedded server that only this test uses and can modify."""
    async with create_client(kubex_server.handle.configuration(), client_class=backend) as client:
        kubex_server.clear_requests()
        yield client


@pytest.fixture
async def widget_crd(client: Client) -> None:
    """Install the CustomResourceDefinition of Widget. It is not deleted, because later tests use it too."""
    await install_crd(client, WIDGET_CRD)
