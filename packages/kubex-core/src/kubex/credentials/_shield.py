"""Work that is finished once it was begun."""

import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import anyio
import sniffio

T = TypeVar("T")


async def run_shielded(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Await something to its end; what cancels the caller meanwhile does so when it waits the next time.

    A shielded scope is enough for that on trio, and against scopes of AnyIO. On asyncio there are `Task.cancel()` and
    `asyncio.timeout()` as well, which reach into the scope: so the work has a task of its own.
    """
    results: list[T] = []
    with anyio.CancelScope(shield=True):
        on_asyncio = sniffio.current_async_library() == "asyncio"
        results.append(await (_run_in_new_task(work) if on_asyncio else work()))
    return results[0]


async def _run_in_new_task(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    import asyncio  # not at the top: programs on trio do without

    task, caller = asyncio.ensure_future(work()), asyncio.current_task()
    cancelled = False
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
            continue
        cancelled = True
    if cancelled and caller is not None:
        if sys.version_info >= (3, 11):
            caller.uncancel()  # or it would count twice
        caller.cancel()
    return task.result()
