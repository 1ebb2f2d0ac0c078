"""The transports of a client: opened on first use, replaced when the TLS configuration changes, closed when unused."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

import anyio

from kubex.client._tls_config import TLSConfig
from kubex.errors import ClientClosedError
from kubex.transport import Transport

OpenTransport: TypeAlias = Callable[[TLSConfig], Awaitable[Transport]]


class PooledTransport:
    """A transport and the number of calls that use it."""

    __slots__ = ("retired", "tls_config", "transport", "users")

    def __init__(self, transport: Transport, tls_config: TLSConfig) -> None:
        self.transport = transport
        self.tls_config = tls_config
        self.users = 0
        self.retired = False

    async def release(self) -> None:
        """End one use; the last use of a replaced transport closes it."""
        self.users -= 1
        if self.retired and self.users == 0:
            with anyio.CancelScope(shield=True):
                await self.transport.aclose()


class TransportPool:
    """Provides the transport for the current TLS configuration.

    Requests and streams that have started keep their transport until they end.
    """

    __slots__ = ("_closed", "_current", "_lock", "_open", "_retired")

    def __init__(self, open_transport: OpenTransport) -> None:
        self._open = open_transport
        self._current: PooledTransport | None = None
        self._retired: list[PooledTransport] = []
        self._lock: anyio.Lock | None = None
        self._closed = False

    async def acquire(self, tls_config: TLSConfig) -> PooledTransport:
        """Return the transport for the configuration and count one use; `release()` ends the use."""
        pooled = self._current
        if pooled is None or (pooled.tls_config is not tls_config and pooled.tls_config != tls_config) or self._closed:
            pooled = await self._renew(tls_config)
        pooled.users += 1
        return pooled

    async def _renew(self, tls_config: TLSConfig) -> PooledTransport:
        if self._lock is None:
            self._lock = anyio.Lock()
        async with self._lock:
            if self._closed:
                raise ClientClosedError
            old = self._current
            if old is not None and old.tls_config == tls_config:
                return old
            transport = await self._open(tls_config)
            if self._closed:  # aclose() was called while the transport was opened
                with anyio.CancelScope(shield=True):
                    await transport.aclose()
                raise ClientClosedError
            fresh = self._current = PooledTransport(transport, tls_config)
            if old is not None:
                await self._retire(old)
            return fresh

    async def _retire(self, pooled: PooledTransport) -> None:
        pooled.retired = True
        self._retired = [retired for retired in self._retired if retired.users]
        if pooled.users:
            self._retired.append(pooled)
        else:
            with anyio.CancelScope(shield=True):
                await pooled.transport.aclose()

    async def aclose(self) -> None:
        """Close every transport, in use or not; later calls raise ClientClosedError."""
        self._closed = True
        transports = [retired for retired in self._retired if retired.users]
        transports += [self._current] if self._current is not None else []
        self._retired, self._current = [], None
        async with AsyncExitStack() as stack:  # each is closed, even if closing another one fails
            for pooled in transports:
                pooled.retired = False
                stack.push_async_callback(pooled.transport.aclose)
