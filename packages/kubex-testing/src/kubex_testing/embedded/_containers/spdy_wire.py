"""The channels of exec and attach in streams of SPDY."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Collection

from .channels import ERROR, RESIZE, STDERR, STDIN, STDOUT, ChannelClose, ChannelData
from .spdy_connection import SpdyConnection
from .spdy_frames import StreamData, StreamOpened

_STREAM_TYPES = {"stdin": STDIN, "stdout": STDOUT, "stderr": STDERR, "error": ERROR, "resize": RESIZE}


class SpdyWire:
    """One stream for each channel. The client opens the streams and names their types.

    Args:
        connection: the connection.
        expected: the channels that the client must open before the command starts.
    """

    def __init__(self, connection: SpdyConnection, expected: Collection[int]) -> None:
        self._connection = connection
        self._missing = set(expected)
        self._streams: dict[int, int] = {}
        self._complete = asyncio.Event()

    @property
    def lost(self) -> bool:
        """Whether the client has disconnected."""
        return self._connection.lost

    def has_hung_up(self) -> bool:
        """Return whether the client has disconnected, also if unread data is before the end."""
        return self._connection.has_hung_up()

    async def open(self, first_channel: int) -> None:  # noqa: ARG002  # part of the interface
        """Wait until the client has opened all expected streams."""
        await self._complete.wait()

    async def send(self, channel: int, data: bytes) -> None:
        """Send data. Raises ConnectionError if the client has disconnected."""
        stream = self._streams.get(channel)
        if stream is not None:
            await self._connection.send(stream, data)

    async def receive(self) -> AsyncGenerator[ChannelData | ChannelClose, None]:
        """Yield the data of the client, until it disconnects or violates the protocol."""
        channels: dict[int, int] = {}
        async with contextlib.aclosing(self._connection.events()) as events:
            async for event in events:
                if isinstance(event, StreamOpened):
                    channel = _STREAM_TYPES.get(event.headers.get("streamtype", ""))
                    if channel is not None and channel not in self._streams:
                        channels[event.stream] = channel
                        await self._accept(channel, event.stream)
                channel = channels.get(event.stream)
                if channel is None:
                    continue
                if isinstance(event, StreamData) and event.data:
                    yield ChannelData(channel, event.data)
                if not isinstance(event, StreamOpened | StreamData) or event.finished:
                    yield ChannelClose(channel)

    async def close(self) -> None:
        """End all streams."""
        with contextlib.suppress(ConnectionError):
            for stream in self._streams.values():
                await self._connection.finish(stream)
        await self._connection.close()

    async def _accept(self, channel: int, stream: int) -> None:
        self._streams[channel] = stream
        await self._connection.accept(stream)
        self._missing.discard(channel)
        if not self._missing:
            self._complete.set()
