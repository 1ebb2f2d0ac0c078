"""Run a function for many items at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import anyio

A = TypeVar("A")
R = TypeVar("R")


async def run_concurrently(limit: int, function: Callable[[A], Awaitable[R]], items: Iterable[A]) -> list[R]:
    """Return the results in the order of the items. At most `limit` calls run at a time.

    If a call raises an exception, the others are cancelled, and the exception is raised without an ExceptionGroup.
    """
    remaining = enumerate(items)
    results: dict[int, R] = {}
    errors: list[Exception] = []

    async def work() -> None:
        try:
            for number, item in remaining:
                results[number] = await function(item)
        except Exception as error:  # noqa: BLE001 - raised below
            errors.append(error)
            tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        for _ in range(limit):
            tasks.start_soon(work)
    if errors:
        raise errors[0]
    return [results[number] for number in sorted(results)]
