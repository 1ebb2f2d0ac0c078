"""Lines from chunks of bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

L = TypeVar("L")

MAX_LINE_SIZE = 2**26
"""In bytes: a longer line, such as the event of a watch, is an error. Without a limit it would fill the memory."""


class Splitter(ABC, Generic[L]):
    r"""Cuts a stream into lines at `\n` alone: U+0085, U+2028 and `\x0c` are data. Lines come without their `\n`."""

    __slots__ = ("_pending",)

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def pending_size(self) -> int:
        """The size of the line that is not complete, in bytes."""
        return len(self._pending)

    def feed(self, chunk: bytes) -> list[L]:
        """Return the lines that the chunk completes."""
        whole, newline, rest = chunk.rpartition(b"\n")
        if newline and self._pending:
            self._pending += whole
            whole = bytes(self._pending)
            self._pending.clear()
        self._pending += rest
        return self._split(whole) if newline else []

    def finish(self) -> L | None:
        """Return what came after the last newline, None if nothing did."""
        if not self._pending:
            return None
        (rest,) = self._split(bytes(self._pending))
        self._pending.clear()
        return rest

    @abstractmethod
    def _split(self, lines: bytes) -> list[L]: ...


class LineSplitter(Splitter[bytes]):
    """Lines as they come."""

    __slots__ = ()

    def _split(self, lines: bytes) -> list[bytes]:
        return lines.split(b"\n")


class TextSplitter(Splitter[str]):
    r"""Lines of text; bytes that are not UTF-8 are shown as U+FFFD.

    Decoding before cutting is three times as fast, and the same: in UTF-8 no part of another character looks like `\n`.
    """

    __slots__ = ()

    def _split(self, lines: bytes) -> list[str]:
        return lines.decode("utf-8", "replace").split("\n")
