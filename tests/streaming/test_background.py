"""`BackgroundTask`: its end is always reported."""

import asyncio

import anyio
import pytest

from kubex.streaming._background import BackgroundTask


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_task_that_is_cancelled_before_its_first_step_can_be_stopped() -> None:
    background = BackgroundTask(anyio.sleep_forever)
    before = asyncio.all_tasks()
    background.start()
    for task in asyncio.all_tasks() - before:  # as `asyncio.run()` does when the main task has ended
        task.cancel()
    await asyncio.wait_for(background.stop(), 10)
