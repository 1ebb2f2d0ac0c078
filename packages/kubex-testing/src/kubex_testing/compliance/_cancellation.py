"""The ways to cancel a call in asyncio and trio, each after different delays."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeAlias

import anyio
from anyio.lowlevel import checkpoint

AsyncCall: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

DELAYS = (*range(14), *[0.0002 * 1.3**step for step in range(18)])
"""Delays from the start of a call to its cancellation: iterations of the event loop (int) or seconds (float)."""


async def _wait(delay: float) -> None:
    if isinstance(delay, float):
        await anyio.sleep(delay)  # real time: any moment may pass
    else:
        for _ in range(delay):
            await checkpoint()


async def cancel_task_group(call: AsyncCall, delay: float) -> None:
    """Cancel the scope of an AnyIO task group."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        await _wait(delay)
        tasks.cancel_scope.cancel()


async def cancel_nursery(call: AsyncCall, delay: float) -> None:
    """Cancel the scope of a trio nursery."""
    import trio  # a backend for asyncio does not need trio

    async with trio.open_nursery() as nursery:
        nursery.start_soon(call)
        await _wait(delay)
        nursery.cancel_scope.cancel()


async def cancel_task(call: AsyncCall, delay: float) -> None:
    """Call `Task.cancel()`."""
    task = asyncio.ensure_future(call())
    await _wait(delay)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def cancel_task_twice(call: AsyncCall, delay: float) -> None:
    """Call `Task.cancel()` again while the task handles the first cancellation."""
    task = asyncio.ensure_future(call())
    await _wait(delay)
    task.cancel()
    await checkpoint()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def time_out_wait_for(call: AsyncCall, delay: float) -> None:
    """Use the timeout of `asyncio.wait_for()`."""
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(call(), delay if isinstance(delay, float) else delay / 50_000)


CancelMethod: TypeAlias = Callable[[AsyncCall, float], Coroutine[Any, Any, None]]
"""Calls a function, and cancels the call after a delay."""


def cancel_methods(runtime: str, native: bool) -> tuple[CancelMethod, ...]:
    """Return the ways to cancel a call. Without `native`, those of AnyIO only."""
    if runtime == "trio":
        return cancel_task_group, cancel_nursery
    return (cancel_task_group, time_out_wait_for, cancel_task, cancel_task_twice) if native else (cancel_task_group,)


async def cancel_after_each_delay(cancel: CancelMethod, call: AsyncCall, received: list[bytes]) -> None:
    """Cancel a call after each delay, then after longer delays until one call has received a response."""
    for delay in DELAYS:
        await cancel(call, delay)
    delay = DELAYS[-1]
    while not received:
        delay *= 2
        await cancel(call, delay)
