"""Data on its way from the task that receives it to a thread that writes it."""

from __future__ import annotations

import anyio

_LIMIT = 2**20
"""In bytes. Data is received while a thread writes, up to this limit and one message."""


class Batches:
    """Collects data until a thread can take it. One task puts data, and another one takes it."""

    __slots__ = ("_changed", "_is_closed", "_parts", "_size")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._is_closed = False
        self._changed: anyio.Event | None = None  # only while a task waits

    async def put(self, data: bytes) -> None:
        """Append data. Waits while the limit is reached."""
        while self._size >= _LIMIT:
            await self._wait()
        self._parts.append(data)
        self._size += len(data)
        self._notify()

    def close(self) -> None:
        """Mark the end of the data."""
        self._is_closed = True
        self._notify()

    async def take(self) -> list[bytes]:
        """Return all data, as soon as there is some; an empty list at the end."""
        while not self._parts and not self._is_closed:
            await self._wait()
        parts, self._parts, self._size = self._parts, [], 0
        self._notify()
        return parts

    async def _wait(self) -> None:
        self._changed = anyio.Event()
        await self._changed.wait()

    def _notify(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None
