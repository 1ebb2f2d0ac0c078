"""The transports of a client: opened on first use, replaced when their TLS changes, drained when replaced."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

import anyio

from kubex.client._trust import TLSMaterial
from kubex.core.exceptions import ClientClosedError
from kubex.transport import Transport

OpenTransport: TypeAlias = Callable[[TLSMaterial], Awaitable[Transport]]


class Lease:
    """One transport and how many calls are using it."""

    __slots__ = ("material", "retired", "transport", "users")

    def __init__(self, transport: Transport, material: TLSMaterial) -> None:
        self.transport = transport
        self.material = material
        self.users = 0
        self.retired = False

    async def release(self) -> None:
        """End one use; the last use of a replaced transport closes it."""
        self.users -= 1
        if self.retired and self.users == 0:
            with anyio.CancelScope(shield=True):
                await self.transport.aclose()


class Leases:
    """Hands out the transport that is made of the wanted material.

    Calls and streams that are under way keep the one that they began on until they end.
    """

    __slots__ = ("_closed", "_current", "_lock", "_open", "_retired")

    def __init__(self, open_transport: OpenTransport) -> None:
        self._open = open_transport
        self._current: Lease | None = None
        self._retired: list[Lease] = []
        self._lock: anyio.Lock | None = None
        self._closed = False

    async def acquire(self, material: TLSMaterial) -> Lease:
        """Return the lease for the material, one use counted; `release` ends it."""
        lease = self._current
        if lease is None or (lease.material is not material and lease.material != material) or self._closed:
            lease = await self._renew(material)
        lease.users += 1
        return lease

    async def _renew(self, material: TLSMaterial) -> Lease:
        if self._lock is None:
            self._lock = anyio.Lock()
        async with self._lock:
            if self._closed:
                raise ClientClosedError
            old = self._current
            if old is not None and old.material == material:
                return old
            transport = await self._open(material)
            if self._closed:
                with anyio.CancelScope(shield=True):
                    await transport.aclose()
                raise ClientClosedError
            fresh = self._current = Lease(transport, material)
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
