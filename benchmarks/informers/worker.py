"""Take samples of one case in a new process: `python -m benchmarks.informers.worker CASE URL COUNT` prints JSON.

The values are CPU seconds of one event, object or call, bytes, or seconds.
"""

import asyncio
import gc
import json
import sys
import time
from asyncio import events
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from pydantic_core import from_json

from benchmarks.informers.memory import peak, resident
from benchmarks.informers.server import LIVE, pod_of
from benchmarks.pods import Pod
from benchmarks.subjects.aiohttp_subject import AiohttpSubject
from benchmarks.subjects.base import require_present
from benchmarks.subjects.dict_readers import read_events
from benchmarks.subjects.kubex_subject import find_backend
from kubex import Api, Client, ClientConfiguration
from kubex_runtime import Added, Informer, Synced

PAGE = 500
REPEATED = 2000
"""The number of calls of which the time is measured."""

Values = dict[str, float]


@asynccontextmanager
async def pods(url: str, namespace: str) -> AsyncIterator[Api[Pod]]:
    """Return the API of Pods on aiohttp."""
    async with Client(ClientConfiguration(url=url), backend=find_backend("aiohttp")) as client:
        yield Api(Pod, client, namespace=namespace)


async def limit_events(url: str, count: int) -> Values:
    """Decode the events of a watch with aiohttp and `from_json`."""
    path = f"/api/v1/namespaces/events-{count}/pods?watch=true"
    async with AiohttpSubject(url) as subject, subject.open(path) as chunks:
        start = time.process_time()
        received = await read_events(chunks, lambda obj: require_present(obj["metadata"]["name"]))
        return {"cpu": (time.process_time() - start) / received}


async def watch_events(url: str, count: int) -> Values:
    """Read the names of the objects of a bare watch."""
    async with pods(url, f"events-{count}") as api:
        start = time.process_time()
        received = 0
        async with api.watch(resource_version="1") as changes:
            async for event in changes:
                require_present(event.object.metadata.name)
                received += 1
        return {"cpu": (time.process_time() - start) / received}


def informer_events(consumers: int) -> Callable[[str, int], Awaitable[Values]]:
    """Follow the same events with an informer and idle consumers."""

    async def consume(informer: Informer[Pod]) -> None:
        remaining = LIVE + 1
        async with informer.changes() as changes:
            while remaining:
                remaining -= isinstance(await changes.__anext__(), Added)

    async def work(url: str, count: int) -> Values:
        async with pods(url, f"events-{count}") as api, anyio.create_task_group() as tasks:
            informer = Informer(api, initial="list")
            start = time.process_time()
            async with anyio.create_task_group() as group:
                for _ in range(consumers):
                    group.start_soon(consume, informer)
                tasks.start_soon(informer.run)
            cpu = time.process_time() - start
            tasks.cancel_scope.cancel()
        return {"cpu": cpu / count}

    return work


async def limit_list(url: str, count: int) -> Values:
    """Read the pages of a list with aiohttp and `from_json`, and keep nothing."""
    start, token, received = time.process_time(), "", 0
    async with AiohttpSubject(url) as subject:
        while True:
            path = f"/api/v1/namespaces/objects-{count}/pods?limit={PAGE}&continue={token}"
            page = from_json(await subject.body(path))
            received += len(page["items"])
            token = page["metadata"].get("continue", "")
            if not token:
                return {"cpu": (time.process_time() - start) / received}


def measure_steps() -> list[float]:
    """Measure the CPU time of each step of the event loop from now on; return a list with the longest."""
    longest = [0.0]
    handle_class: Any = events.Handle  # asyncio does not have a hook for this
    run = handle_class._run

    def timed(handle: events.Handle) -> None:
        start = time.thread_time()
        run(handle)
        longest[0] = max(longest[0], time.thread_time() - start)

    handle_class._run = timed
    return longest


def collection_seconds() -> float:
    """Return the CPU time of a full garbage collection."""
    samples: list[float] = []
    for _ in range(3):
        start = time.process_time()
        gc.collect()
        samples.append(time.process_time() - start)
    return min(samples)


def repeated(call: Callable[[], object]) -> float:
    """Return the CPU time of a call."""
    start = time.process_time()
    for _ in range(REPEATED):
        call()
    return (time.process_time() - start) / REPEATED


async def sync(url: str, count: int) -> Values:
    """Fill a cache from the pages of a list, and measure it."""
    longest = measure_steps()
    async with pods(url, f"objects-{count}") as api, anyio.create_task_group() as tasks:
        informer = Informer(api, initial="list", page_size=PAGE)
        sent = pod_of("default", "pod-000000", 1)
        api.raw.decode(sent).to_dict()  # Pydantic creates the validators of all fields
        before, collection_before = resident(), collection_seconds()
        longest[0] = 0.0
        start = time.process_time()
        await tasks.start(informer.run)
        cpu, step, highest = time.process_time() - start, longest[0], peak()
        settled, collection = resident(), collection_seconds()
        get = repeated(lambda: informer.get("pod-000000"))
        limit_get = repeated(lambda: from_json(sent))
        for pod in informer.objects():
            pod.to_dict()
        del pod
        grown = resident()
        tasks.cancel_scope.cancel()
    stored = len(api.raw.decode(sent).to_json())
    return {
        "cpu": cpu / count,
        "step": step,
        "peak": highest / settled,
        "bytes": (settled - before) / count,
        "bytes-of-sent": (settled - before) / count / len(sent),
        "bytes-of-stored": (settled - before) / count / stored,
        "growth": (grown - settled) / count,
        "collection": collection - collection_before,
        "get": get / limit_get,
    }


async def relist(url: str, count: int) -> Values:
    """Fill a cache from initial events, and again after the watch has expired. One object is new."""
    async with pods(url, f"relist-{count}") as api, anyio.create_task_group() as tasks:
        informer = Informer(api, initial="stream")
        start, told = time.process_time(), 0
        tasks.start_soon(informer.run)
        async with informer.changes() as changes:
            async for change in changes:
                if isinstance(change, Synced):
                    first = time.process_time() - start
                    break
            start = time.process_time()
            async for change in changes:
                told += 1
                if isinstance(change, Added):
                    break
        again = time.process_time() - start
        tasks.cancel_scope.cancel()
    return {"cpu": first / count, "relist": again / first, "told": told - 1}


async def import_runtime(url: str, count: int) -> Values:
    """Import kubex_runtime after core and a model."""
    del url, count
    code = "import time, benchmarks.pods; from kubex import Api, create_client; start = time.process_time(); "
    code += "import kubex_runtime; kubex_runtime.Informer; print(time.process_time() - start)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    return {"cpu": float(output)}


CASES: dict[str, Callable[[str, int], Awaitable[Values]]] = {
    "limit-events": limit_events,
    "watch-events": watch_events,
    "events-1": informer_events(1),
    "events-8": informer_events(8),
    "limit-list": limit_list,
    "sync": sync,
    "relist": relist,
    "import": import_runtime,
}


def main(case: str, url: str, count: str) -> None:
    """Take the samples of a case."""
    work: Any = CASES[case]
    print(json.dumps(asyncio.run(work(url, int(count)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
