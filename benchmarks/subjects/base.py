"""The work that is done by every subject, and what only kubex offers."""

from abc import ABC, abstractmethod
from types import TracebackType

from typing_extensions import Self

POD = "/api/v1/namespaces/default/pods/checkout-7d9f6c5b8d-00000"
SMALL_LIST = "/api/v1/namespaces/small/pods"
LARGE_LIST = "/api/v1/namespaces/default/pods"
WATCH = "/api/v1/namespaces/default/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=290"
LOG = f"{POD}/log?follow=true"

BUFFER = 2**21
"""Bytes of a stream that are read ahead: kubex's own default, so the bare library gets it too."""


class Subject(ABC):
    """A connection to the server; each method does one thing once, and reads what it brings."""

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
        """List 5000 Pods and read the first; return their number, and the CPU seconds after the last byte."""

    @abstractmethod
    async def watch(self) -> int:
        """Read every object of a watch whole; return the number of events."""

    @abstractmethod
    async def log(self, limit: int | None = None) -> int:
        """Read a log stream; return its bytes."""


def reads(*values: object) -> None:
    """Take what was read, and insist that it was there."""
    if None in values:
        raise ValueError("the server left out what the benchmark reads")
