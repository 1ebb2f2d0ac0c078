"""Turns of other tasks while a task reads data that has already arrived, which does not suspend it."""

import time

import anyio.lowlevel

_MAX_BUSY_SECONDS = 0.005


class Turns:
    """Measures how long a task has not been suspended."""

    def __init__(self) -> None:
        self._busy_since = 0.0

    @property
    def is_due(self) -> bool:
        """Whether other tasks must get a turn now."""
        return time.perf_counter() - self._busy_since > _MAX_BUSY_SECONDS

    async def give(self) -> None:
        """Let other tasks run."""
        try:
            await anyio.lowlevel.checkpoint()
        finally:  # a cancelled call counts, so that the next one returns a change
            self.given()

    def given(self) -> None:
        """Note that other tasks could run, because the task has waited."""
        self._busy_since = time.perf_counter()
