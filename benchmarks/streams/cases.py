"""The cases of the benchmarks of streams."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType

from typing_extensions import Self

INPUT = bytes(range(256)) * 2**8
"""The data that is sent repeatedly. It has the maximum size of a message that Kubex sends."""


class StreamSubject(ABC):
    """A client that is connected to the server. Each method returns the number of units."""

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
    async def exec_true(self, count: int) -> int:
        """Run a command without output, one time after the other; return the number of runs."""


@dataclass(frozen=True)
class StreamCase:
    """A case: `size` is the number of bytes or of runs of one sample."""

    name: str
    size: int
    tiny_size: int
    work: Callable[[StreamSubject, int], Awaitable[int]]


_SIZE, _TINY = 64 * 2**20, 2**20

CASES = (
    StreamCase("exec-output", _SIZE, _TINY, lambda subject, size: subject.exec_output(size)),
    StreamCase("exec-input", _SIZE, _TINY, lambda subject, size: subject.exec_input(size)),
    StreamCase("port-output", _SIZE, _TINY, lambda subject, size: subject.port_output(size)),
    StreamCase("port-input", _SIZE, _TINY, lambda subject, size: subject.port_input(size)),
    StreamCase("file-download", _SIZE, _TINY, lambda subject, size: subject.file_download(size)),
    StreamCase("file-upload", _SIZE, _TINY, lambda subject, size: subject.file_upload(size)),
    StreamCase("exec-true", 300, 3, lambda subject, size: subject.exec_true(size)),
)

CASE_NAMES = tuple(case.name for case in CASES)
