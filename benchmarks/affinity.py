"""Run the server and the measured process on separate cores, if the system supports it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def cores() -> tuple[int | None, int | None]:
    """Return the core of the measured process and the core of the server, or None if there is only one."""
    if sys.platform != "linux":
        return None, None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[-1]) if len(usable) > 1 else (None, None)


def pin(core: int | None) -> None:
    """Run this process and its children only on this core."""
    if core is not None and sys.platform == "linux":
        os.sched_setaffinity(0, {core})


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Run this process and its children only on this core, until the end of the block."""
    if core is None or sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
