"""Whether the `run()` of an informer is running, for the tasks that wait for it."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import anyio

from kubex_runtime.errors import InformerStateError

# Within this time, a task that was created before another one starts to wait has started.
START_SECONDS = 5.0


class RunState:
    """Set by `run()`, and awaited by other tasks."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._waiting: list[anyio.Event] = []
        self.is_running = False
        self.has_ended = False
        self.error: BaseException | None = None

    def begin(self) -> None:
        """Note the start; only the first call is allowed."""
        if self.is_running or self.has_ended:
            problem = "runs already" if self.is_running else "has ended"
            raise InformerStateError(self._name, f"its run() {problem}: call it once, or create another informer")
        self.is_running = True
        self.notify()

    def end(self, error: BaseException | None) -> None:
        """Note the end."""
        self.is_running, self.has_ended, self.error = False, True, error
        self.notify()

    def notify(self) -> None:
        """Wake the tasks in `wait()`."""
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            event.set()

    async def wait(self) -> None:
        """Wait for the next `notify()`."""
        event = anyio.Event()
        self._waiting.append(event)
        await event.wait()

    async def wait_running(self) -> None:
        """Wait until `run()` has started, but not long. Raises InformerStateError if it does not run."""
        if not self.is_running and not self.has_ended:
            with anyio.move_on_after(START_SECONDS):
                while not self.is_running and not self.has_ended:
                    await self.wait()
        if self.has_ended:
            failed = isinstance(self.error, Exception)
            problem = "its run() has failed" if failed else "its run() was cancelled"
            raise InformerStateError(self._name, problem) from (self.error if failed else None)
        if not self.is_running:
            remedy = (
                "start it in a task: `await task_group.start(informer.run)` or `asyncio.create_task(informer.run())`"
            )
            raise InformerStateError(self._name, f"its run() was not called: {remedy}")


async def run_all(functions: Iterable[Callable[[], Coroutine[Any, Any, object]]]) -> None:
    """Run functions at the same time. If one fails, cancel the others, and raise its error without a group."""
    failures: list[Exception] = []

    async def run(function: Callable[[], Coroutine[Any, Any, object]]) -> None:
        try:
            await function()
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for function in functions:
            group.start_soon(run, function)
    if failures:
        raise failures[0]
