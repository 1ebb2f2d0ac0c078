"""Errors of the connection while a WebSocket is closed at the end of its block."""

from collections.abc import Sequence

import pytest

from kubex.core._headers import Headers
from kubex.errors import ConnectionLost, WebSocketError
from kubex.transport import (
    ConnectGuard,
    PreparedRequest,
    StreamResponse,
    Transport,
    TransportConfig,
    WebSocket,
    WebSocketMessage,
)

REQUEST = PreparedRequest("GET", "http://cluster.test/exec")


class BrokenWebSocket(WebSocket):
    """A WebSocket with a lost connection."""

    subprotocol = None
    status = 101
    headers = Headers(())
    closed = aborted = False

    async def receive(self) -> WebSocketMessage:
        return WebSocketMessage("close", code=1006)

    async def send(self, data: bytes) -> None:
        raise WebSocketError("the connection was lost")

    async def ping(self, payload: bytes = b"") -> None:
        raise WebSocketError("the connection was lost")

    async def close(self, code: int = 1000) -> None:
        self.closed = True
        raise WebSocketError("the connection was lost")

    def abort(self) -> None:
        self.aborted = True
        raise ConnectionLost("the connection was lost while it was being closed")


class ClosedWebSocket(BrokenWebSocket):
    """A broken WebSocket that knows that it is closed."""

    is_closed = True


class BrokenTransport(Transport):
    """A transport that opens broken WebSockets."""

    websocket_class = BrokenWebSocket

    async def open(self, request: PreparedRequest, guard: ConnectGuard) -> StreamResponse:
        raise NotImplementedError

    async def open_websocket(
        self, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
    ) -> WebSocket:
        return self.websocket_class()

    async def close_connections(self) -> None:
        """Do nothing."""


@pytest.mark.anyio
@pytest.mark.parametrize("error", [RuntimeError("mine"), TimeoutError("mine"), ConnectionLost("mine")])
async def test_exception_in_the_block_propagates_unchanged(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        async with BrokenTransport(TransportConfig()).websocket(REQUEST):
            raise error
    assert caught.value is error
    assert caught.value.__context__ is None


@pytest.mark.anyio
async def test_connection_lost_while_closing_is_suppressed() -> None:
    async with BrokenTransport(TransportConfig()).websocket(REQUEST) as socket:
        assert (await socket.receive()).code == 1006


@pytest.mark.anyio
@pytest.mark.parametrize("kind", [BrokenWebSocket, ClosedWebSocket])
async def test_close_frame_is_sent_unless_the_websocket_is_closed(kind: type[BrokenWebSocket]) -> None:
    transport = BrokenTransport(TransportConfig())
    transport.websocket_class = kind
    async with transport.websocket(REQUEST) as socket:
        pass
    assert isinstance(socket, kind)
    assert socket.closed == (kind is BrokenWebSocket)
    assert socket.aborted
