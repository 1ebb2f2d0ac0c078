"""Data on its way from the task that receives it to a thread that writes it."""

from __future__ import annotations

import anyio

SIZE = 2**20
"""The maximum size of a batch, in bytes. While a thread writes one batch, another one is received."""

# In seconds: the maximum wait for a full batch. A switch to a thread takes as long as writing several messages.
_DELAY = 0.1


class Batches:
    """Collects data until a thread can take it. One task puts data, and another one takes it.

    The data is copied into two buffers, because memory for messages that are kept is slower than memory that is reused.
    """

    __slots__ = ("_changed", "_filling", "_is_closed", "_size", "_taken")

    def __init__(self) -> None:
        self._filling = memoryview(bytearray(SIZE))
        self._taken = memoryview(bytearray(SIZE))
        self._size = 0
        self._is_closed = False
        self._changed: anyio.Event | None = None  # only while a task waits

    async def put(self, data: memoryview) -> None:
        """Append data. Waits while the batch is full."""
        while data:
            while self._size == SIZE:
                await self._wait()
            start = self._size
            part, data = data[: SIZE - start], data[SIZE - start :]
            self._size += len(part)
            self._filling[start : self._size] = part
            if start == 0 or self._size == SIZE:
                self._notify()

    def close(self) -> None:
        """Mark the end of the data."""
        self._is_closed = True
        self._notify()

    async def take(self) -> memoryview:
        """Return the next data: a full batch, or what has arrived after a short time. It is empty at the end.

        The data is valid until the next call.
        """
        while not self._size and not self._is_closed:
            await self._wait()
        with anyio.move_on_after(_DELAY):
            while self._size < SIZE and not self._is_closed:
                await self._wait()
        batch = self._filling[: self._size]
        self._filling, self._taken, self._size = self._taken, self._filling, 0
        self._notify()
        return batch

    async def _wait(self) -> None:
        self._changed = anyio.Event()
        await self._changed.wait()

    def _notify(self) -> None:
        if self._changed is not None:
            self._changed.set()
            self._changed = None
