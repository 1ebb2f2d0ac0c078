"""The interface of all subjects, and the paths that they request."""

from abc import ABC, abstractmethod
from types import TracebackType

from typing_extensions import Self

POD = "/api/v1/namespaces/default/pods/checkout-7d9f6c5b8d-00000"
SMALL_LIST = "/api/v1/namespaces/small/pods"
LARGE_LIST = "/api/v1/namespaces/default/pods"
WATCH = "/api/v1/namespaces/default/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=290"
LOG = f"{POD}/log?follow=true"

BUFFER = 2**21
"""The read buffer of a stream in bytes: the default of Kubex, which the limit uses too."""


class Subject(ABC):
    """A client that is connected to the server. Each method does its work once, and reads the result."""

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    @abstractmethod
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...

    @abstractmethod
    async def get(self) -> None:
        """Get a Pod."""

    @abstractmethod
    async def list_small(self) -> int:
        """List 500 Pods and read metadata, spec and status of each; return their number."""

    @abstractmethod
    async def list_large(self) -> tuple[int, float]:
        """List 5000 Pods and read the first; return the number of Pods, and the CPU seconds after the last byte."""

    @abstractmethod
    async def watch(self) -> int:
        """Read metadata, spec and status of every object of a watch; return the number of events."""

    @abstractmethod
    async def log(self, limit: int | None = None) -> int:
        """Read a log stream; return the number of bytes."""


def require_present(*values: object) -> None:
    """Raise ValueError if one of the values that were read is None."""
    if None in values:
        raise ValueError("a field that the benchmark reads is missing from the response of the server")
