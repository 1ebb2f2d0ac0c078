"""Read the log of one container among several: until its end, or across restarts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from kubex.api._log_containers import ContainerState
from kubex.api._log_lines import LogSource
from kubex.api._log_position import LogPosition, LogStart
from kubex.api._log_stream import LogStream
from kubex.api._options import LogOptions
from kubex.client import RetryPolicy
from kubex.errors import (
    BadRequest,
    ConnectError,
    ConnectionLost,
    InternalError,
    NotFound,
    ReadTimeout,
    ServiceUnavailable,
    TooManyRequests,
)

# In seconds. After its pod was deleted, a stream ends if no data arrives for this time, for example because the node
# was lost.
_DRAIN_SECONDS = 5.0

# If a stream fails more often, each time without a new line and within `_STABLE_SECONDS`, the error is raised.
_MAX_FAILURES = 6
_STABLE_SECONDS = 30.0
_BACKOFF = RetryPolicy(initial_delay=0.5, max_delay=10.0)

# A server that is restarted, or a container that is being started, can cause these errors when a log is opened again.
_TEMPORARY = (ConnectionLost, ConnectError, BadRequest, InternalError, ServiceUnavailable, TooManyRequests)

OpenLog = Callable[[LogSource, LogOptions], LogStream]
Deliver = Callable[[LogSource, list[str]], Awaitable[None]]


class ContainerRun:
    """The newest known state of a container. The watch of the pods updates it, and the reader of its log waits."""

    def __init__(self, state: ContainerState) -> None:
        self.state = state
        self.deleted = False
        self._changed = anyio.Event()
        self._receiving: anyio.CancelScope | None = None

    @property
    def ended(self) -> bool:
        """Whether the container will not run again."""
        return self.deleted or self.state.ended

    def update(self, state: ContainerState) -> None:
        """Set a new state."""
        if state != self.state:
            self.state = state
            self._notify()

    def mark_deleted(self) -> None:
        """Note that the pod was deleted."""
        self.deleted = True
        if self._receiving is not None:
            self._receiving.deadline = anyio.current_time() + _DRAIN_SECONDS
        self._notify()

    async def next_batch(self, log: LogStream) -> list[str]:
        """Return the next lines of a log, and an empty list at the end."""
        with anyio.CancelScope() as scope:
            if self.deleted:
                scope.deadline = anyio.current_time() + _DRAIN_SECONDS
            self._receiving = scope
            try:
                return await log.next_batch()
            finally:
                self._receiving = None
        return []

    async def wait(self, restarts: int, delay: float, *, retry: bool) -> None:
        """Wait for the next run, or for the end of the last one.

        While the container runs, wait at most `delay` seconds, because the stream may have ended before the container.
        With `retry`, wait at most `delay` seconds in any state.
        """
        if retry:
            with anyio.move_on_after(delay):
                await self._changed.wait()
            return
        while not self.ended and self.state.restarts <= restarts:
            with anyio.move_on_after(delay if self.state.running else None) as scope:
                await self._changed.wait()
            if scope.cancelled_caught:
                return

    def _notify(self) -> None:
        changed, self._changed = self._changed, anyio.Event()
        changed.set()


class LogReader:
    """Passes the lines of one container to `deliver`."""

    def __init__(
        self, source: LogSource, run: ContainerRun, open_log: OpenLog, deliver: Deliver, options: LogOptions
    ) -> None:
        self._source = source
        self._run = run
        self._open_log = open_log
        self._deliver = deliver
        self._options = options.replace(container=source.container)

    async def read(self) -> None:
        """Read until the current run of the container ends, or its current log if the options do not follow it."""
        async with self._open_log(self._source, self._options) as log:
            while lines := await self._run.next_batch(log):
                await self._deliver(self._source, lines)

    async def read_across_restarts(self) -> None:
        """Read until the container has ended for good, without losing or repeating lines."""
        await self._start()
        failures = ends = 0
        while True:
            state, is_last_run, started = self._run.state, self._run.ended, anyio.current_time()
            failure = await self._try_run(state, failures)
            if is_last_run and failure is None:
                return
            lasted = self._progress or anyio.current_time() - started > _STABLE_SECONDS
            failures = 0 if lasted else failures + (failure is not None)
            ends = 0 if lasted else ends + 1
            await self._run.wait(state.restarts, _BACKOFF.backoff(max(ends, 1)), retry=failure is not None)

    async def _start(self) -> None:
        options, now = self._options, anyio.current_time()
        tail_lines: int | None = options.tail_lines
        start = LogStart(options.since_time, options.since_seconds, tail_lines or None)
        self._position = LogPosition(start, timestamps=bool(options.timestamps), now=now)
        self._options = options.replace(timestamps=True, since_time=None, since_seconds=None, tail_lines=None)
        self._restarts: int | None = None
        self._progress = False
        if tail_lines == 0:  # the last line is where to start
            async with self._open_log(self._source, self._options.replace(follow=None, tail_lines=1)) as log:
                while lines := await self._run.next_batch(log):
                    self._position.skip(lines)

    async def _try_run(self, state: ContainerState, failures: int) -> Exception | None:
        """Read the log until it ends, and return the error if it is temporary."""
        self._progress = False
        is_first = self._restarts is None
        try:
            await self._read_run(state)
        except ReadTimeout:  # the limit of the caller
            raise
        except NotFound:
            if not self._run.deleted:
                raise
        except _TEMPORARY as error:
            is_permanent = is_first and not isinstance(error, ConnectionLost)
            if is_permanent or (failures >= _MAX_FAILURES and not self._progress):
                raise
            return error
        return None

    async def _read_run(self, state: ContainerState) -> None:
        start = self._position.next_start(anyio.current_time())
        # The current log is opened first: if the container restarts now, the previous log contains its lines.
        async with self._open_log(self._source, _with_start(self._options, start)) as log:
            if self._restarts is not None and state.restarts > self._restarts:
                await self._read_previous(start)
            self._restarts = state.restarts
            await self._deliver_new_lines(log)

    async def _read_previous(self, start: LogStart) -> None:
        """Read the rest of the previous run, or the complete previous run if there was another one in between."""
        options = _with_start(self._options, start).replace(previous=True, follow=None)
        try:
            async with self._open_log(self._source, options) as log:
                await self._deliver_new_lines(log)
        except (BadRequest, NotFound):
            return  # the node has removed the log of the previous run

    async def _deliver_new_lines(self, log: LogStream) -> None:
        self._position.expect_repeats()
        while lines := await self._run.next_batch(log):
            if accepted := self._position.accept(lines):
                self._progress = True
                await self._deliver(self._source, accepted)


def _with_start(options: LogOptions, start: LogStart) -> LogOptions:
    return options.replace(since_time=start.since_time, since_seconds=start.since_seconds, tail_lines=start.tail_lines)
