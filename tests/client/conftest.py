"""Clients on raw servers, and what they pass to their transports."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pytest

import kubex_aiohttp
import kubex_httpx
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
from support.backend_pairs import BackendPair
from transport.socket_server import Script, Serve, Server, ok

BACKENDS = {"aiohttp": kubex_aiohttp.BACKEND, "httpx": kubex_httpx.BACKEND}

# Attempts as many as by default, without the waiting.
SOON = RetryPolicy(initial_delay=0.001, max_delay=0.002)


@pytest.fixture(autouse=True)
def nothing_is_left_to_the_collector() -> Iterator[None]:
    """Let warnings of what a test left behind come up in that test."""
    yield
    gc.collect(1)


@pytest.fixture(autouse=True)
def nothing_of_the_developers_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's proxies, kubeconfig and choice of backend out of the tests."""
    for name in tuple(os.environ):
        if name.lower().endswith("_proxy") or name in ("KUBECONFIG", "KUBEX_BACKEND"):
            monkeypatch.delenv(name)


@dataclass
class Handed:
    """What clients passed to their transports."""

    configs: list[TransportConfig] = field(default_factory=list)
    requests: list[PreparedRequest] = field(default_factory=list)
    transports: list[Transport] = field(default_factory=list)


class Recorded(Transport):
    """Records the requests to a transport."""

    def __init__(self, inner: Transport, handed: Handed) -> None:
        super().__init__(inner.config)
        self.errors = inner.errors
        self._inner = inner
        self._handed = handed
        handed.configs.append(inner.config)
        handed.transports.append(self)

    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        self._handed.requests.append(request)
        return await self._inner.open(request, guard)

    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> WebSocket:
        return await self._inner.open_websocket(request, subprotocols, guard)

    async def close_connections(self) -> None:
        await self._inner.aclose()


@pytest.fixture
def handed() -> Handed:
    """Collect what the clients of this test pass to their transports."""
    return Handed()


@pytest.fixture
def backend(pair: BackendPair, handed: Handed) -> Backend:
    """Return the backend of the pair, whose transports also record what they receive."""
    return wrapped(BACKENDS[pair.backend], lambda transport: Recorded(transport, handed))


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start raw servers, which end with the test."""
    with ExitStack() as stack:

        def started(script: Script = ok, **settings: Any) -> Server:
            return stack.enter_context(Server(script, **settings))

        yield started


Connect: TypeAlias = Callable[..., Client]
"""The fixture `connect`: a server or a URL, then options."""


@pytest.fixture
def connect(backend: Backend) -> Connect:
    """Make a client of the pair for a server: `async with connect(server, timeout=1) as client`."""

    def made(server: Server | str, *, configuration: dict[str, Any] | None = None, **options: Any) -> Client:
        url = server if isinstance(server, str) else server.url
        options.setdefault("retry", SOON)
        return Client(ClientConfiguration(url=url, **(configuration or {})), ClientOptions(**options), backend=backend)

    return made
