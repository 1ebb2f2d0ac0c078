"""Fixtures for exec, attach and port-forward. The handlers of a socket server send each message."""

import gc
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubex.api import Api
from kubex.client import Client, ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import Pod
from kubex_testing.compliance.servers import ConnectionHandler, Server, StartServer
from streaming.channel_server import OpenPods
from support.backend_pairs import BACKENDS, BackendPair

# The benchmarks are not an installed distribution. They are imported from the root of the workspace.
sys.path.insert(0, str(Path(__file__).parents[2]))


@pytest.fixture(autouse=True)
def collect_garbage_after_test() -> Iterator[None]:
    """Collect garbage after each test, so that warnings about unclosed resources appear in the right test."""
    yield
    gc.collect(1)


@pytest.fixture
def backend(pair: BackendPair) -> Backend:
    """Return the backend of the pair."""
    return BACKENDS[pair.backend]


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Return a function that starts a server. All servers are stopped at the end of the test."""
    with ExitStack() as stack:

        def start(handler: ConnectionHandler, *, tls: ssl.SSLContext | None = None) -> Server:
            return stack.enter_context(Server(handler, tls=tls))

        yield start


@pytest.fixture
def open_pods(backend: Backend) -> OpenPods:
    """Return a context manager that creates a client for a server, and yields its pods in the namespace `default`."""

    @asynccontextmanager
    async def opened(url: str, *, options: ClientOptions | None = None, **settings: Any) -> AsyncIterator[Api[Pod]]:
        client: Client
        config = ClientConfiguration(url=url, **settings)
        async with create_client(config, client_class=backend, options=options) as client:
            yield Api(Pod, client, namespace="default")

    return opened
