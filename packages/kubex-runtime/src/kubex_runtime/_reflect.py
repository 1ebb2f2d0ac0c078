"""Run a reflector: send its requests, pass the responses to it, and wait between attempts."""

import time
from collections import deque
from types import TracebackType
from typing import Generic, TypeVar

import anyio
import anyio.lowlevel
from typing_extensions import Self

from kubex.api import RawEvent, RawObject, RawWatch
from kubex.errors import DecodeError, KubexError, UnknownWatchEventError
from kubex.models import Resource
from kubex_runtime._clock import Clock
from kubex_runtime._machine.entries import RawChange
from kubex_runtime._machine.reflector import Reflector
from kubex_runtime._machine.steps import ListStep, WatchStep
from kubex_runtime._reflector_log import ReflectorLog
from kubex_runtime._source import Source

T = TypeVar("T", bound=Resource)

# Reading data that has already arrived does not suspend the task. After this time, other tasks get a turn.
_MAX_BUSY_SECONDS = 0.005


class Reflection(Generic[T]):
    """The changes of a collection: `async with Reflection(...) as changes`, then `async for change in changes`.

    All work is done in `__anext__()`. If it is cancelled, no change is lost: the next call continues.
    """

    def __init__(self, source: Source[T], reflector: Reflector, clock: Clock | None = None) -> None:
        self.reflector = reflector
        self._source = source
        self._clock = clock or Clock()
        self._changes: deque[RawChange] = deque()
        self._items: list[RawObject] | None = None
        self._watch: RawWatch | None = None
        self._last_response: float | None = None
        self._busy_since = 0.0
        self.log = ReflectorLog(source.raw.resource.__name__, reflector)

    @property
    def quiet_for(self) -> float | None:
        """The time in seconds since the last response, event or bookmark; None before the first one."""
        return None if self._last_response is None else self._clock.now() - self._last_response

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._close_watch()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> RawChange:
        while True:
            if time.perf_counter() - self._busy_since > _MAX_BUSY_SECONDS:
                try:
                    await anyio.lowlevel.checkpoint()
                finally:  # a cancelled call counts, so that the next one returns a change
                    self._busy_since = time.perf_counter()
            if self._changes:
                return self._changes.popleft()
            if self._items is not None:
                self._apply_item(self._items)
            elif self._watch is not None:
                await self._receive(self._watch)
            else:
                await self._request()

    async def _request(self) -> None:
        await self._clock.sleep(self.reflector.attempts.next_at - self._clock.now())
        step = self.reflector.next_step()
        try:
            await (self._list(step) if isinstance(step, ListStep) else self._open_watch(step))
        except KubexError as error:
            self._failed(error)

    async def _list(self, step: ListStep) -> None:
        page = await self._source.list(step)
        if self.reflector.page(page.resource_version, page.continue_token, self._responded()):
            self._items = page.items[::-1]
            if page.errors:
                self.reflector.malformed_items()
                self.log.skipped(page.errors[0])

    def _apply_item(self, items: list[RawObject]) -> None:
        if items:
            self._changes += self.reflector.item(items.pop())
        else:
            self._items = None
            self._changes += self.reflector.end_page(self._clock.now())

    async def _open_watch(self, step: WatchStep) -> None:
        watch = self._source.watch(step)
        await watch.__aenter__()
        self._watch = watch
        self.reflector.opened(self._responded())

    async def _receive(self, watch: RawWatch) -> None:
        is_open = True
        has_arrived = watch.buffered
        try:
            event = await (watch.__anext__() if has_arrived else self._next_event(watch))
            if event is not None:
                now = self._last_response if has_arrived and self._last_response else self._responded()
                self._changes += self.reflector.event(event.type, event.object, now)
                is_open = self.reflector.continues
            else:
                is_open = False
                self.log.silent()
                self.reflector.silent()
        except StopAsyncIteration:
            is_open = False
            self.reflector.ended(self._clock.now())
            self.log.failure()
        except anyio.get_cancelled_exc_class():
            # The response cannot be read after a cancelled read.
            is_open = False
            self.reflector.interrupted(self._clock.now())
            raise
        except KubexError as error:
            is_open = self._can_skip(error)
            if not is_open:
                self._failed(error, from_event=True)
        finally:
            if not is_open:
                await self._close_watch()

    async def _next_event(self, watch: RawWatch) -> RawEvent | None:
        """Return the next event; None if the server does not continue with the initial events."""
        if not self.reflector.reads_initial_events:
            return await watch.__anext__()
        with anyio.move_on_after(self.reflector.timing.silent_after):
            return await watch.__anext__()
        return None

    async def _close_watch(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            await watch.__aexit__(None, None, None)

    def _responded(self) -> float:
        self._last_response = self._clock.now()
        return self._last_response

    def _can_skip(self, error: KubexError) -> bool:
        """Return whether the watch can continue after an event that could not be decoded."""
        can_skip = isinstance(error, UnknownWatchEventError) or (
            isinstance(error, DecodeError) and not error.not_from_server and self.reflector.malformed_event()
        )
        if can_skip:
            self.log.skipped(error)
        return can_skip

    def _failed(self, error: KubexError, *, from_event: bool = False) -> None:
        self._changes += self.reflector.failed(error, self._clock.now(), from_event=from_event)
        self.log.failure()
