"""The clock of the client: it is faster than real time, and can be moved, so that the run does not wait."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio

from kubex_testing.embedded._clock import ServerClock, ServerLoop

RATE = 50.0
"""Seconds of the clocks of the client and of the server for each second of real time."""


class ClientClock:
    """The clock of an event loop of asyncio or trio."""

    def __init__(self, runtime: str) -> None:
        self._runtime = runtime
        self._asyncio = ServerClock()
        self._trio: Any = None

    def run(self, main: Callable[[], Awaitable[None]]) -> None:
        """Run a function on the async library."""
        if self._runtime == "asyncio":
            self._asyncio.set_rate(RATE)
            options: dict[str, Any] = {"loop_factory": lambda: ServerLoop(self._asyncio)}
        else:
            import trio.testing

            self._trio = trio.testing.MockClock(rate=RATE)
            options = {"clock": self._trio}
        anyio.run(main, backend=self._runtime, backend_options=options)

    def advance(self, seconds: float) -> None:
        """Move the clock forward. Call this in the event loop."""
        if self._trio is not None:
            self._trio.jump(seconds)
        else:
            self._asyncio.advance(seconds)
