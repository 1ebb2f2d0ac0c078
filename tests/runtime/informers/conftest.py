"""Fixtures: a server that only the test uses, a client of the pair, and ConfigMaps."""

from collections.abc import AsyncIterator

import pytest

from kubex.api import Api
from kubex.client import Client, create_client
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import BACKENDS, BackendPair


@pytest.fixture
async def client(kubex_server: EmbeddedServer, pair: BackendPair) -> AsyncIterator[Client]:
    """Return a client of `kubex_server`."""
    configuration = kubex_server.handle.configuration(namespace="default")
    async with create_client(configuration, client_class=BACKENDS[pair.backend]) as client:
        kubex_server.clear_requests()
        yield client


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of the ConfigMaps in the namespace `default`."""
    return Api(ConfigMap, client)
