"""The unread output of a command, in buffers with a limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

LIMIT = 2**20
"""The limit of the buffer of one output, in bytes. The last message may exceed it; see `ws_max_message_size`."""


class OutputBuffer:
    """The unread data of one output."""

    __slots__ = ("_chunks", "_size", "name", "reader")

    def __init__(self, name: str) -> None:
        self.name = name
        self.reader: int | None = None
        """The id of the task that last read this output; None before the first read."""
        self._chunks: deque[bytes] = deque()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def is_full(self) -> bool:
        """Whether the buffer has reached its limit, so that no further message may be received."""
        return self._size >= LIMIT

    def put(self, data: bytes) -> None:
        """Append data."""
        self._chunks.append(data)
        self._size += len(data)

    def take(self, max_bytes: int | None = None) -> bytes:
        """Remove and return the oldest data; the buffer must not be empty."""
        chunk = self._chunks.popleft()
        if max_bytes is not None and len(chunk) > max_bytes:
            self._chunks.appendleft(chunk[max_bytes:])
            chunk = chunk[:max_bytes]
        self._size -= len(chunk)
        return chunk


def first_full(buffers: Iterable[OutputBuffer], wanted: OutputBuffer | None) -> OutputBuffer | None:
    """Return a full buffer other than the one that is read, or None."""
    for buffer in buffers:
        if buffer is not wanted and buffer.is_full:
            return buffer
    return None
