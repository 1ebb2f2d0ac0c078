"""Read the logs of several containers at the same time, in a background task."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Literal

import anyio
from anyio.abc import TaskGroup
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from kubex.api._endpoint import Endpoint
from kubex.api._log_containers import ContainerState, container_states, has_ended
from kubex.api._log_lines import LogErrorCallback, LogSource
from kubex.api._log_pods import LogPods, pod_key, require_container
from kubex.api._log_reader import ContainerRun, LogReader
from kubex.api._log_stream import LogStream, open_log
from kubex.api._options import LogOptions
from kubex.core.params import Timeout
from kubex.errors import AlreadyOpenError, ConfigurationError, DeadlineExceeded, StreamNotOpenError
from kubex.models.markers import HasLogs
from kubex.streaming._background import BackgroundTask
from kubex.streaming._error_reports import report_error

logger = logging.getLogger("kubex.api")

Follow = bool | Literal["restarts"]
Batch = tuple[LogSource, list[str]]
_Key = tuple[str, str]
"""The UID of a pod and the name of a container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSelection:
    """The logs that are read, and how.

    `options` apply to the containers that have started when the block is entered. The logs of later ones are read from
    their beginning. `container` selects one container of each pod. Without it and without `all_containers`, the pod
    must have only one container. With `on_error=None`, errors of a container are logged.
    """

    pods: LogPods
    options: LogOptions
    follow: Follow
    timeout: Timeout | EllipsisType | None
    container: str | None = None
    all_containers: bool = True
    max_log_requests: int | None = None
    on_error: LogErrorCallback | None = None
    block: str = "api.logs.stream(name, all_containers=True) as log"


class _Pod:
    """A pod, and its containers that are or were read."""

    def __init__(self, pod: Any, *, is_initial: bool) -> None:
        self.namespace: str = pod.metadata.namespace or ""
        self.name: str = pod.metadata.name or ""
        self.runs: dict[str, ContainerRun] = {}
        self.update(pod)
        self.initial = {state.name for state in self.states.values() if is_initial and state.has_log}

    def update(self, pod: Any) -> None:
        self.states = container_states(pod)
        self.has_ended = has_ended(pod)
        for name, run in self.runs.items():
            if name in self.states:
                run.update(self.states[name])


class LogCollector:
    """Reads logs between `open()` and `close()`.

    Each log has a task, which waits until its lines were taken. So at most one batch of each log is in memory, in
    addition to the buffers of its connection.
    """

    def __init__(self, endpoint: Endpoint[HasLogs], selection: LogSelection) -> None:
        self._endpoint = endpoint
        self._selection = selection
        self._pods_api = selection.pods
        self._log_timeout, self._total = _without_total(selection.timeout)
        self._background: BackgroundTask | None = None
        self._reset()

    def _reset(self) -> None:
        self._pods: dict[str, _Pod] = {}
        self._waiting: deque[_Key] = deque()
        self._reported: set[_Key] = set()
        self._active = 0
        self._error: Exception | None = None
        self._watching = anyio.CancelScope()
        self._deadline = math.inf
        self._container = self._selection.container

    async def open(self) -> None:
        """Select the pods, and start to read. Raises the errors of the selection."""
        selection = self._selection
        if self._background is not None:
            raise AlreadyOpenError("the log")
        self._reset()
        if self._total is not None:
            self._deadline = anyio.current_time() + self._total
        for pod in await self._pods_api.select():
            if self._pods_api.is_single and not selection.all_containers:
                self._container = require_container(pod, selection.container, path=self._pods_api.path)
            self._pods[pod_key(pod)] = _Pod(pod, is_initial=True)
        ready = sum(self._is_wanted(state) for pod in self._pods.values() for state in pod.states.values())
        if selection.follow and ready > self._limit:
            raise ConfigurationError(
                f"{ready} containers are selected, but only {selection.max_log_requests} logs may be followed at the "
                "same time: pass a larger max_log_requests, or narrow the selector",
                field="max_log_requests",
            )
        self._send, self._receive = _create_channel()
        self._background = BackgroundTask(self._run)
        self._background.start()

    async def close(self) -> None:
        """Stop reading, and wait until all connections are closed."""
        background, self._background = self._background, None
        if background is not None:
            await background.stop()
            self._receive.close()

    async def next_batch(self) -> Batch | None:
        """Return lines of one container, and None at the end. Raises DeadlineExceeded and errors of the selection."""
        if self._background is None:
            raise StreamNotOpenError("GET", self._pods_api.path, self._selection.block)
        try:
            if math.isinf(self._deadline):
                return await self._receive.receive()
            with anyio.CancelScope(deadline=self._deadline):
                return await self._receive.receive()
        except anyio.EndOfStream:
            if self._error is not None:
                raise self._error from None
            return None
        raise DeadlineExceeded(
            f"the logs exceeded their total timeout of {self._total:g} s", "GET", self._pods_api.path
        )

    @property
    def _limit(self) -> float:
        limit = self._selection.max_log_requests
        return math.inf if limit is None else limit

    async def _run(self) -> None:
        with self._send:
            try:
                await self._read_logs()
            except Exception as error:  # noqa: BLE001 - the next read raises it
                self._error = self._error or error

    async def _read_logs(self) -> None:
        async with anyio.create_task_group() as tasks:
            self._tasks: TaskGroup = tasks
            for uid in self._pods:
                self._enqueue(uid)
            self._continue()
            if self._selection.follow and not self._watching.cancel_called:
                await self._follow_pods(tasks)

    async def _follow_pods(self, tasks: TaskGroup) -> None:
        try:
            with self._watching:
                await self._pods_api.follow(self._update, self._delete)
        except Exception as error:  # noqa: BLE001 - the next read raises it
            self._fail(error, tasks)

    def _fail(self, error: Exception, tasks: TaskGroup) -> None:
        self._error = self._error or error
        tasks.cancel_scope.cancel()

    def _update(self, pod: Any) -> None:
        """Apply an event of the watch: a pod that is new or has changed."""
        uid = pod_key(pod)
        if uid in self._pods:
            self._pods[uid].update(pod)
        elif not self._pods_api.is_single:
            self._pods[uid] = _Pod(pod, is_initial=False)
        self._enqueue(uid)
        self._continue()

    def _delete(self, uid: str) -> None:
        pod = self._pods.pop(uid, None)
        if pod is not None:
            for run in pod.runs.values():
                run.mark_deleted()
        self._continue()

    def _is_wanted(self, state: ContainerState) -> bool:
        selection = self._selection
        if self._container not in (None, state.name):
            return False
        return state.has_previous if selection.options.previous else state.has_log

    def _enqueue(self, uid: str) -> None:
        pod = self._pods.get(uid)
        for state in pod.states.values() if pod is not None else ():
            key = (uid, state.name)
            if pod is not None and state.name not in pod.runs and key not in self._waiting and self._is_wanted(state):
                self._waiting.append(key)

    def _continue(self) -> None:
        """Start to read the logs of waiting containers, as far as the limit allows, and notice the end."""
        while self._waiting and self._active < self._limit:
            uid, container = self._waiting.popleft()
            pod = self._pods.get(uid)
            if pod is not None:
                self._start(pod, container)
        for uid, container in self._waiting if self._selection.follow else ():
            self._report_limit(uid, container)
        if self._has_ended():
            self._watching.cancel()

    def _report_limit(self, uid: str, container: str) -> None:
        pod = self._pods.get(uid)
        if pod is None or (uid, container) in self._reported:
            return
        self._reported.add((uid, container))
        problem = (
            f"{self._selection.max_log_requests} logs are being followed, so this container has to wait until one of "
            "them ends: pass a larger max_log_requests, or narrow the selector"
        )
        source = LogSource(pod.namespace, pod.name, container)
        self._report(source, ConfigurationError(problem, field="max_log_requests"))

    def _has_ended(self) -> bool:
        if not self._pods_api.is_single or self._active or self._waiting:
            return False
        (pod,) = self._pods.values() or (None,)
        if pod is None or pod.has_ended:
            return True
        wanted = pod.states.values() if self._container is None else [pod.states[self._container]]
        return all(state.name in pod.runs for state in wanted)

    def _start(self, pod: _Pod, container: str) -> None:
        pod.runs[container] = run = ContainerRun(pod.states[container])
        options = self._selection.options
        if container not in pod.initial:
            options = options.replace(since_seconds=None, since_time=None, tail_lines=None)
        source = LogSource(pod.namespace, pod.name, container)
        reader = LogReader(source, run, self._open_log, self._deliver, options)
        work = reader.read_across_restarts if self._selection.follow == "restarts" else reader.read
        self._active += 1
        self._tasks.start_soon(self._read, source, work)

    async def _read(self, source: LogSource, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - errors of one log do not end the others
            if self._selection.on_error is raise_errors:
                self._fail(error, self._tasks)
            else:
                self._report(source, error)
        self._active -= 1
        self._continue()

    def _report(self, source: LogSource, error: Exception) -> None:
        problem = f"the log of {source} in namespace {source.namespace} was not read"
        report_error(logger, self._selection.on_error, problem, source, error)

    def _open_log(self, source: LogSource, options: LogOptions) -> LogStream:
        return open_log(self._endpoint, source.pod, options, source.namespace, self._log_timeout)

    async def _deliver(self, source: LogSource, lines: list[str]) -> None:
        await self._send.send((source, lines))


def raise_errors(_source: LogSource, error: Exception) -> None:
    """Let the iteration raise the first error of a container, for `LogSelection.on_error`."""
    raise error


def _create_channel() -> tuple[MemoryObjectSendStream[Batch], MemoryObjectReceiveStream[Batch]]:
    # Without a buffer, so that a container that is read slowly does not use memory.
    return anyio.create_memory_object_stream[Batch](0)


def _without_total(timeout: Timeout | EllipsisType | None) -> tuple[Timeout | EllipsisType | None, float | None]:
    """Return the limits of each request, and the total, which limits all of them together."""
    if not isinstance(timeout, Timeout) or timeout.total is None:
        return timeout, None
    phases = (timeout.connect, timeout.read, timeout.write, timeout.pool)
    connect, read, write, pool = (None if phase is ... else phase for phase in phases)
    return Timeout(connect=connect, read=read, write=write, pool=pool), timeout.total
