"""A WebSocket of the server on asyncio streams, with the frames of wsproto."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage

from .hangups import has_hung_up

_READ_SIZE = 64 * 1024


@dataclass(frozen=True)
class FramePart:
    """A part of a data frame. A small frame has one part."""

    data: bytes
    finished: bool


class ServerWebSocket:
    """A WebSocket after its handshake. `send()` waits while the client does not read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = Connection(ConnectionType.SERVER, trailing_data=received)
        self._sending = asyncio.Lock()
        self._ended = False

    @property
    def lost(self) -> bool:
        """Whether the client has disconnected, or the WebSocket is closed."""
        # After the end of TLS, the writer discards data and logs warnings.
        disconnected = self._ended or self._writer.is_closing() or self._reader.at_eof()
        return disconnected or self._protocol.state is not ConnectionState.OPEN

    def has_hung_up(self) -> bool:
        """Return whether the client has closed its side of the connection, see `hangups.has_hung_up()`."""
        return has_hung_up(self._writer)

    async def frames(self) -> AsyncGenerator[FramePart, None]:
        """Yield the data frames, until the client closes the WebSocket or disconnects."""
        while True:
            for event in self._protocol.events():
                if isinstance(event, BytesMessage):
                    yield FramePart(bytes(event.data), event.frame_finished)
                elif isinstance(event, TextMessage):
                    yield FramePart(event.data.encode(), event.frame_finished)
                elif isinstance(event, Ping):
                    await self._reply(event.response())
                elif isinstance(event, CloseConnection):
                    await self.close()
                    return
            try:
                data = await self._reader.read(_READ_SIZE)
            except OSError:
                data = b""
            if not data:
                self._ended = True
                return
            self._protocol.receive_data(data)

    async def send(self, message: bytes | str) -> None:
        """Send a message as one frame.

        Raises:
            ConnectionError: the client has disconnected, or the WebSocket is closed.
        """
        async with self._sending:
            if self.lost:
                raise ConnectionResetError("the WebSocket is closed")
            if isinstance(message, str):
                await self._write(TextMessage(message))
            else:
                await self._write(BytesMessage(message))

    async def close(self) -> None:
        """Send the close frame with code 1000, once. The client may have disconnected."""
        await self._reply(CloseConnection(code=1000))

    async def _reply(self, event: Event) -> None:
        """Send a control frame, unless the WebSocket is closed."""
        open_states = [ConnectionState.OPEN]
        if isinstance(event, CloseConnection):
            open_states.append(ConnectionState.REMOTE_CLOSING)
        async with self._sending:
            if self._protocol.state not in open_states or self._writer.is_closing():
                return
            try:
                await self._write(event)
            except OSError:  # `frames()` ends when it reads
                return

    async def _write(self, event: Event) -> None:
        self._writer.write(self._protocol.send(event))
        await self._writer.drain()
