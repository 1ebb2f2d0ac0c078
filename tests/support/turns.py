"""Simulated time between the turns of other tasks, while a task reads data that has already arrived."""

from types import SimpleNamespace

import anyio.lowlevel
import pytest

from kubex_runtime import _turns


class TurnClock:
    """Replaces the clock that decides when other tasks get a turn. Each reading of the clock takes 0.1 ms."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        self.longest = 0.0
        monkeypatch.setattr(_turns, "time", SimpleNamespace(perf_counter=self._perf_counter))

    def _perf_counter(self) -> float:
        self.seconds += 0.0001
        return self.seconds

    async def run(self) -> None:
        """Measure the longest time between two turns of this task, until it is cancelled."""
        while True:
            started = self.seconds
            await anyio.lowlevel.checkpoint()
            self.longest = max(self.longest, self.seconds - started)
