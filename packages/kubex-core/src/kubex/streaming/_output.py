"""The unread output of a command, in buffers with a limit."""

from __future__ import annotations

from collections import deque
from typing import Literal, TypeAlias

import anyio

Output: TypeAlias = Literal["stdout", "stderr"]
"""The name of an output of a command."""

LIMIT = 2**20
"""The limit of the buffer of one output, in bytes. The last message may exceed it; see `ws_max_message_size`."""


class OutputBuffer:
    """The unread data of one output."""

    __slots__ = ("_chunks", "_taken", "name", "reader", "size")

    def __init__(self, name: Output) -> None:
        self.name: Output = name
        self.reader: object = None
        """The task that last read this output; None before the first read."""
        self.size = 0
        """The number of unread bytes. If it has reached the limit, no further message may be received."""
        # Complete messages, with the channel, which are copied only once; and the rest of a message that was read
        # partially.
        self._chunks: deque[bytes | memoryview] = deque()
        self._taken: anyio.Event | None = None  # only while a task waits

    def put(self, message: bytes) -> None:
        """Append the data of a message."""
        self._chunks.append(message)
        self.size += len(message) - 1

    def take(self) -> bytes:
        """Remove and return the oldest data; the buffer must not be empty."""
        chunk = self._chunks.popleft()
        data = chunk[1:] if isinstance(chunk, bytes) else bytes(chunk)
        self._reduce(len(data))
        return data

    def take_view(self, max_bytes: int | None = None) -> memoryview:
        """Remove and return the oldest data without a copy; the buffer must not be empty."""
        chunk = self._chunks.popleft()
        view = memoryview(chunk)[1:] if isinstance(chunk, bytes) else chunk
        if max_bytes is not None and len(view) > max_bytes:
            self._chunks.appendleft(view[max_bytes:])
            view = view[:max_bytes]
        self._reduce(len(view))
        return view

    def _reduce(self, size: int) -> None:
        self.size -= size
        if self._taken is not None:
            self._taken.set()
            self._taken = None

    async def wait_until_taken(self) -> None:
        """Wait until another task takes data."""
        self._taken = self._taken or anyio.Event()
        await self._taken.wait()
