"""Logs that are merged from several containers, or from several runs of one container."""

from __future__ import annotations

from types import TracebackType
from typing import Generic, TypeVar

from typing_extensions import Self

from kubex.api._log_collector import Batch, LogCollector
from kubex.api._log_lines import LogLine
from kubex.core._error_handling import keep_error

L = TypeVar("L")


class CollectedLog(Generic[L]):
    """The lines of a collector."""

    def __init__(self, collector: LogCollector) -> None:
        self._collector = collector
        self._ready: list[L] = []  # in reverse order, since pop() is fast at the end

    async def __aenter__(self) -> Self:
        await self._collector.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ready = []
        with keep_error(error):
            await self._collector.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> L:
        if not self._ready:
            self._ready = (await self.next_batch())[::-1]
            if not self._ready:
                raise StopAsyncIteration
        return self._ready.pop()

    def batches(self) -> CollectedBatches[L]:
        """Iterate over lists of lines, each of one container. This is faster than one step for each line."""
        return CollectedBatches(self)

    async def next_batch(self) -> list[L]:
        """Return the lines that have arrived, at least one, and an empty list at the end."""
        if self._ready:
            ready, self._ready = self._ready[::-1], []
            return ready
        batch = await self._collector.next_batch()
        return [] if batch is None else self._convert(batch)

    def _convert(self, batch: Batch) -> list[L]:
        raise NotImplementedError


class CollectedBatches(Generic[L]):
    """Iterates over the lines of several logs in lists."""

    def __init__(self, log: CollectedLog[L]) -> None:
        self._log = log

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[L]:
        batch = await self._log.next_batch()
        if not batch:
            raise StopAsyncIteration
        return batch


class MergedLogStream(CollectedLog[LogLine]):
    """The logs of several containers, merged as their lines arrive: `async with ... as log`, `async for line in log`.

    The lines of each container are in order. If the error of one container is not raised, it does not end the others.
    """

    def _convert(self, batch: Batch) -> list[LogLine]:
        source, lines = batch
        return [LogLine(source, text) for text in lines]


class ContinuousLogStream(CollectedLog[str]):
    """The log of one container across its restarts: `async with ... as log`, `async for line in log`."""

    def _convert(self, batch: Batch) -> list[str]:
        return batch[1]
