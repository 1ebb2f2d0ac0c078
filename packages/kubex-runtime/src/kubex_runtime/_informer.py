"""`Informer`: the objects of a collection in memory."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from types import EllipsisType
from typing import TypeVar

import anyio
from anyio.abc import TaskStatus
from typing_extensions import Never

from kubex.api import ReadApi
from kubex.models import Resource
from kubex.selectors import FieldSelectorTypes, LabelSelectorTypes
from kubex_runtime._cache_reader import CacheReader, check_namespaces
from kubex_runtime._changes import Changes
from kubex_runtime._informer_part import InformerPart
from kubex_runtime._machine.backoff import Backoff, Failure
from kubex_runtime._machine.cache import Cache, CacheTable
from kubex_runtime._machine.field_paths import JsonTransform
from kubex_runtime._machine.object_transform import json_transform
from kubex_runtime._machine.reflector import Initial, Reflector
from kubex_runtime._reflect import Reflection
from kubex_runtime._run_state import RunState, run_all
from kubex_runtime._source import Source
from kubex_runtime._sync_timeout import sync_timeout

T = TypeVar("T", bound=Resource)


class Informer(CacheReader[T]):
    """Keeps the objects of a collection in memory, and up to date.

    `run()` reads the objects and follows their changes until it is cancelled. The reading methods never wait: they
    return the objects that have arrived. Each call returns new objects, which belong to the caller. So you can change
    them, and the cache does not grow when they are read.

    The cache contains the JSON of each object, without `managedFields` unless the metadata class of the kind has them.
    Selectors, namespaces, `Informer(api.metadata)` and a transform reduce the memory.

    Args:
        source: an `Api`, or `api.metadata` if the metadata of the objects is enough.
        namespaces: a list of namespaces, or None for all; by default that of `source`. With a list, each namespace has
            a separate watch, so that a Role in each of them is enough.
        label_selector: keep only the objects that match; the server selects them.
        field_selector: as `label_selector`.
        indexes: for each index, a function that returns the values of an object, for `by()`.
        transform: a function that receives each state of each object before it is stored, and returns the object to
            store, or None to leave it out; or `keep_fields()` or `drop_fields()`, which are faster. It must not change
            the name, namespace, UID or resource version.
        initial: how the existing objects are read. "stream" reads them from the watch, and uses lists if the server
            does not support this. "list" uses lists, by pages. "any" uses a list that the server can answer from its
            cache, and which can be older.
        page_size: the maximum number of objects of a page.
        optional: wait for a kind that the server does not have, instead of raising NotFound.
        backoff: the delays after failures.

    `indexes` and `transform` are called while the cache is updated, so they must be fast. If one of them raises an
    exception, it affects only the object: it is not in this index, or it is not stored, and is in `rejected`. The first
    exception is logged with its traceback, later ones as their number.

    Raises:
        ConfigurationError: an argument is not valid.

    Example:
        def node_of(pod: Pod) -> list[str | None]:
            return [pod.spec.node_name] if pod.spec else []

        async with anyio.create_task_group() as tasks:
            cached = Informer(Api(Pod, client, namespace=None), indexes={"node": node_of})
            await tasks.start(cached.run)
            print(len(cached), [pod.metadata.name for pod in cached.by("node", "n1")])
            tasks.cancel_scope.cancel()  # ends run()
    """

    def __init__(
        self,
        source: ReadApi[T],
        *,
        namespaces: Sequence[str] | EllipsisType | None = ...,
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        indexes: Mapping[str, Callable[[T], Iterable[Hashable]]] | None = None,
        transform: Callable[[T], T | None] | JsonTransform | None = None,
        initial: Initial = "stream",
        page_size: int = 500,
        optional: bool = False,
        backoff: Backoff | None = None,
    ) -> None:
        raw = source.raw
        cache = Cache(raw.decode, indexes=indexes or {}, transform=json_transform(raw.decode, transform))
        super().__init__(raw, cache, check_namespaces(raw, namespaces))
        self._name = f"Informer({raw.resource.__name__})"
        self._state = RunState(self._name)
        self._parts: list[InformerPart[T]] = []
        for namespace in self._namespaces:
            requests = Source(raw, namespace, label_selector, field_selector)
            table = CacheTable(cache)
            reflector = Reflector(table, initial=initial, page_size=page_size, optional=optional, backoff=backoff)
            self._parts.append(InformerPart(cache, table, Reflection(requests, reflector)))

    def __repr__(self) -> str:
        return f"<{self._name}: {len(self)} objects, {'' if self.synced else 'not '}synced>"

    @property
    def failure(self) -> Failure | None:
        """Why the informer cannot reach the server now; None if it can. It tries again."""
        return next((part.failure for part in self._parts if part.failure is not None), None)

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> Never:
        """Read the objects and follow their changes, until it is cancelled. Call it once.

        `await task_group.start(informer.run)` returns when all existing objects have arrived. Without a task group, use
        `asyncio.create_task(informer.run())` and `wait_synced()`. If `run()` ends, the reading methods return the last
        state, and the iterations of `changes()` raise InformerStateError.

        Raises:
            Forbidden, Unauthorized, NotFound: only before all objects have arrived; later, it tries again.
            InformerStateError: `run()` was called before.
        """
        self._state.begin()
        failure: BaseException | None = None
        try:
            await run_all([partial(part.run, partial(self._synced, task_status)) for part in self._parts])
            raise AssertionError("a reflection does not end")
        except BaseException as error:
            failure = error
            raise
        finally:
            self._state.end(failure)
            self._cache.wake_consumers()

    def _synced(self, task_status: TaskStatus[None]) -> None:
        task_status.started()
        self._state.notify()

    async def wait_synced(self, timeout: float | None = None) -> None:
        """Wait until all objects that existed at the start have arrived.

        Args:
            timeout: the time limit in seconds.

        Raises:
            InformerSyncTimeout: the time is over. The message contains the reason.
            InformerStateError: `run()` has failed, or has not been called for 5 seconds.
        """
        with anyio.move_on_after(timeout):
            while not self.synced:
                await self._state.wait_running()
                if not self.synced:
                    await self._state.wait()
            return
        received = len(self) if any(part.has_response for part in self._parts) else None
        raise sync_timeout(
            self._name, timeout or 0.0, self.failure, is_running=self._state.is_running, received=received
        )

    def changes(self) -> Changes[T]:
        """Return the changes for one consumer: `async with informer.changes() as changes`.

        The iteration yields `Added` for each present object, then `Synced` once all objects have arrived, then each
        change. It does not end. A slow consumer does not delay others: it receives the newest state of each object, and
        `Modified.old` is the state that it received before. `follow()` yields every state.

        The cache is updated before the change is reported.

        Example:
            async with informer.changes() as changes:
                async for change in changes:
                    match change:
                        case Added(pod) | Modified(pod):
                            print(pod.metadata.name, pod.status)
                        case Deleted(pod):
                            print(pod.metadata.name, "is deleted")
                        case Synced():
                            break
        """
        return Changes(self._cache, self._state, self._name)
