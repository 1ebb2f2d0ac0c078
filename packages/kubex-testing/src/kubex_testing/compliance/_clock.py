"""A clock of the event loop that tests can move, so that they do not wait for timers."""

import asyncio
import math
import selectors
from collections.abc import Sequence
from typing import Any

import anyio


class Clock:
    """Moves the time of asyncio or trio.

    Time passes normally, and `jump()` adds to it. An automatic clock does not move until all tasks wait, and then jumps
    to the next timer. Use it only in tests without sockets and threads, whose events would arrive too late.
    """

    def __init__(self, *, automatic: bool = False) -> None:
        self.automatic = automatic
        self._trio: Any = None
        self.skipped = 0.0
        self.time_limit: anyio.CancelScope | None = None
        """The time limit of the test, which does not include the time that `jump()` adds."""

    def jump(self, seconds: float) -> None:
        """Move the clock forward. Timers that expire run when the event loop continues."""
        if self.time_limit is not None:
            self.time_limit.deadline += seconds
        self.skipped += seconds
        if self._trio is not None:
            self._trio.jump(seconds)

    async def jump_when_idle(self, seconds: float) -> None:
        """Wait until all other tasks are blocked, so that their timers have started, and jump."""
        await anyio.wait_all_tasks_blocked()
        self.jump(seconds)

    def backend(self, runtime: str) -> tuple[str, dict[str, Any]]:
        """Return the value of the fixture `anyio_backend` that makes an async test use this clock."""
        if runtime == "trio":
            import trio.testing  # a backend for asyncio does not need trio

            threshold = 0 if self.automatic else math.inf
            self._trio = trio.testing.MockClock(rate=0 if self.automatic else 1, autojump_threshold=threshold)
            return runtime, {"clock": self._trio}
        return runtime, {"loop_factory": lambda: _Loop(self, _Selector(self) if self.automatic else None)}


class _Selector(selectors.DefaultSelector):
    """A selector that returns immediately and adds the timeout to the clock instead of waiting."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> Any:
        ready: Sequence[Any] = super().select(0 if timeout else timeout)
        if timeout and not ready:
            self._clock.skipped += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock, selector: selectors.BaseSelector | None) -> None:
        self._kubex_clock = clock
        super().__init__(selector)

    def time(self) -> float:
        passed = 0.0 if self._kubex_clock.automatic else super().time()
        return passed + self._kubex_clock.skipped
