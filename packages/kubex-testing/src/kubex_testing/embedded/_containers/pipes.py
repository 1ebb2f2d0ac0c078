"""Bounded byte pipes between tasks of one event loop."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol

PIPE_BYTES = 64 * 1024
"""A writer waits while a pipe contains this number of bytes."""
CHUNK_BYTES = 32 * 1024
"""The largest chunk that built-in commands copy, and the largest message of an output."""


class InputSource(Protocol):
    """The source of an input: a pipe or a file."""

    async def read(self, limit: int = ...) -> bytes:
        """Return at most `limit` bytes, or nothing at the end."""
        ...

    def unread(self, data: bytes) -> None:
        """Put data back, so that the next `read()` returns it."""
        ...


class Pipe:
    """A pipe with a limit. After `close_reader()`, data is discarded."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._ended = False
        self._discards = False
        self._changed = asyncio.Event()

    def put(self, data: bytes) -> None:
        """Write data, also to a full pipe."""
        if data and not self._discards and not self._ended:
            self._chunks.append(data)
            self._size += len(data)
            self._notify()

    @property
    def full(self) -> bool:
        """Whether a writer must wait."""
        return self._size >= PIPE_BYTES and not self._discards

    async def wait_until_not_full(self) -> None:
        """Wait while the pipe is full."""
        while self.full:
            await self._changed.wait()

    async def write(self, data: bytes) -> None:
        """Write data, and wait while the pipe is full."""
        self.put(data)
        await self.wait_until_not_full()

    def close_writer(self) -> None:
        """End the data. Later writes are ignored."""
        self._ended = True
        self._notify()

    def close_reader(self) -> None:
        """Discard the data, also of later writes."""
        self._discards = True
        self._chunks.clear()
        self._size = 0
        self._notify()

    async def read(self, limit: int = PIPE_BYTES) -> bytes:
        """Return at most `limit` bytes, or nothing at the end."""
        while not self._chunks and not self._ended and not self._discards:
            await self._changed.wait()
        if not self._chunks or limit <= 0:
            return b""
        chunk = self._chunks.popleft()
        if len(chunk) > limit:
            self._chunks.appendleft(chunk[limit:])
            chunk = chunk[:limit]
        self._size -= len(chunk)
        self._notify()
        return chunk

    def unread(self, data: bytes) -> None:
        """Put data back at the front of the pipe."""
        if data and not self._discards:
            self._chunks.appendleft(data)
            self._size += len(data)
            self._notify()

    def _notify(self) -> None:
        # Wake all waiting tasks now, and let later ones wait for the next change.
        self._changed.set()
        self._changed = asyncio.Event()


class FileInput:
    """An input that reads a file, with a function that reads at an offset."""

    def __init__(self, read_at: Callable[[int, int], bytes]) -> None:
        self._read_at = read_at
        self._offset = 0

    async def read(self, limit: int = PIPE_BYTES) -> bytes:
        """Return at most `limit` bytes, or nothing at the end of the file."""
        data = self._read_at(self._offset, limit)
        self._offset += len(data)
        return data

    def unread(self, data: bytes) -> None:
        """Move back in the file."""
        self._offset -= len(data)


class ProcessInput:
    """The standard input of a command."""

    def __init__(self, source: InputSource) -> None:
        self._source = source

    async def read(self, limit: int = PIPE_BYTES) -> bytes:
        """Return at most `limit` bytes as soon as some are available, or nothing at the end of the input."""
        return await self._source.read(limit)

    async def readline(self) -> bytes:
        """Return one line with its line feed, or nothing at the end of the input.

        Only the last line may lack the line feed. The line is kept in memory.
        """
        parts: list[bytes] = []
        while data := await self._source.read():
            line, separator, rest = data.partition(b"\n")
            parts.append(line + separator)
            if separator:
                self._source.unread(rest)
                break
        return b"".join(parts)

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        while data := await self._source.read():
            yield data


class ProcessOutput:
    """The standard output or error of a command. Data that the client did not request is discarded."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]] | None) -> None:
        self._send = send

    async def write(self, data: bytes) -> None:
        """Send data to the client. This method waits while the client does not read.

        Raises:
            ConnectionError: the client has disconnected.
        """
        if self._send is None:
            return
        for start in range(0, len(data), CHUNK_BYTES):
            await self._send(data[start : start + CHUNK_BYTES])
            # Let other tasks run, also if the client reads fast enough.
            await asyncio.sleep(0)
