"""The ways in which programs cancel a call, at a given moment."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeAlias

import anyio
import trio
from anyio.lowlevel import checkpoint

from support.backend_pairs import PAIRS, BackendPair

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

MOMENTS = (*range(14), *[0.0002 * 1.3**step for step in range(18)])
"""Turns of the event loop (int) or seconds (float), from the start of a call to the end of its response."""


async def _until(moment: float) -> None:
    if isinstance(moment, float):
        await anyio.sleep(moment)  # real time: any moment may pass
    else:
        for _ in range(moment):
            await checkpoint()


async def by_scope(work: Work, moment: float) -> None:
    """Cancel the scope of a task group, as anyio and trio do it."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(work)
        await _until(moment)
        tasks.cancel_scope.cancel()


async def by_nursery(work: Work, moment: float) -> None:
    """Cancel the nursery of a task of trio."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
        await _until(moment)
        nursery.cancel_scope.cancel()


async def by_cancel(work: Work, moment: float) -> None:
    """Call `Task.cancel()`."""
    task = asyncio.ensure_future(work())
    await _until(moment)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def by_cancel_twice(work: Work, moment: float) -> None:
    """Call `Task.cancel()` again while the task is cleaning up."""
    task = asyncio.ensure_future(work())
    await _until(moment)
    task.cancel()
    await checkpoint()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def by_wait_for(work: Work, moment: float) -> None:
    """Let `asyncio.wait_for()` run into its timeout."""
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(work(), moment if isinstance(moment, float) else moment / 50_000)


Cancel: TypeAlias = Callable[[Work, float], Awaitable[None]]


def _ways(pair: BackendPair) -> tuple[Cancel, ...]:
    if pair.runtime == "trio":
        return by_scope, by_nursery
    if pair.backend == "httpx" and sys.version_info < (3, 11):
        # While anyio opens a connection, it cannot distinguish these from its own cancellation, and ignores them.
        return (by_scope,)
    return by_scope, by_wait_for, by_cancel, by_cancel_twice


WAYS = [(pair, cancel) for pair in PAIRS for cancel in _ways(pair)]

IDS = [f"{pair}-{cancel.__name__}" for pair, cancel in WAYS]


async def at_all_moments(cancel: Cancel, work: Work, done: list[bytes]) -> None:
    """Cancel calls at all moments, until one is cancelled so late that it has received something."""
    for moment in MOMENTS:
        await cancel(work, moment)
    moment = MOMENTS[-1]
    while not done:
        moment *= 2
        await cancel(work, moment)
