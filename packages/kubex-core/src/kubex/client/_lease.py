"""The transports of a client: opened on first use, replaced when the TLS identity changes, drained when replaced."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

import anyio

from kubex.core.exceptions import ClientClosedError
from kubex.credentials import TLSIdentity
from kubex.transport import Transport

OpenTransport: TypeAlias = Callable[[TLSIdentity | None], Awaitable[Transport]]


class Lease:
    """One transport and how many calls are using it."""

    __slots__ = ("identity", "retired", "transport", "users")

    def __init__(self, transport: Transport, identity: TLSIdentity | None) -> None:
        self.transport = transport
        self.identity = identity
        self.users = 0
        self.retired = False

    async def release(self) -> None:
        """End one use; the last use of a replaced transport closes it."""
        self.users -= 1
        if self.retired and self.users == 0:
            with anyio.CancelScope(shield=True):
                await self.transport.aclose()


class Leases:
    """Hands out the transport that shows the wanted TLS identity.

    A pooled connection keeps the identity it was made with, so another identity needs another transport; calls and
    streams that are under way keep the old one until they end.
    """

    __slots__ = ("_closed", "_current", "_lock", "_open", "_retired")

    def __init__(self, open_transport: OpenTransport) -> None:
        self._open = open_transport
        self._current: Lease | None = None
        self._retired: list[Lease] = []
        self._lock: anyio.Lock | None = None
        self._closed = False

    async def acquire(self, identity: TLSIdentity | None) -> Lease:
        """Return the lease for an identity, one use counted; `release` ends it."""
        lease = self._current
        if lease is None or (lease.identity is not identity and lease.identity != identity) or self._closed:
            lease = await self._renew(identity)
        lease.users += 1
        return lease

    async def _renew(self, identity: TLSIdentity | None) -> Lease:
        if self._lock is None:
            self._lock = anyio.Lock()
        async with self._lock:
            if self._closed:
                raise ClientClosedError
            old = self._current
            if old is not None and old.identity == identity:
                return old
            transport = await self._open(identity)
            if self._closed:
                with anyio.CancelScope(shield=True):
                    await transport.aclose()
                raise ClientClosedError
            fresh = self._current = Lease(transport, identity)
            if old is not None:
                await self._retire(old)
            return fresh

    async def _retire(self, lease: Lease) -> None:
        lease.retired = True
        self._retired = [lease for lease in self._retired if lease.users]
        if lease.users:
            self._retired.append(lease)
        else:
            with anyio.CancelScope(shield=True):
                await lease.transport.aclose()

    async def aclose(self) -> None:
        """Close every transport, in use or not; later calls raise ClientClosedError."""
        self._closed = True
        leases = [lease for lease in self._retired if lease.users]
        leases += [self._current] if self._current is not None else []
        self._retired, self._current = [], None
        async with AsyncExitStack() as stack:  # each is closed, also when closing another fails
            for lease in leases:
                lease.retired = False
                stack.push_async_callback(lease.transport.aclose)
