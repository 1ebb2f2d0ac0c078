"""Unexpected exceptions of a backend while it closes do not replace the exception of the user's block."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import pytest

from kubex.api import Api
from kubex.client import Client, create_client
from kubex.configuration import ClientConfiguration
from kubex.core._headers import Headers
from kubex.transport import (
    API_VERSION,
    Backend,
    ConnectGuard,
    LibraryDefaults,
    PreparedRequest,
    StreamResponse,
    Timeout,
    Transport,
    TransportConfig,
    WebSocket,
    WebSocketMessage,
)
from kubex_k8s.v1_37.core.v1 import Pod
from support.backend_pairs import RUNTIMES

pytestmark = pytest.mark.anyio

REQUEST = PreparedRequest("GET", "http://cluster.test/")
CONFIGURATION = ClientConfiguration(url="http://cluster.test")


class ClosingError(Exception):
    """An exception that is not defined by Kubex."""


class FailingResponse(StreamResponse):
    async def next_chunk(self) -> bytes:
        return b'{"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "7"}}}\n'

    async def aclose(self, *, ended: bool) -> None:
        raise ClosingError


class FailingWebSocket(WebSocket):
    subprotocol = None
    status = 101
    headers = Headers(())

    async def receive(self) -> WebSocketMessage:
        return WebSocketMessage("close", code=1000)

    async def send(self, data: bytes) -> None:
        """Send nothing."""

    async def ping(self, payload: bytes = b"") -> None:
        """Send nothing."""

    async def close(self, code: int = 1000) -> None:
        raise ClosingError

    def abort(self) -> None:
        raise ClosingError


class FailingTransport(Transport):
    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        return FailingResponse(request, 200, Headers(()))

    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> WebSocket:
        return FailingWebSocket()

    async def close_connections(self) -> None:
        raise ClosingError


DEFAULTS = LibraryDefaults(timeout=Timeout(), keep_alive_timeout=None)
BACKEND = Backend(
    name="bad", load=lambda: FailingTransport, defaults=DEFAULTS, api_version=API_VERSION, runtimes=frozenset(RUNTIMES)
)

Block: TypeAlias = Callable[[Client], AbstractAsyncContextManager[Any]]

BLOCKS: dict[str, Block] = {
    "transport stream": lambda _: FailingTransport(TransportConfig()).stream(REQUEST),
    "transport websocket": lambda _: FailingTransport(TransportConfig()).websocket(REQUEST),
    "client": lambda client: client,
    "create_client": lambda _: create_client(CONFIGURATION, client_class=BACKEND),
    "client stream": lambda client: client.stream("GET", "/"),
    "watch": lambda client: Api(Pod, client).watch(),
    "logs": lambda client: Api(Pod, client).logs.stream("a"),
}


async def enter(block: Block, error: Exception | None = None) -> None:
    """Enter the block, open a connection if it yields a client, and raise the error."""
    async with block(Client(CONFIGURATION, backend=BACKEND)) as entered:
        if isinstance(entered, Client):
            await entered.stream("GET", "/").__aenter__()
        if error is not None:
            raise error


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
async def test_closing_error_does_not_replace_the_exception_of_the_block(block: Block) -> None:
    error = ValueError("mine")
    with pytest.raises(ValueError, match="mine") as caught:
        await enter(block, error)
    assert caught.value is error


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
async def test_closing_error_is_raised_if_the_block_succeeds(block: Block) -> None:
    with pytest.raises(ClosingError):
        await enter(block)
