"""The unread output of a command, in buffers with a limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Literal, TypeAlias

Output: TypeAlias = Literal["stdout", "stderr"]
"""The name of an output of a command."""

LIMIT = 2**20
"""The limit of the buffer of one output, in bytes. The last message may exceed it; see `ws_max_message_size`."""


class OutputBuffer:
    """The unread data of one output."""

    __slots__ = ("_chunks", "name", "reader", "size")

    def __init__(self, name: Output) -> None:
        self.name: Output = name
        self.reader: object = None
        """The task that last read this output; None before the first read."""
        self.size = 0
        """The number of unread bytes. If it has reached the limit, no further message may be received."""
        self._chunks: deque[bytes | memoryview] = deque()

    def put(self, data: bytes) -> None:
        """Append data."""
        self._chunks.append(data)
        self.size += len(data)

    def take(self, max_bytes: int | None = None) -> bytes:
        """Remove and return the oldest data; the buffer must not be empty."""
        chunk = self._chunks.popleft()
        if max_bytes is not None and len(chunk) > max_bytes:
            view = memoryview(chunk)  # a large message is not copied for each part of it
            self._chunks.appendleft(view[max_bytes:])
            chunk = view[:max_bytes]
        self.size -= len(chunk)
        return chunk if isinstance(chunk, bytes) else bytes(chunk)


def first_full(buffers: Iterable[OutputBuffer], wanted: OutputBuffer | None) -> OutputBuffer | None:
    """Return a full buffer other than the one that is read, or None."""
    for buffer in buffers:
        if buffer.size >= LIMIT and buffer is not wanted:
            return buffer
    return None
