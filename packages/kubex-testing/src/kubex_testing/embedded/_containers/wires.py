"""How the channels of exec and attach reach the client: in messages of a WebSocket, or in streams of SPDY."""

import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Protocol

from .channels import CHANNELS, ChannelClose, ChannelData, ChannelError, FrameDecoder, Subprotocol

if TYPE_CHECKING:
    from .websocket import ServerWebSocket

logger = logging.getLogger("kubex_testing.embedded")


class Wire(Protocol):
    """A connection with the channels of a command."""

    @property
    def lost(self) -> bool:
        """Whether the client has disconnected."""
        ...

    def has_hung_up(self) -> bool:
        """Return whether the client has disconnected, also if unread data is before the end."""
        ...

    async def open(self, first_channel: int) -> None:
        """Wait until the channels exist. `first_channel` is the lowest channel that the server writes to."""
        ...

    async def send(self, channel: int, data: bytes) -> None:
        """Send data. Raises ConnectionError if the client has disconnected."""
        ...

    def receive(self) -> AsyncGenerator[ChannelData | ChannelClose, None]:
        """Yield the data of the client, until it disconnects or violates the protocol."""
        ...

    async def close(self) -> None:
        """End all channels."""
        ...


class WebSocketWire:
    """Channels in the messages of a WebSocket."""

    def __init__(self, socket: "ServerWebSocket", subprotocol: Subprotocol) -> None:
        self._socket = socket
        self._subprotocol = subprotocol

    @property
    def lost(self) -> bool:
        """Whether the client has disconnected."""
        return self._socket.lost

    def has_hung_up(self) -> bool:
        """Return whether the client has disconnected, also if unread data is before the end."""
        return self._socket.has_hung_up()

    async def open(self, first_channel: int) -> None:
        """Send an empty message to the first channel, as kube-apiserver does."""
        await self.send(first_channel, b"")

    async def send(self, channel: int, data: bytes) -> None:
        """Send data. Raises ConnectionError if the client has disconnected."""
        await self._socket.send(self._subprotocol.encode(channel, data))

    async def receive(self) -> AsyncGenerator[ChannelData | ChannelClose, None]:
        """Yield the data of the client, until it disconnects or violates the protocol."""
        decoder = FrameDecoder(self._subprotocol, CHANNELS)
        try:
            async with contextlib.aclosing(self._socket.frames()) as frames:
                async for part in frames:
                    message = decoder.decode(part.data, finished=part.finished)
                    if message is not None:
                        yield message
        except ChannelError as error:
            logger.debug("closing a WebSocket: %s", error)

    async def close(self) -> None:
        """Close the WebSocket."""
        await self._socket.close()
