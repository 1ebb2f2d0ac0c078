"""The cases of the benchmarks of streams."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from typing_extensions import Self

INPUT = bytes(range(256)) * 2**8
"""The data that is sent repeatedly. It has the maximum size of a message that Kubex sends."""


class StreamSubject(ABC):
    """A client that is connected to the server. Each method returns the number of units."""

    content: bytes
    """The data that `file_write` sends. It exists before the time is measured."""
    source: Path
    """The local file that `file_upload` copies, with the same data."""
    target: Path
    """The local file that `file_download` creates."""

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    @abstractmethod
    async def exec_output(self, size: int) -> int:
        """Read the output of a command; return the number of bytes."""

    @abstractmethod
    async def exec_input(self, size: int) -> int:
        """Send the input of a command and its end, and read the result; return the number of bytes."""

    @abstractmethod
    async def port_output(self, size: int) -> int:
        """Read data from a port; return the number of bytes."""

    @abstractmethod
    async def port_input(self, size: int) -> int:
        """Send data to a port and read the result; return the number of bytes."""

    @abstractmethod
    async def file_download(self, size: int) -> int:
        """Copy a file from a container; return the number of bytes."""

    @abstractmethod
    async def file_upload(self, size: int) -> int:
        """Copy a file to a container; return the number of bytes."""

    @abstractmethod
    async def file_read(self, size: int) -> int:
        """Read a file of a container into memory; return the number of bytes."""

    @abstractmethod
    async def file_write(self, size: int) -> int:
        """Create a file of a container from data in memory; return the number of bytes."""

    @abstractmethod
    async def exec_true(self, count: int) -> int:
        """Run a command without output, one time after the other; return the number of runs."""


@dataclass(frozen=True)
class StreamCase:
    """A case: `size` is the number of bytes or of runs of one sample; `has_source` is whether it copies local data."""

    name: str
    size: int
    tiny_size: int
    work: Callable[[StreamSubject, int], Awaitable[int]]
    has_source: bool = False


_SIZE, _TINY = 64 * 2**20, 2**20

CASES = (
    StreamCase("exec-output", _SIZE, _TINY, lambda subject, size: subject.exec_output(size)),
    StreamCase("exec-input", _SIZE, _TINY, lambda subject, size: subject.exec_input(size)),
    StreamCase("port-output", _SIZE, _TINY, lambda subject, size: subject.port_output(size)),
    StreamCase("port-input", _SIZE, _TINY, lambda subject, size: subject.port_input(size)),
    StreamCase("file-download", _SIZE, _TINY, lambda subject, size: subject.file_download(size)),
    StreamCase("file-upload", _SIZE, _TINY, lambda subject, size: subject.file_upload(size), has_source=True),
    StreamCase("file-read", _SIZE, _TINY, lambda subject, size: subject.file_read(size)),
    StreamCase("file-write", _SIZE, _TINY, lambda subject, size: subject.file_write(size), has_source=True),
    StreamCase("exec-true", 300, 3, lambda subject, size: subject.exec_true(size)),
)

CASE_NAMES = tuple(case.name for case in CASES)
