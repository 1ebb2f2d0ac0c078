"""One run on one pair of HTTP backend and async library."""

import time
from functools import partial
from random import Random
from typing import Any, Literal

import anyio
import anyio.to_thread

from benchmarks.soak.clocks import RATE, ClientClock
from benchmarks.soak.faults import FaultInjector
from benchmarks.soak.memory import Memory
from benchmarks.soak.recorder import Recorder, State
from benchmarks.soak.report import Report
from benchmarks.soak.writers import KINDS, LIVE_OBJECTS, NAMESPACE, Writer
from benchmarks.streams.leaks import Resources, leaked_since, settled_resources
from benchmarks.subjects.kubex_subject import find_backend
from benchmarks.worker import peak_rss
from kubex import Api, Client, ClientOptions
from kubex.models import Resource
from kubex_k8s.v1_37.core.v1 import ConfigMap, Secret, ServiceAccount
from kubex_runtime import Follower, Informer, Synced, follow
from kubex_testing.embedded import EmbeddedServer, Settings

MODELS: dict[str, type[Resource]] = {"configmaps": ConfigMap, "secrets": Secret, "serviceaccounts": ServiceAccount}
FAULT_INTERVAL = 100
"""The number of changes between two faults."""
RESTORES = 3
"""How often the server is restored from a backup in a run."""
CONVERGE_SECONDS = 60.0
"""The maximum real time until all followers have the state of the server."""
_WATCH_SECONDS = 300


class Soak:
    """The server, the writer and the followers of a run."""

    def __init__(self, pair: str, events: int, seed: int, live_objects: int = LIVE_OBJECTS) -> None:
        self._library, runtime = pair.split("/")
        self._events = events
        self._random = Random(seed)
        self._clock = ClientClock(runtime)
        self._server = EmbeddedServer(tls=False, controllers=(), settings=Settings(write_log_limit=1))
        self._writer = Writer(self._server, self._random, live_objects)
        self._faults = FaultInjector(self._server, self._random)
        self._recorders: list[Recorder] = []
        self._followers: list[Follower[Any]] = []
        self._informer: Informer[ServiceAccount] | None = None
        self.report = Report(pair, seed)

    def run(self) -> Report:
        """Run everything, and return the report."""
        started, cpu = time.perf_counter(), time.process_time()
        with self._server:
            self._server.set_clock_rate(RATE)
            self._writer.create_all()
            self._clock.run(self._main)
            for name in ("open_connections", "open_watches"):
                if count := getattr(self._server, name):
                    self.report.leaked.append(f"{count} {name} at the server")
        self.report.leaked += [f"{error!r} in the server" for error in self._server.failures]
        self.report.events, self.report.faults = self._writer.events, dict(self._faults.counts)
        self.report.changes = sum(recorder.changes for recorder in self._recorders)
        self.report.wrong = [error for recorder in self._recorders for error in recorder.errors]
        self.report.seconds, self.report.cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
        self.report.peak_rss = peak_rss()
        return self.report

    async def _main(self) -> None:
        before = await settled_resources()
        options = ClientOptions(timeout=600)
        configuration = self._server.handle.configuration(namespace=NAMESPACE)
        async with (
            Client(configuration, backend=find_backend(self._library), options=options) as client,
            anyio.create_task_group() as group,
        ):
            await self._write_and_check(client, group)
            group.cancel_scope.cancel()
        leaked = await leaked_since(before)
        if leaked != Resources(0, 0, 0):
            self.report.leaked.append(str(leaked))

    async def _write_and_check(self, client: Client, group: Any) -> None:
        for kind in KINDS:
            for initial in ("stream", "list"):
                self._start(client, group, kind, initial)
        self._start(client, group, "secrets", "any", delay=0.001)
        informer = self._informer = Informer(Api(ServiceAccount, client), page_size=100)
        group.start_soon(informer.run)
        for name, delay in (("informer", 0.0), ("slow informer", 0.01)):
            recorder = self._new_recorder("serviceaccounts", name)
            group.start_soon(self._consume, informer, recorder, delay)
        segment = max(self._events // (RESTORES + 1), 1)
        for number in range(RESTORES + 1):
            await self._write(min(segment * (number + 1), self._events))
            if number == 0:
                self._start(client, group, "configmaps", "stream", name="late")
            await self._call(self._faults.stop)
            await self._converge()
            await self._measure_memory()
            if number < RESTORES:
                await self._restore()

    def _start(
        self,
        client: Client,
        group: Any,
        kind: str,
        initial: Literal["stream", "list", "any"],
        *,
        delay: float = 0.0,
        name: str = "",
    ) -> None:
        recorder = self._new_recorder(kind, name or initial)
        group.start_soon(partial(self._follow, Api(MODELS[kind], client), recorder, initial, delay))

    async def _follow(
        self, api: Api[Any], recorder: Recorder, initial: Literal["stream", "list", "any"], delay: float
    ) -> None:
        async with follow(api, initial=initial, page_size=100) as changes:
            self._followers.append(changes)
            async for change in changes:
                recorder.record(change)
                if delay:
                    await anyio.sleep(delay)

    async def _consume(self, informer: Informer[Any], recorder: Recorder, delay: float) -> None:
        async with informer.changes() as changes:
            async for change in changes:
                recorder.record(change)
                if not isinstance(change, Synced):
                    item = change.object
                    recorder.check_cache(item, informer.get(item.metadata.name, NAMESPACE))
                if delay:
                    await anyio.sleep(delay)

    def _new_recorder(self, kind: str, name: str) -> Recorder:
        recorder = Recorder(f"{kind}/{name}", kind)
        self._recorders.append(recorder)
        return recorder

    async def _write(self, until: int) -> None:
        """Write until there are this many events, with faults."""
        next_fault = self._writer.events
        while self._writer.events < until:
            await self._call(self._writer.write_batch)
            if self._writer.events >= next_fault:
                await self._call(self._faults.inject)
                next_fault = self._writer.events + FAULT_INTERVAL

    async def _measure_memory(self) -> None:
        """Measure the memory without what the server and the recorders remember of earlier changes."""
        await self._call(self._server.compact)
        self._server.clear_requests()
        for recorder in self._recorders:
            recorder.forget_deleted()
        self.report.memory.append(await self._call(Memory.settled))

    async def _restore(self) -> None:
        """Restore a state before the latest changes, and wait until the followers have noticed it."""
        backup = self._server.revision
        for _ in range(4):
            await self._call(self._writer.write_batch)
        await self._converge()
        for recorder in self._recorders:
            recorder.forget_history()
        revision = self._random.randint(backup, self._server.revision - 1)
        await self._call(partial(self._server.rewind, revision))
        await self._call(self._writer.synchronize)
        await self._converge()
        for recorder in self._recorders:
            recorder.history_went_back = False

    async def _converge(self) -> None:
        """Wait until each follower has the state of the server. Time passes for the client and for the server."""
        end = time.monotonic() + CONVERGE_SECONDS
        lost = await self._differences()
        while (lost or self._is_ahead()) and time.monotonic() < end:
            # An idle watch shows only at its end that the history went back, or that an event was not readable.
            await self._call(partial(self._server.advance_clock, _WATCH_SECONDS))
            self._clock.advance(_WATCH_SECONDS)
            await anyio.sleep(RATE / 10)
            lost = await self._differences()
        self.report.lost += lost

    def _is_ahead(self) -> bool:
        """Return whether a follower has not noticed that the history of the server went back.

        Until then it cannot receive changes whose revisions it has seen before.
        """
        versions = [int(follower.resource_version or 0) for follower in self._followers]
        if self._informer is not None:
            versions += [int(part.reflector.resource_version or 0) for part in self._informer._parts]
        return max(versions, default=0) > self._server.revision

    async def _differences(self) -> list[str]:
        expected = await self._call(lambda: {kind: self._expected(kind) for kind in KINDS})
        states = [(recorder.name, recorder.kind, recorder.states) for recorder in self._recorders]
        if self._informer is not None:
            cached = {item.metadata.name or "": State.of(item) for item in self._informer.objects()}
            states.append(("the cache of the informer", "serviceaccounts", cached))
        return [
            f"{owner}: {name} is {found.get(name)} instead of {expected[kind].get(name)}"
            for owner, kind, found in states
            for name in expected[kind].keys() | found.keys()
            if found.get(name) != expected[kind].get(name)
        ]

    def _expected(self, kind: str) -> dict[str, State]:
        items = self._server.state(kind, namespace=NAMESPACE)
        return {item["metadata"]["name"]: State.of_json(item) for item in items}

    async def _call(self, function: Any) -> Any:
        return await anyio.to_thread.run_sync(function)
