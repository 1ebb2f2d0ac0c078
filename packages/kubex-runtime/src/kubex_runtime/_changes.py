"""The changes of an informer for one consumer."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

import anyio
from typing_extensions import Self

from kubex.errors import AlreadyOpenError
from kubex.models import Resource
from kubex_runtime._machine.cache import Cache
from kubex_runtime._machine.changes import Added, Change, Deleted, Modified, Synced, decode_later
from kubex_runtime._machine.mailbox import Delivery, Mailbox
from kubex_runtime._run_state import RunState
from kubex_runtime._turns import Turns
from kubex_runtime.errors import InformerStateError

T = TypeVar("T", bound=Resource)


class Changes(Generic[T]):
    """The changes of an informer: `async with informer.changes() as changes`, then `async for change in changes`.

    `Informer.changes()` describes them. Each object belongs to the consumer, which may change it. If the iteration is
    cancelled, no change is lost: continue it. If `run()` of the informer ends, the iteration raises InformerStateError
    after the last change.
    """

    def __init__(self, cache: Cache[T], state: RunState, name: str) -> None:
        self._cache = cache
        self._state = state
        self._name = name
        self._mailbox: Mailbox | None = None
        self._turns = Turns()

    async def __aenter__(self) -> Self:
        if self._mailbox is not None:
            raise AlreadyOpenError("informer.changes()")
        self._mailbox = self._cache.subscribe()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            self._cache.unsubscribe(mailbox)
            mailbox.wake()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Change[T]:
        mailbox = self._open_mailbox()
        if self._turns.is_due:
            await self._turns.give()
        while (delivery := mailbox.pop()) is None:
            await self._state.wait_running()
            if not mailbox:
                await self._wait(mailbox)
            mailbox = self._open_mailbox()  # another task may have left the block
            self._turns.given()
        return _decoded(delivery, self._cache.decode)

    def _open_mailbox(self) -> Mailbox:
        if self._mailbox is None:
            raise InformerStateError(
                self._name, "read its changes inside of `async with informer.changes() as changes`"
            )
        return self._mailbox

    async def _wait(self, mailbox: Mailbox) -> None:
        if mailbox.on_change is not None:
            raise InformerStateError(self._name, "two tasks read the same changes: call changes() in each of them")
        event = anyio.Event()
        mailbox.on_change = event.set
        try:
            await event.wait()
        finally:
            mailbox.on_change = None


def _decoded(delivery: Delivery, decode: Callable[[bytes], T]) -> Change[T]:
    if delivery.key is None:
        return Synced()
    kind: type[Added[T] | Modified[T] | Deleted[T]] = _KINDS[delivery.type]
    return decode_later(kind, decode, delivery.json, old=delivery.old, final=delivery.final)


_KINDS: dict[str, type[Any]] = {"added": Added, "modified": Modified, "deleted": Deleted}
