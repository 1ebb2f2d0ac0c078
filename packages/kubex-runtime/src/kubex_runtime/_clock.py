"""The time of the event loop."""

import anyio


class Clock:
    """The time in seconds, and waiting. Tests replace it, so that they do not wait."""

    def now(self) -> float:
        """Return the time of the event loop."""
        return anyio.current_time()

    async def sleep(self, seconds: float) -> None:
        """Wait. Other tasks can run even if `seconds` is 0 or less."""
        await anyio.sleep(max(seconds, 0))
