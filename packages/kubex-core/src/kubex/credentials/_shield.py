"""Run work to completion although the caller is cancelled."""

import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import anyio
import sniffio

T = TypeVar("T")


async def run_shielded(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `work` to completion; a cancellation that arrives meanwhile is delivered afterwards."""
    results: list[T] = []
    # A shielded scope protects against AnyIO's cancel scopes and on trio. Task.cancel() and asyncio.timeout() ignore
    # it, so on asyncio the work also needs a separate task.
    with anyio.CancelScope(shield=True):
        on_asyncio = sniffio.current_async_library() == "asyncio"
        results.append(await (_run_in_new_task(work) if on_asyncio else work()))
    return results[0]


async def _run_in_new_task(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    import asyncio  # imported late: programs on trio do not need it

    task, caller = asyncio.ensure_future(work()), asyncio.current_task()
    cancelled = False
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
            continue
        cancelled = True
    if cancelled and caller is not None:
        # The suppressed request is replaced by a new one, which must not count twice in Task.cancelling().
        if sys.version_info >= (3, 11):
            caller.uncancel()
        caller.cancel()
    return task.result()
