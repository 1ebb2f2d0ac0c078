"""The clock of the server's event loop. Tests can move it and change its rate."""

import asyncio
import selectors
import time
from collections.abc import Sequence
from typing import Any


class ServerClock:
    """A monotonic clock in seconds. Change it only in the thread of the event loop, so that timers see the change."""

    def __init__(self) -> None:
        self.rate = 1.0
        self._real = time.monotonic()
        self._offset = self._real

    def time(self) -> float:
        """Return the time of the server."""
        return self._offset + (time.monotonic() - self._real) * self.rate

    def set_rate(self, rate: float) -> None:
        """Let the time pass `rate` times as fast as real time."""
        self._offset, self._real = self.time(), time.monotonic()
        self.rate = rate

    def advance(self, seconds: float) -> None:
        """Move the time forward."""
        self._offset += seconds


class ServerLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers use a `ServerClock`."""

    def __init__(self, clock: ServerClock) -> None:
        self._server_clock = clock
        super().__init__(_Selector(clock))

    def time(self) -> float:
        return self._server_clock.time()


class _Selector(selectors.DefaultSelector):
    """A selector whose timeout is in seconds of a `ServerClock`."""

    def __init__(self, clock: ServerClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> Any:
        ready: Sequence[Any] = super().select(timeout / self._clock.rate if timeout else timeout)
        return ready
