"""Idle connections, for HTTP libraries without a usable connection pool."""

from collections import deque
from dataclasses import dataclass
from time import monotonic
from typing import Generic, Protocol, TypeVar

from kubex.transport._config import TransportConfig
from kubex.transport._sockets import readable


class _Socket(Protocol):
    def fileno(self) -> int: ...


class _Connection(Protocol):
    async def aclose(self) -> None: ...


C = TypeVar("C", bound=_Connection)


@dataclass(frozen=True, slots=True)
class _IdleConnection(Generic[C]):
    connection: C
    socket: _Socket | None
    idle_since: float


class IdleConnections(Generic[C]):
    """The idle connections of a transport.

    It keeps at most `maximum` connections, and none without `TransportConfig.keep_alive`. A connection is stale if it
    exceeds this maximum, is older than `TransportConfig.keep_alive_timeout`, or was closed by the server. Call
    `find_stale()` before each `take()`, and `close_stale()` after each `take()` and each `add()`.
    """

    __slots__ = ("_idle", "_maximum", "_stale", "_timeout")

    def __init__(self, config: TransportConfig, *, maximum: int) -> None:
        self._idle: deque[_IdleConnection[C]] = deque()  # ordered by `idle_since`
        self._stale: list[C] = []
        self._maximum = maximum if config.keep_alive else 0
        self._timeout = float("inf") if config.keep_alive_timeout is None else config.keep_alive_timeout

    def add(self, connection: C, socket: _Socket | None) -> None:
        """Keep a connection that has become idle; without a socket it is stale."""
        self._idle.append(_IdleConnection(connection, socket, monotonic()))
        self.find_stale()

    def take(self) -> C | None:
        """Remove and return the connection that became idle last, or None."""
        return self._idle.pop().connection if self._idle else None

    def find_stale(self) -> None:
        """Remove the stale connections, so that `take()` does not return them."""
        if not self._idle:
            return
        excess = len(self._idle) - self._maximum
        expired_before = monotonic() - self._timeout
        descriptors = [-1 if idle.socket is None else idle.socket.fileno() for idle in self._idle]
        # A server does not send data on an idle connection. So a readable socket was closed, or is unusable.
        ended = readable([descriptor for descriptor in descriptors if descriptor >= 0])
        remaining: deque[_IdleConnection[C]] = deque()
        for position, (idle, descriptor) in enumerate(zip(self._idle, descriptors, strict=True)):
            if position < excess or idle.idle_since <= expired_before or descriptor < 0 or descriptor in ended:
                self._stale.append(idle.connection)
            else:
                remaining.append(idle)
        self._idle = remaining

    async def close_stale(self) -> None:
        """Close the stale connections. If it is cancelled, the next call closes the rest."""
        while self._stale:
            await self._stale.pop().aclose()

    async def aclose(self) -> None:
        """Close all connections; connections that are added later are stale."""
        self._maximum = 0
        self.find_stale()
        await self.close_stale()
