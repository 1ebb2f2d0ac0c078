"""The queue in front of a backend: its order, its time limit, and that no slot is lost."""

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


async def test_requests_wait_in_their_order() -> None:
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


async def test_without_a_limit_nobody_waits() -> None:
    limiter = RequestLimiter(None)
    for _ in range(1000):
        await limiter.acquire(REQUEST)


async def test_the_wait_has_a_limit_and_a_slot_that_came_free_later_is_not_lost() -> None:
    limiter = RequestLimiter(1)
    await limiter.acquire(REQUEST)
    hurried = PreparedRequest("GET", REQUEST.url, limits=Limits(pool=0.05))
    with pytest.raises(ConnectTimeout, match=r"^GET http://cluster\.test/log: .*within 0\.05 s \(pool timeout\)$"):
        await limiter.acquire(hurried)
    limiter.release()
    await limiter.acquire(hurried)


async def test_a_request_that_is_cancelled_while_it_waits_gives_up_its_place() -> None:
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
async def test_a_slot_that_arrives_together_with_a_cancellation_is_passed_on() -> None:
    limiter = RequestLimiter(1)
    await limiter.acquire(REQUEST)
    task = asyncio.ensure_future(limiter.acquire(REQUEST))
    await anyio.wait_all_tasks_blocked()
    limiter.release()
    task.cancel()  # unlike cancel scopes, it also cancels what has been woken
    with pytest.raises(asyncio.CancelledError):
        await task
    with anyio.fail_after(5):
        await limiter.acquire(REQUEST)


async def test_closing_ends_each_wait_and_refuses_later_requests() -> None:
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
async def test_no_slot_is_lost_however_requests_end(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable disorder
    limiter, used, most = RequestLimiter(3), 0, 0

    async def use(turns: int, limit: float | None) -> None:
        nonlocal used, most
        try:
            await limiter.acquire(PreparedRequest("GET", REQUEST.url, limits=Limits(pool=limit)))
        except ConnectTimeout:
            return
        used += 1
        most = max(most, used)
        try:
            for _ in range(turns):
                await anyio.lowlevel.checkpoint()
        finally:
            used -= 1
            limiter.release()

    async def cancelled(call: Callable[[], Coroutine[Any, Any, None]], turns: int) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            for _ in range(turns):
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(200):
            turns, limit = chance.randint(0, 5), chance.choice([None, None, 0.001, 0.01])
            if chance.random() < 0.5:
                group.start_soon(use, turns, limit)
            else:
                group.start_soon(cancelled, lambda turns=turns, limit=limit: use(turns, limit), chance.randint(0, 20))
    assert most == 3
    with anyio.fail_after(5):
        for _ in range(3):
            await limiter.acquire(REQUEST)
    with pytest.raises(ConnectTimeout):
        await limiter.acquire(PreparedRequest("GET", REQUEST.url, limits=Limits(pool=0.01)))
