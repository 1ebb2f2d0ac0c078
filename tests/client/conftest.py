"""Fixtures that create clients for socket servers and record what they pass to their transports."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest

from kubex.client import Client, ClientOptions, RetryPolicy
from kubex.configuration import ClientConfiguration
from kubex.transport import (
    Backend,
    ConnectGuard,
    PreparedRequest,
    StreamResponse,
    Transport,
    TransportConfig,
    WebSocket,
    wrapped,
)
from kubex_testing.compliance.servers import ConnectionHandler, Server, StartServer, respond_ok
from support.backend_pairs import BACKENDS, BackendPair

# As many attempts as by default, but almost without delays.
FAST_RETRIES = RetryPolicy(initial_delay=0.001, max_delay=0.002)


@pytest.fixture(autouse=True)
def collect_garbage_after_test() -> Iterator[None]:
    """Collect garbage after each test, so that warnings about unclosed resources appear in the right test."""
    yield
    gc.collect(1)


@pytest.fixture(autouse=True)
def remove_environment_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the variables that select a proxy, a kubeconfig or a backend."""
    for name in tuple(os.environ):
        if name.lower().endswith("_proxy") or name in ("KUBECONFIG", "KUBEX_BACKEND"):
            monkeypatch.delenv(name)


@dataclass
class TransportRecorder:
    """The transports that clients created, with their settings and requests."""

    configs: list[TransportConfig] = field(default_factory=list)
    requests: list[PreparedRequest] = field(default_factory=list)
    transports: list[Transport] = field(default_factory=list)


class RecordingTransport(Transport):
    """A wrapper that records the requests to a transport."""

    def __init__(self, inner: Transport, recorder: TransportRecorder) -> None:
        super().__init__(inner.config)
        self.errors = inner.errors
        self._inner = inner
        self._recorder = recorder
        recorder.configs.append(inner.config)
        recorder.transports.append(self)

    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        self._recorder.requests.append(request)
        return await self._inner.open(request, guard)

    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> WebSocket:
        return await self._inner.open_websocket(request, subprotocols, guard)

    async def close_connections(self) -> None:
        await self._inner.aclose()


@pytest.fixture
def recorder() -> TransportRecorder:
    """Return a recorder of the transports of the clients of this test."""
    return TransportRecorder()


@pytest.fixture
def backend(pair: BackendPair, recorder: TransportRecorder) -> Backend:
    """Return the backend of the pair. It also records its transports and their requests."""
    return wrapped(BACKENDS[pair.backend], lambda transport: RecordingTransport(transport, recorder))


@pytest.fixture
def start_server() -> Iterator[StartServer]:
    """Return a function that starts a server. All servers are stopped at the end of the test."""
    with ExitStack() as stack:

        def start(handler: ConnectionHandler = respond_ok, **settings: Any) -> Server:
            return stack.enter_context(Server(handler, **settings))

        yield start


MakeClient: TypeAlias = Callable[..., Client]
"""The type of the fixture `make_client`. Its arguments are a server or a URL, then client options."""


@pytest.fixture
def make_client(backend: Backend) -> MakeClient:
    """Return a function that creates a client: `async with make_client(server, timeout=1) as client`."""

    def create(server: Server | str, *, configuration: dict[str, Any] | None = None, **options: Any) -> Client:
        url = server if isinstance(server, str) else server.url
        options.setdefault("retry", FAST_RETRIES)
        return Client(ClientConfiguration(url=url, **(configuration or {})), ClientOptions(**options), backend=backend)

    return create
