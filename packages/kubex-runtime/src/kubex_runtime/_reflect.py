"""Run a reflector: send its requests, pass the responses to it, and wait between attempts."""

from types import TracebackType
from typing import Generic, TypeVar

import anyio
from typing_extensions import Self

from kubex.errors import KubexError
from kubex.models import Resource
from kubex_runtime._clock import Clock
from kubex_runtime._machine.entries import RawChange
from kubex_runtime._machine.reflector import Reflector
from kubex_runtime._machine.steps import ListStep, WatchStep
from kubex_runtime._open_watch import OpenWatch
from kubex_runtime._responses import Responses
from kubex_runtime._source import Source
from kubex_runtime._turns import Turns

T = TypeVar("T", bound=Resource)


class Reflection(Generic[T]):
    """The changes of a collection: `async with Reflection(...) as changes`, then `async for change in changes`.

    All work is done in `__anext__()`. If it is cancelled, no change is lost: the next call continues.
    """

    def __init__(self, source: Source[T], reflector: Reflector, clock: Clock | None = None) -> None:
        self.reflector = reflector
        self._source = source
        self._clock = clock or Clock()
        self.responses = Responses(source.raw.resource.__name__, reflector)
        self._watch: OpenWatch | None = None
        self._turns = Turns()

    @property
    def quiet_for(self) -> float | None:
        """The time in seconds since the last response, event or bookmark; None before the first one."""
        return None if self.responses.last_at is None else self._clock.now() - self.responses.last_at

    async def __aenter__(self) -> Self:
        self.responses.is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.responses.is_open = False
        watch, self._watch = self._watch, None
        if watch is not None and watch.is_open:
            await watch.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> RawChange:
        responses = self.responses
        while True:
            responses.check_open()
            if self._turns.is_due:
                await self._turns.give()
            if responses.changes:
                return responses.changes.popleft()
            if responses.items:
                responses.apply_item(responses.items.pop())
            elif responses.items is not None:
                responses.end_page(self._clock.now())
            elif self._watch is not None and self._watch.is_open:
                await self._watch.receive()
            else:
                await self._request()

    async def _request(self) -> None:
        await self._clock.sleep(self.reflector.attempts.next_at - self._clock.now())
        self.responses.check_open()
        step = self.reflector.next_step()
        try:
            await (self._list(step) if isinstance(step, ListStep) else self._open_watch(step))
        except anyio.get_cancelled_exc_class():
            self.reflector.request_cancelled()
            raise
        except KubexError as error:
            self.responses.failed(error, self._clock.now())

    async def _list(self, step: ListStep) -> None:
        self.responses.page(await self._source.list(step), self._clock.now())

    async def _open_watch(self, step: WatchStep) -> None:
        watch = self._source.watch(step)
        await watch.__aenter__()
        self._watch = OpenWatch(watch, self.responses, self._clock)
        self.responses.opened(self._clock.now())
        if not self.responses.is_open:
            await self.__aexit__(None, None, None)
