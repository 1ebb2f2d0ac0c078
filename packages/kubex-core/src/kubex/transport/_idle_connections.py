"""A list of idle connections, for backends whose HTTP library has no usable pool."""

import select
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic
from typing import Generic, Protocol, TypeVar

from kubex.transport._config import TransportConfig

T = TypeVar("T")


class _Socket(Protocol):
    def fileno(self) -> int: ...


@dataclass(frozen=True, slots=True)
class _Idle(Generic[T]):
    connection: T
    socket: _Socket | None
    since: float


class IdleConnections(Generic[T]):
    """The idle connections of a transport. The last one that became idle is the next to be used.

    It keeps at most `maximum` connections, and none without `TransportConfig.keep_alive`. It closes nothing: call
    `remove_stale()` before each request and after each return, and close what it returns.
    """

    __slots__ = ("_idle", "_maximum", "_timeout")

    def __init__(self, config: TransportConfig, *, maximum: int) -> None:
        self._idle: deque[_Idle[T]] = deque()
        self._maximum = maximum if config.keep_alive else 0
        self._timeout = float("inf") if config.keep_alive_timeout is None else config.keep_alive_timeout

    def add(self, connection: T, socket: _Socket | None) -> None:
        """Keep a connection that is idle from now on; without a socket it is stale."""
        self._idle.append(_Idle(connection, socket, monotonic()))

    def take(self) -> T | None:
        """Remove and return a connection; None if there is none. Call `remove_stale()` before."""
        return self._idle.pop().connection if self._idle else None

    def remove_stale(self) -> list[T]:
        """Remove and return the connections that are too old, too many, or closed by the server."""
        if not self._idle:
            return []
        excess = len(self._idle) - self._maximum
        oldest = monotonic() - self._timeout
        descriptors = [-1 if idle.socket is None else idle.socket.fileno() for idle in self._idle]
        # The server may send nothing on an idle connection: what can be read is the end of it, or an error.
        readable = _readable([descriptor for descriptor in descriptors if descriptor >= 0])
        stale: list[T] = []
        kept: deque[_Idle[T]] = deque()
        for position, (idle, descriptor) in enumerate(zip(self._idle, descriptors, strict=True)):
            if position < excess or idle.since <= oldest or descriptor < 0 or descriptor in readable:
                stale.append(idle.connection)
            else:
                kept.append(idle)
        self._idle = kept
        return stale

    def close(self) -> list[T]:
        """Remove and return all connections, and keep none from now on."""
        self._maximum = 0
        connections = [idle.connection for idle in self._idle]
        self._idle.clear()
        return connections


def _readable(descriptors: Collection[int]) -> set[int]:
    if not hasattr(select, "poll"):  # Windows
        return set(select.select(descriptors, (), (), 0)[0])
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return {descriptor for descriptor, _ in poll.poll(0)}
