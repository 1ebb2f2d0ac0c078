"""`RequestLimiter`: order of the queue, pool timeout, and release of all slots."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from kubex.errors import ConnectError, ConnectTimeout
from kubex.transport import Limits, PreparedRequest, RequestLimiter

pytestmark = pytest.mark.anyio

REQUEST = PreparedRequest("GET", "http://cluster.test/log?token=s3cret")


async def test_waiting_requests_get_slots_in_order() -> None:
    limiter, order = RequestLimiter(2), list[int]()

    async def use(number: int) -> None:
        await limiter.acquire(REQUEST)
        order.append(number)

    async with anyio.create_task_group() as group:
        for number in range(6):
            group.start_soon(use, number)
            await anyio.wait_all_tasks_blocked()
        assert order == [0, 1]
        for released in range(4):
            limiter.release()
            await anyio.wait_all_tasks_blocked()
            assert order == list(range(released + 3))


async def test_limiter_without_a_limit_does_not_wait() -> None:
    limiter = RequestLimiter(None)
    for _ in range(1000):
        await limiter.acquire(REQUEST)


async def test_pool_timeout_raises_and_loses_no_slot() -> None:
    limiter = RequestLimiter(1)
    await limiter.acquire(REQUEST)
    with_pool_timeout = PreparedRequest("GET", REQUEST.url, limits=Limits(pool=0.05))
    with pytest.raises(ConnectTimeout, match=r"^GET http://cluster\.test/log: .*within 0\.05 s \(pool timeout\)$"):
        await limiter.acquire(with_pool_timeout)
    limiter.release()
    await limiter.acquire(with_pool_timeout)


async def test_cancelled_request_leaves_the_queue() -> None:
    limiter, order = RequestLimiter(1), list[str]()
    await limiter.acquire(REQUEST)

    async def use(name: str, scope: anyio.CancelScope) -> None:
        with scope:
            await limiter.acquire(REQUEST)
            order.append(name)

    cancelled, other = anyio.CancelScope(), anyio.CancelScope()
    async with anyio.create_task_group() as group:
        group.start_soon(use, "cancelled", cancelled)
        await anyio.wait_all_tasks_blocked()
        group.start_soon(use, "other", other)
        await anyio.wait_all_tasks_blocked()
        cancelled.cancel()
        await anyio.wait_all_tasks_blocked()
        limiter.release()
    assert order == ["other"]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_slot_of_a_cancelled_task_is_passed_on() -> None:
    limiter = RequestLimiter(1)
    await limiter.acquire(REQUEST)
    task = asyncio.ensure_future(limiter.acquire(REQUEST))
    await anyio.wait_all_tasks_blocked()
    limiter.release()
    task.cancel()  # unlike a cancel scope, it also cancels a task that is ready to run
    with pytest.raises(asyncio.CancelledError):
        await task
    with anyio.fail_after(5):
        await limiter.acquire(REQUEST)


async def test_close_raises_in_waiting_and_later_requests() -> None:
    limiter, errors = RequestLimiter(1), list[str]()
    await limiter.acquire(REQUEST)

    async def use() -> None:
        with pytest.raises(ConnectError, match="closed") as caught:
            await limiter.acquire(REQUEST)
        errors.append(str(caught.value))

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(use)
        await anyio.wait_all_tasks_blocked()
        limiter.close()
    await use()
    assert errors == ["GET http://cluster.test/log: the transport is closed"] * 4


@pytest.mark.parametrize("seed", range(5))
async def test_random_timeouts_and_cancellations_lose_no_slot(seed: int) -> None:
    random_source = random.Random(seed)  # noqa: S311 - reproducible order
    limiter, used, max_used = RequestLimiter(3), 0, 0

    async def use(checkpoints: int, limit: float | None) -> None:
        nonlocal used, max_used
        try:
            await limiter.acquire(PreparedRequest("GET", REQUEST.url, limits=Limits(pool=limit)))
        except ConnectTimeout:
            return
        used += 1
        max_used = max(max_used, used)
        try:
            for _ in range(checkpoints):
                await anyio.lowlevel.checkpoint()
        finally:
            used -= 1
            limiter.release()

    async def cancelled(call: Callable[[], Coroutine[Any, Any, None]], checkpoints: int) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            for _ in range(checkpoints):
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(200):
            checkpoints, limit = random_source.randint(0, 5), random_source.choice([None, None, 0.001, 0.01])
            if random_source.random() < 0.5:
                group.start_soon(use, checkpoints, limit)
            else:
                group.start_soon(
                    cancelled,
                    lambda checkpoints=checkpoints, limit=limit: use(checkpoints, limit),
                    random_source.randint(0, 20),
                )
    assert max_used == 3
    with anyio.fail_after(5):
        for _ in range(3):
            await limiter.acquire(REQUEST)
    with pytest.raises(ConnectTimeout):
        await limiter.acquire(PreparedRequest("GET", REQUEST.url, limits=Limits(pool=0.01)))
