"""Count what a program holds: tasks, threads and file descriptors (which include sockets)."""

import asyncio
import gc
import threading
from dataclasses import dataclass
from pathlib import Path

import anyio
import anyio.lowlevel
import sniffio

_DESCRIPTORS = Path("/dev/fd")
_PASSES = 100


@dataclass(frozen=True)
class Resources:
    """The resources of this process. A Task that ended is not counted."""

    tasks: int
    threads: int
    descriptors: int

    def __sub__(self, other: "Resources") -> "Resources":
        return Resources(self.tasks - other.tasks, self.threads - other.threads, self.descriptors - other.descriptors)


async def settled_resources() -> Resources:
    """Count the resources after the event loop had time to close connections."""
    for _ in range(_PASSES):
        await anyio.lowlevel.checkpoint()
    gc.collect()
    return count_resources()


def count_resources() -> Resources:
    """Count the resources now."""
    if sniffio.current_async_library() == "trio":
        import trio.lowlevel

        tasks = trio.lowlevel.current_statistics().tasks_living
    else:
        tasks = len(asyncio.all_tasks())
    threads = sum(not _is_idle_worker(thread) for thread in threading.enumerate())
    return Resources(tasks, threads, len(list(_DESCRIPTORS.iterdir())) if _DESCRIPTORS.exists() else 0)


def _is_idle_worker(thread: threading.Thread) -> bool:
    # trio and anyio keep threads for later calls, and end them after some time.
    return thread.name.startswith(("Trio thread", "AnyIO worker thread", "asyncio_"))


async def leaked_since(before: Resources) -> Resources:
    """Return what exists in addition."""
    leaked = count_resources() - before
    for _ in range(_PASSES):
        if leaked == Resources(0, 0, 0):
            break
        leaked = await settled_resources() - before
    return leaked
