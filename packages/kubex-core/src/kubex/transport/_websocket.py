"""A WebSocket as a backend provides it."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

import anyio

from kubex.core._headers import Headers
from kubex.core._transport_errors import TransportError

# In seconds, for both close frames.
_CLOSING = 1.0


@dataclass(frozen=True, slots=True)
class WebSocketMessage:
    """A complete message, a pong, or the end of the WebSocket.

    `code` is that of the close frame: 1005 if the frame has none, 1006 if the connection broke without a close frame.
    """

    kind: Literal["binary", "text", "pong", "close"]
    data: bytes = field(default=b"", repr=False)
    code: int | None = None


class WebSocket(ABC):
    """An open WebSocket.

    It sends no pings and has no timeouts; its user does that. It answers the pings of the peer. `send()`, `ping()` and
    `close()` may run at the same time as `receive()` and as each other: the backend sends complete frames, one after
    the other. Only one task may call `receive()` at a time.
    """

    @property
    @abstractmethod
    def subprotocol(self) -> str | None:
        """The subprotocol that the server selected."""

    @property
    @abstractmethod
    def status(self) -> int:
        """The HTTP status of the upgrade, which is 101."""

    @property
    @abstractmethod
    def headers(self) -> Headers:
        """The headers of the response to the upgrade."""

    @abstractmethod
    async def receive(self) -> WebSocketMessage:
        """Return the next message or pong; after the end the same `close` message again.

        If it is cancelled, nothing is lost: call it again. Raises WebSocketError while another task receives, and for
        a message above `TransportConfig.ws_max_message_size`, which closes the WebSocket with 1009 while the message
        is still being assembled.
        """

    @abstractmethod
    async def send(self, data: bytes) -> None:
        """Send one binary message; waits while the peer does not read.

        Raises WebSocketError after the close frame was sent, and after a cancelled call that sent a part of its frame.
        """

    @abstractmethod
    async def ping(self, payload: bytes = b"") -> None:
        """Send a ping of at most 125 bytes; `receive()` returns its pong."""

    @abstractmethod
    async def close(self, code: int = 1000) -> None:
        """Send the close frame; a second call does nothing."""

    @abstractmethod
    def abort(self) -> None:
        """Close the connection at once, without a close frame; a waiting `receive()` returns `close` with code 1006.

        A second call does nothing.
        """

    async def aclose(self) -> None:
        """Close the connection at once and wait until it is closed; `Transport.websocket()` calls it at the end.

        Implement it if a synchronous `abort()` cannot release everything.
        """
        self.abort()


class OpenWebSocket:
    """What `Transport.websocket()` returns."""

    __slots__ = ("_open", "_socket")

    def __init__(self, open_websocket: Callable[[], Awaitable[WebSocket]]) -> None:
        self._open = open_websocket

    async def __aenter__(self) -> WebSocket:
        self._socket = await self._open()
        return self._socket

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # An error here must not hide the error of the block: the connection ends in any case.
        try:
            with anyio.move_on_after(_CLOSING, shield=True), suppress(TransportError):
                await self._socket.close()
                while error is None and (await self._socket.receive()).kind != "close":
                    pass
        finally:
            with anyio.move_on_after(_CLOSING, shield=True), suppress(TransportError):
                await self._socket.aclose()
