"""Read one watch of a reflector."""

import anyio

from kubex.api import RawEvent, RawWatch
from kubex.errors import KubexError
from kubex_runtime._clock import Clock
from kubex_runtime._responses import Responses


class OpenWatch:
    """An open watch. Its events are passed to the reflector."""

    def __init__(self, watch: RawWatch, responses: Responses, clock: Clock) -> None:
        self.is_open = True
        self._watch = watch
        self._responses = responses
        self._reflector = responses.reflector
        self._clock = clock

    async def receive(self) -> None:
        """Read the next event. If the watch must not be read further, close it."""
        try:
            self.is_open = await self._receive()
        except StopAsyncIteration:
            self.is_open = False
            self._responses.ended(self._clock.now())
        except anyio.get_cancelled_exc_class():
            # The response cannot be read after a cancelled read.
            self.is_open = False
            self._reflector.interrupted(self._clock.now())
            raise
        except KubexError as error:
            self.is_open = False
            self.is_open = self._responses.event_failed(error, self._clock.now())
        finally:
            if not self.is_open:
                await self.close()

    async def close(self) -> None:
        """Close the connection."""
        await self._watch.__aexit__(None, None, None)

    async def _receive(self) -> bool:
        if self._watch.buffered and self._responses.last_at is not None:
            # The event has arrived with the one before.
            return self._responses.event(await self._watch.__anext__(), self._responses.last_at)
        event = await self._next_event()
        if event is not None:
            return self._responses.event(event, self._clock.now())
        self._responses.silent()
        return False

    async def _next_event(self) -> RawEvent | None:
        """Return the next event; None if the server does not continue with the initial events."""
        if not self._reflector.reads_initial_events:
            return await self._watch.__anext__()
        with anyio.move_on_after(self._reflector.timing.silent_after):
            return await self._watch.__anext__()
        return None
