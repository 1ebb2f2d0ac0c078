"""The ways to cancel a call in asyncio and trio, each after different delays."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeAlias

import anyio
import trio
from anyio.lowlevel import checkpoint

from support.backend_pairs import HTTPX_PAIRS, PAIRS, BackendPair

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


CancelMethod: TypeAlias = Callable[[AsyncCall, float], Awaitable[None]]


def _cancel_methods(pair: BackendPair) -> tuple[CancelMethod, ...]:
    if pair.runtime == "trio":
        return cancel_task_group, cancel_nursery
    if pair in HTTPX_PAIRS and sys.version_info < (3, 11):
        # While AnyIO opens a connection, it cannot distinguish the other methods from its own cancellation, and ignores
        # them.
        return (cancel_task_group,)
    return cancel_task_group, time_out_wait_for, cancel_task, cancel_task_twice


CASES = [(pair, cancel) for pair in PAIRS for cancel in _cancel_methods(pair)]

CASE_IDS = [f"{pair}-{cancel.__name__}" for pair, cancel in CASES]


async def cancel_after_each_delay(cancel: CancelMethod, call: AsyncCall, received: list[bytes]) -> None:
    """Cancel a call after each delay, then after longer delays until one call has received a response."""
    for delay in DELAYS:
        await cancel(call, delay)
    delay = DELAYS[-1]
    while not received:
        delay *= 2
        await cancel(call, delay)
