"""Take one sample in a new process, in the environment of a client, and print it as JSON.

Usage: `python -m benchmarks.other_clients.worker CLIENT CASE URL EVENTS COUNT`. Only the standard library and the
client are available in that environment.
"""

import asyncio
import gc
import json
import sys
import time
from importlib import import_module
from typing import Any

TASKS = 50


async def _repeat(client: Any, method: str, count: int) -> int:
    return sum([await getattr(client, method)() or 1 for _ in range(count)])


async def _concurrent(client: Any, count: int) -> int:
    return sum(await asyncio.gather(*(_repeat(client, "get", count) for _ in range(TASKS))))


async def _run(client: Any, case: str, count: int) -> int:
    if case == "concurrent":
        return await _concurrent(client, count)
    return await _repeat(client, case.replace("-", "_"), count)


async def measure(client: str, case: str, url: str, events: int, count: int) -> tuple[int, float]:
    """Run a case; return the number of units and the CPU seconds; `startup` includes the start of the process."""
    async with import_module(f"benchmarks.other_clients.{client}_client").open_client(url, events) as connected:
        if case == "startup":
            return await _repeat(connected, "get", 1), time.process_time()
        await _run(connected, case, max(1, count // 5))
        gc.collect()
        start = time.process_time()
        units = await _run(connected, case, count)
        return units, time.process_time() - start


def main(client: str, case: str, url: str, events: str, count: str) -> None:
    """Take one sample."""
    units, cpu = asyncio.run(measure(client, case, url, int(events), int(count)))
    print(json.dumps({"units": units, "cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
