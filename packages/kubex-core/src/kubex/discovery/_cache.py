"""Keep the kinds of a server, and read them again when one is missing."""

from __future__ import annotations

import copy

import anyio

from kubex.client import Client
from kubex.discovery._source import Source
from kubex.discovery._table import Table
from kubex.errors import KubexError

_MISS_INTERVAL = 1.0
"""The shortest time between two refreshes because of missing kinds, in seconds."""


class TableCache:
    """The kinds of a server. Only one task reads them at a time, and tasks that wait share its result.

    If the task that reads is cancelled, one of those that wait reads instead.
    """

    def __init__(self, client: Client) -> None:
        self._source = Source(client)
        self._lock = anyio.Lock()
        self._table: Table | None = None
        self._started = 0
        self._completed = 0
        self._failed = 0
        self._error: KubexError | None = None
        self._last_miss: float | None = None

    async def get(self) -> Table:
        """Return the kinds, and read them if this was not done yet."""
        return self._table if self._table is not None else await self._read(1)

    async def refresh(self) -> Table:
        """Read the kinds with a request that starts after this call."""
        return await self._read(self._started + 1)

    async def after_miss(self, table: Table) -> Table:
        """Return newer kinds than `table`, or `table` if the last miss was less than a second ago."""
        if table is not self._table and self._table is not None:
            return self._table
        if self._last_miss is not None and anyio.current_time() - self._last_miss < _MISS_INTERVAL:
            return table
        newer = await self._read(self._completed + 1)
        self._last_miss = anyio.current_time()
        return newer

    async def _read(self, number: int) -> Table:
        """Return the result of the read with this number, or of a later one."""
        failed = self._failed
        async with self._lock:
            if self._table is not None and self._completed >= number:
                return self._table
            if self._failed != failed and self._error is not None:  # the task for which this one waited failed
                raise copy.copy(self._error)  # an exception must not be raised in several tasks
            self._started += 1
            try:
                self._table = await self._source.load()
            except KubexError as error:
                self._failed, self._error = self._failed + 1, copy.copy(error)
                raise
            self._completed = self._started
            return self._table
