"""Fixtures: a client of each pair for an embedded server that only the test uses."""

import gc
from collections.abc import AsyncIterator, Iterator

import pytest

from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import BACKENDS, BackendPair


@pytest.fixture
def backend(pair: BackendPair) -> Backend:
    """Return the backend of the pair."""
    return BACKENDS[pair.backend]


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """Start an embedded server that only this test uses."""
    server = EmbeddedServer()
    with server:
        yield server
    gc.collect(0)  # a warning about an unclosed connection appears in the test that caused it


@pytest.fixture
async def client(server: EmbeddedServer, backend: Backend) -> AsyncIterator[Client]:
    """Return a client of the server. Its default namespace is `default`."""
    async with create_client(server.handle.configuration(namespace="default"), client_class=backend) as client:
        yield client


@pytest.fixture
async def api(server: EmbeddedServer, backend: Backend) -> AsyncIterator[Api[ConfigMap]]:
    """Return the API of ConfigMaps on a client that does not repeat requests, so that each fault reaches `follow()`."""
    options = ClientOptions(retry=None)
    configuration = server.handle.configuration(namespace="default")
    async with create_client(configuration, client_class=backend, options=options) as client:
        yield Api(ConfigMap, client)


@pytest.fixture
async def writer(client: Client) -> Api[ConfigMap]:
    """Return an API with connections that the faults do not affect."""
    return Api(ConfigMap, client)
