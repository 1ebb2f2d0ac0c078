"""SPDY on a connection, or in the messages of a WebSocket."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Protocol

from .hangups import has_hung_up
from .spdy_frames import Ping, SpdyDecoder, SpdyEncoder, SpdyError, StreamEvent

if TYPE_CHECKING:
    from .websocket import ServerWebSocket

logger = logging.getLogger("kubex_testing.embedded")
_READ_SIZE = 64 * 1024


class ByteTransport(Protocol):
    """The bytes below SPDY."""

    @property
    def lost(self) -> bool: ...

    def has_hung_up(self) -> bool: ...

    def receive(self) -> AsyncGenerator[bytes, None]: ...

    async def send(self, data: bytes) -> None: ...

    async def close(self) -> None: ...


class ConnectionTransport:
    """The bytes of an HTTP connection after its upgrade."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._received = received

    @property
    def lost(self) -> bool:
        """Whether the client has disconnected."""
        return self._writer.is_closing() or self._reader.at_eof()

    def has_hung_up(self) -> bool:
        """Return whether the client has disconnected, also if unread data is before the end."""
        return has_hung_up(self._writer)

    async def receive(self) -> AsyncGenerator[bytes, None]:
        """Yield the data of the client until it disconnects."""
        if self._received:
            yield self._received
        with contextlib.suppress(OSError):
            while data := await self._reader.read(_READ_SIZE):
                yield data

    async def send(self, data: bytes) -> None:
        """Send data. Raises ConnectionError if the client has disconnected."""
        if self.lost:
            raise ConnectionResetError("the connection is closed")
        self._writer.write(data)
        await self._writer.drain()

    async def close(self) -> None:
        """Do nothing: the connection is closed after the session."""


class WebSocketTransport:
    """The content of the messages of a WebSocket."""

    def __init__(self, socket: "ServerWebSocket") -> None:
        self._socket = socket

    @property
    def lost(self) -> bool:
        """Whether the client has disconnected."""
        return self._socket.lost

    def has_hung_up(self) -> bool:
        """Return whether the client has disconnected, also if unread data is before the end."""
        return self._socket.has_hung_up()

    async def receive(self) -> AsyncGenerator[bytes, None]:
        """Yield the data of the client until it disconnects."""
        async with contextlib.aclosing(self._socket.frames()) as frames:
            async for part in frames:
                yield part.data

    async def send(self, data: bytes) -> None:
        """Send data. Raises ConnectionError if the client has disconnected."""
        await self._socket.send(data)

    async def close(self) -> None:
        """Close the WebSocket."""
        await self._socket.close()


class SpdyConnection:
    """The streams of one client. All methods that send raise ConnectionError if the client has disconnected."""

    def __init__(self, transport: ByteTransport) -> None:
        self._transport = transport
        self._encoder = SpdyEncoder()
        self._sending = asyncio.Lock()

    @property
    def lost(self) -> bool:
        """Whether the client has disconnected."""
        return self._transport.lost

    def has_hung_up(self) -> bool:
        """Return whether the client has disconnected, also if unread data is before the end."""
        return self._transport.has_hung_up()

    async def events(self) -> AsyncGenerator[StreamEvent, None]:
        """Yield what the client sends, except pings, until it disconnects or violates the protocol."""
        decoder = SpdyDecoder()
        try:
            async with contextlib.aclosing(self._transport.receive()) as received:
                async for data in received:
                    for event in decoder.decode(data):
                        if isinstance(event, Ping):
                            await self._send(event.reply)
                        else:
                            yield event
        except SpdyError as error:
            logger.debug("closing a SPDY connection: %s", error)
        except ConnectionError:
            return

    async def accept(self, stream: int) -> None:
        """Accept a stream of the client."""
        await self._send(self._encoder.reply(stream))

    async def send(self, stream: int, data: bytes) -> None:
        """Send data on a stream."""
        await self._send(self._encoder.data(stream, data))

    async def finish(self, stream: int) -> None:
        """End the data of the server on a stream."""
        await self._send(self._encoder.data(stream, b"", finished=True))

    async def reset(self, stream: int) -> None:
        """End a stream in both directions."""
        await self._send(self._encoder.reset(stream))

    async def close(self) -> None:
        """Close the WebSocket, if the connection has one."""
        await self._transport.close()

    async def _send(self, frame: bytes) -> None:
        async with self._sending:
            await self._transport.send(frame)
