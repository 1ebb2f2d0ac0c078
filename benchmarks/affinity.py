"""The server and what is measured stay on cores of their own, where the system allows it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def cores() -> tuple[int | None, int | None]:
    """Return the core of what is measured and that of the server; None where there is no choice."""
    if sys.platform != "linux":
        return None, None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[-1]) if len(usable) > 1 else (None, None)


def pin(core: int | None) -> None:
    """Keep this process, and those that it starts, on a core."""
    if core is not None and sys.platform == "linux":
        os.sched_setaffinity(0, {core})


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """Keep this process, and those that it starts, on a core as long as the block lasts."""
    if core is None or sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
