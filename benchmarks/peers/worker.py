"""One sample in a fresh process of a client's own environment; prints it as JSON.

`python -m benchmarks.peers.worker CLIENT CASE URL EVENTS COUNT`; needs the standard library and the client, no more.
"""

import asyncio
import gc
import json
import sys
import time
from importlib import import_module
from typing import Any

TASKS = 50


async def _repeat(peer: Any, method: str, count: int) -> int:
    return sum([await getattr(peer, method)() or 1 for _ in range(count)])


async def _concurrent(peer: Any, count: int) -> int:
    return sum(await asyncio.gather(*(_repeat(peer, "get", count) for _ in range(TASKS))))


async def _do(peer: Any, case: str, count: int) -> int:
    return await (_concurrent(peer, count) if case == "concurrent" else _repeat(peer, case.replace("-", "_"), count))


async def measure(client: str, case: str, url: str, events: int, count: int) -> tuple[int, float]:
    """Do the work of a case; return the number of units and the CPU seconds, of the whole process for `startup`."""
    async with import_module(f"benchmarks.peers.on_{client}").open_peer(url, events) as peer:
        if case == "startup":
            return await _repeat(peer, "get", 1), time.process_time()
        await _do(peer, case, max(1, count // 5))
        gc.collect()
        start = time.process_time()
        units = await _do(peer, case, count)
        return units, time.process_time() - start


def main(client: str, case: str, url: str, events: str, count: str) -> None:
    """Take one sample."""
    units, cpu = asyncio.run(measure(client, case, url, int(events), int(count)))
    print(json.dumps({"units": units, "cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
