"""Fixtures: a client of each pair for an embedded server that only the test uses."""

import gc
from collections.abc import AsyncIterator, Iterator

import pytest

from kubex.client import Client, create_client
from kubex.transport import Backend
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
