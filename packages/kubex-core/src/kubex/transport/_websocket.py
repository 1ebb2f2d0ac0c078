"""A WebSocket as a backend gives it: frames in, frames out."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class WebSocketMessage:
    """One whole message, or the close frame with its code (1005 where it had none, 1006 where none came)."""

    kind: Literal["binary", "text", "close"]
    data: bytes = field(default=b"", repr=False)
    code: int | None = None


class WebSocket(ABC):
    """An open WebSocket. The library's own ping timeouts are off: liveness is the caller's business."""

    subprotocol: str | None

    @abstractmethod
    async def receive(self) -> WebSocketMessage:
        """Return the next message.

        One above the cap of `TransportConfig.ws_max_message_size` closes the socket with 1009 while it is being
        assembled and raises WebSocketError.
        """

    @abstractmethod
    async def send(self, data: bytes) -> None:
        """Send one binary message; waits while the peer does not read."""

    @abstractmethod
    async def ping(self, payload: bytes = b"") -> None:
        """Send a ping; its pong is swallowed."""

    @abstractmethod
    async def close(self, code: int = 1000) -> None:
        """Send the close frame; a second call does nothing."""
