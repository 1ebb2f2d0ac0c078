"""Work that runs while the user's block runs, without a task group around that block.

A task group or a cancel scope around the user's block would wrap its exceptions in a group and cancel its tasks. anyio
does not start tasks without a task group, so this module uses asyncio and trio directly; no other module does.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable

import anyio
import sniffio


def current_task() -> object:
    """Return the task that is running. Compare it with `is`: a new task can have the id of one that has ended."""
    if sniffio.current_async_library() == "trio":
        import trio.lowlevel

        return trio.lowlevel.current_task()
    return asyncio.current_task()


class BackgroundTask:
    """A task that ends when its work is done or `stop()` is called. The work must catch and report its errors."""

    __slots__ = ("_done", "_scope", "_task", "_timer", "_work")

    _scope: anyio.CancelScope
    _done: anyio.Event

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._task: object = None  # asyncio keeps only weak references to tasks
        self._timer: asyncio.TimerHandle | None = None

    def start(self, delay: float = 0.0) -> None:
        """Start the task in the current event loop; begin the work after a delay in seconds.

        On asyncio, the task is created after the delay, so a task that is stopped earlier costs very little.
        """
        if sniffio.current_async_library() == "trio":
            import trio.lowlevel

            self._prepare()
            trio.lowlevel.spawn_system_task(self._run, delay, context=contextvars.copy_context())
        elif delay:
            self._timer = asyncio.get_running_loop().call_later(delay, self._create_task)
        else:
            self._create_task()

    async def stop(self) -> None:
        """Cancel the work and wait for its end, also if the caller is cancelled."""
        if self._timer is not None:
            self._timer.cancel()
            return
        self._scope.cancel()
        with anyio.CancelScope(shield=True):
            await self._done.wait()

    def _prepare(self) -> None:
        self._scope = anyio.CancelScope()
        self._done = anyio.Event()

    def _create_task(self) -> None:
        self._timer = None
        self._prepare()
        self._task = task = asyncio.get_running_loop().create_task(self._run())
        # If the task is cancelled before its first step, for example by `asyncio.run()`, `_run()` never starts.
        task.add_done_callback(lambda _: self._done.set())

    async def _run(self, delay: float = 0.0) -> None:
        try:
            with self._scope:
                if delay:
                    await anyio.sleep(delay)
                await self._work()
        finally:
            self._done.set()
