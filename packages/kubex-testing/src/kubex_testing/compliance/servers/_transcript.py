"""The bytes of a connection, for the reports of failed tests."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Sender: TypeAlias = Literal["transport", "server"]

# In bytes. Of the data that one side sends before the other side sends some, the middle is not kept.
_START, _END = 1000, 200


@dataclass
class _Run:
    """Data that one side sent before the other side sent data."""

    sender: Sender
    size: int = 0
    start: bytes = b""
    end: bytes = b""

    def add(self, data: bytes) -> None:
        missing = _START - len(self.start)
        self.start += data[:missing]
        self.end = (self.end + data[missing:])[-_END:] if len(data) > missing else self.end
        self.size += len(data)

    def __str__(self) -> str:
        omitted = self.size - len(self.start) - len(self.end)
        lines = [repr(line) for line in self.start.splitlines(keepends=True)]
        if omitted:
            lines.append(f"... {omitted} more bytes ...")
        lines += [repr(line) for line in self.end.splitlines(keepends=True)]
        return "\n    ".join([f"the {self.sender} sent {self.size} bytes:", *lines])


class Transcript:
    """What each side of a connection sent, in the order in which the server received and sent it.

    Inside of TLS, and without the middle of long data.
    """

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def add(self, sender: Sender, data: bytes) -> None:
        """Add data that was received or sent."""
        if not self._runs or self._runs[-1].sender != sender:
            self._runs.append(_Run(sender))
        self._runs[-1].add(data)

    def __str__(self) -> str:
        return "\n".join(map(str, self._runs)) or "no data was sent"
