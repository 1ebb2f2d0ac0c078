"""Collect received data for a thread."""

import anyio
import pytest

from kubex.streaming._batches import SIZE, Batches
from streaming.tar_archives import random_source

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("largest", [1000, 100_000, 3 * SIZE])
async def test_batches_contain_the_data_in_order(largest: int) -> None:
    source = random_source()
    parts = [source.randbytes(source.randrange(largest)) for _ in range(10)]
    batches = Batches()
    received: list[bytes] = []

    async def take() -> None:
        while batch := await batches.take():
            assert len(batch) <= SIZE
            received.append(bytes(batch))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take)
        for part in parts:
            await batches.put(memoryview(part))
        batches.close()
    assert b"".join(received) == b"".join(parts)


async def test_put_waits_while_the_batch_is_full() -> None:
    batches = Batches()
    await batches.put(memoryview(bytes(SIZE)))
    with anyio.move_on_after(0) as scope:
        await batches.put(memoryview(b"x"))
    assert scope.cancelled_caught
    assert bytes(await batches.take()) == bytes(SIZE)
    await batches.put(memoryview(b"y"))
    assert bytes(await batches.take()) == b"y"


async def test_taken_batch_does_not_change_while_the_next_one_is_filled() -> None:
    batches = Batches()
    await batches.put(memoryview(b"first"))
    first = await batches.take()
    await batches.put(memoryview(b"other"))
    assert bytes(first) == b"first"
    assert bytes(await batches.take()) == b"other"


async def test_take_returns_data_that_arrived_before_the_end() -> None:
    batches = Batches()
    await batches.put(memoryview(b"last"))
    batches.close()
    assert bytes(await batches.take()) == b"last"
    assert bytes(await batches.take()) == b""
