"""Lines from chunks of bytes."""


class LineSplitter:
    r"""Cuts a stream into lines at `\n` alone: U+0085, U+2028 and `\x0c` are data. Lines come without their `\n`."""

    __slots__ = ("_pending",)

    def __init__(self) -> None:
        self._pending: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that the chunk completes."""
        lines = chunk.split(b"\n")
        last = lines.pop()
        if lines and self._pending:
            self._pending.append(lines[0])
            lines[0] = b"".join(self._pending)
            self._pending.clear()
        if last:
            self._pending.append(last)
        return lines

    def finish(self) -> bytes | None:
        """Return what came after the last newline, None if nothing did."""
        if not self._pending:
            return None
        rest = b"".join(self._pending)
        self._pending.clear()
        return rest
