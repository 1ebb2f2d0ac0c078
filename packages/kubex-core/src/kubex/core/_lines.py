"""Split a stream of bytes into lines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

L = TypeVar("L")

# A line is kept in memory. The limit is far above the size of an object in etcd (1.5 MiB) and of a log line.
MAX_LINE_SIZE = 2**26
"""The maximum size of a line, such as an event of a watch, in bytes."""


class Splitter(ABC, Generic[L]):
    r"""Splits a stream into lines, without their `\n`. Other line separators, such as U+2028 and `\x0c`, are data."""

    __slots__ = ("_pending",)

    def __init__(self) -> None:
        self._pending: bytearray = bytearray()

    @property
    def pending_size(self) -> int:
        """The size of the incomplete line in bytes."""
        return len(self._pending)

    def feed(self, chunk: bytes) -> list[L]:
        """Return the lines that the chunk completes."""
        complete, newline, rest = chunk.rpartition(b"\n")
        if newline and self._pending:
            self._pending += complete
            complete = bytes(self._pending)
            self._pending.clear()
        self._pending += rest
        return self._split(complete) if newline else []

    def finish(self) -> L | None:
        """Return the line after the last newline, or None if it is empty."""
        if not self._pending:
            return None
        (rest,) = self._split(bytes(self._pending))
        self._pending.clear()
        return rest

    @abstractmethod
    def _split(self, lines: bytes) -> list[L]: ...


class LineSplitter(Splitter[bytes]):
    """Splits a stream into lines of bytes."""

    __slots__ = ()

    def _split(self, lines: bytes) -> list[bytes]:
        return lines.split(b"\n")


class TextSplitter(Splitter[str]):
    r"""Splits a stream into lines of text. Bytes that are not UTF-8 are replaced by U+FFFD."""

    __slots__ = ("_parts", "_parts_size")

    # Decoding all lines before splitting them is three times as fast as decoding each line. The result is the same,
    # because in UTF-8 the byte of a newline is not part of other characters.

    def __init__(self) -> None:
        super().__init__()
        # The incomplete line is kept as text here, or as bytes in `_pending` if it is not valid UTF-8, for example
        # because a chunk ends inside of a character.
        self._parts: list[str] = []
        self._parts_size = 0

    @property
    def pending_size(self) -> int:
        """The size of the incomplete line in bytes."""
        return len(self._pending) + self._parts_size

    def feed(self, chunk: bytes) -> list[str]:
        """Return the lines that the chunk completes."""
        if self._pending:
            return self._feed_bytes(chunk)
        try:
            lines = chunk.decode("utf-8").split("\n")  # without copying a part of the chunk
        except UnicodeDecodeError:
            return self._feed_bytes(chunk)
        rest = lines.pop()
        if lines:
            if self._parts:
                lines[0] = "".join(self._parts) + lines[0]
                self._parts.clear()
                self._parts_size = 0
            chunk = chunk[chunk.rindex(b"\n") + 1 :]
        if rest:
            self._parts.append(rest)
            self._parts_size += len(chunk)
        return lines

    def finish(self) -> str | None:
        """Return the line after the last newline, or None if it is empty."""
        self._convert_parts()
        return super().finish()

    def _feed_bytes(self, chunk: bytes) -> list[str]:
        self._convert_parts()
        lines = super().feed(chunk)
        if lines:
            try:
                self._parts = [self._pending.decode("utf-8")] if self._pending else []
            except UnicodeDecodeError:
                return lines
            self._parts_size = len(self._pending)
            self._pending.clear()
        return lines

    def _convert_parts(self) -> None:
        self._pending += "".join(self._parts).encode()
        self._parts.clear()
        self._parts_size = 0

    def _split(self, lines: bytes) -> list[str]:
        return lines.decode("utf-8", "replace").split("\n")
