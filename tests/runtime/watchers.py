"""Followers and an informer on every pair at the same time, for tests with an expensive failure."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from typing import Any, Generic, TypeVar, get_args

import anyio
from anyio.abc import TaskStatus
from anyio.from_thread import BlockingPortal, start_blocking_portal

from kubex.api import Api
from kubex.client import create_client
from kubex.configuration import ClientConfiguration
from kubex.models import Resource
from kubex_runtime import Failure, Follower, Informer, follow
from kubex_runtime._machine.reflector import Initial
from runtime.following import FAST, text
from runtime.object_view import ObjectView, State, state_of
from support.backend_pairs import BACKENDS, PAIRS, RUNTIMES, BackendPair

T = TypeVar("T", bound=Resource)

TIMEOUT = 60.0
"""The longest time in seconds until all followers and informers have noticed a failure and its end."""

INITIALS: tuple[Initial, ...] = get_args(Initial)


class PairWatcher(Generic[T]):
    """A follower for each way to read the existing objects, and an informer, on one pair."""

    def __init__(self, pair: BackendPair, model: type[T], *, optional: bool) -> None:
        self.pair = pair
        self.portal: BlockingPortal
        self._model = model
        self._optional = optional
        self.followers: list[Follower[T]] = []
        self.informer: Informer[T]
        self.views: list[ObjectView] = []
        self.received: dict[str, list[str]] = {}

    async def run(self, configuration: ClientConfiguration, *, task_status: TaskStatus[None]) -> None:
        """Watch the objects until the task is cancelled."""
        async with (
            create_client(configuration, client_class=BACKENDS[self.pair.backend]) as client,
            anyio.create_task_group() as tasks,
        ):
            api = Api(self._model, client)
            for initial in INITIALS:
                tasks.start_soon(self._follow, api, initial)
            self.informer = Informer(api, optional=self._optional, backoff=FAST)
            tasks.start_soon(self.informer.run)
            tasks.start_soon(self._consume)
            task_status.started()

    async def _follow(self, api: Api[T], initial: Initial) -> None:
        view = self._new_view(f"follower {initial}")
        received = self.received[view.name] = []
        async with follow(api, initial=initial, optional=self._optional, backoff=FAST) as changes:
            self.followers.append(changes)
            async for change in changes:
                received.append(text(change))
                view.apply(change)

    async def _consume(self) -> None:
        view = self._new_view("informer")
        async with self.informer.changes() as changes:
            async for change in changes:
                view.apply(change)

    def _new_view(self, name: str) -> ObjectView:
        view = ObjectView(f"{self.pair} {name}")
        self.views.append(view)
        return view

    def states(self) -> dict[str, Mapping[str, State]]:
        """Return the objects that each part has, after `Synced`. Call this in the event loop of the pair."""
        states = {view.name: view.states for view in self.views if view.synced}
        cached = {str(item.metadata.name): state_of(item) for item in self.informer.objects()}
        return {**states, f"{self.pair} cache": cached}

    def failures(self) -> list[Failure | None]:
        """Return why each part cannot reach the server."""
        return [self.informer.failure, *(follower.failure for follower in self.followers)]


class Watchers(Generic[T]):
    """The watchers of all pairs."""

    def __init__(self, model: type[T], *, optional: bool) -> None:
        self._pairs = [PairWatcher(pair, model, optional=optional) for pair in PAIRS]
        self._runs: list[Future[Any]] = []

    @contextmanager
    def running(self, configuration: ClientConfiguration) -> Iterator[None]:
        """Run the watchers in a thread for each async library."""
        with ExitStack() as stack:
            portals = {runtime: stack.enter_context(start_blocking_portal(runtime)) for runtime in RUNTIMES}
            stack.callback(self._stop)
            for watcher in self._pairs:
                watcher.portal = portals[watcher.pair.runtime]
                run, _ = watcher.portal.start_task(watcher.run, configuration)
                self._runs.append(run)
            yield

    async def converge(self, expected: Mapping[str, State]) -> None:
        """Wait until each view contains exactly these objects. No state may have been repeated or old."""
        with anyio.move_on_after(TIMEOUT):
            while self._differences(expected):  # noqa: ASYNC110 - there is no event
                await anyio.sleep(0.02)  # real time: the watchers are in other threads
        assert self._differences(expected) == []
        assert [error for watcher in self._pairs for view in watcher.views for error in view.errors] == []

    async def fail_with(self, error: type[Exception]) -> None:
        """Wait until each part has failed with this error."""
        with anyio.fail_after(TIMEOUT):
            while not all(isinstance(failure and failure.error, error) for failure in self._failures()):  # noqa: ASYNC110
                await anyio.sleep(0.02)  # real time: the watchers are in other threads

    def take_changes(self) -> dict[str, list[str]]:
        """Return the changes that each follower has received since the last call, in the order of the names."""
        taken: dict[str, list[str]] = {}
        for watcher in self._pairs:
            for name, changes in watcher.received.items():
                taken[name] = sorted(changes, key=lambda change: change.split()[::-1])
                changes.clear()
        return taken

    def forget_history(self) -> None:
        """Allow older states, because the storage of the server is going to be restored."""
        for watcher in self._pairs:
            for view in watcher.views:
                view.forget_history()

    def _differences(self, expected: Mapping[str, State]) -> list[str]:
        for run in self._runs:
            assert not run.done(), run.exception()
        found: dict[str, Mapping[str, State]] = {}
        for watcher in self._pairs:
            found |= watcher.portal.call(watcher.states)
        missing = len(PAIRS) * (len(INITIALS) + 2) - len(found)
        different = [f"{name}: {states} instead of {expected}" for name, states in found.items() if states != expected]
        return different + ([f"{missing} are not synced"] if missing else [])

    def _failures(self) -> list[Failure | None]:
        return [failure for watcher in self._pairs for failure in watcher.portal.call(watcher.failures)]

    def _stop(self) -> None:
        for run in self._runs:
            run.cancel()
