"""Pause the garbage collector while many objects are decoded."""

import gc
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager

# The threads that have disabled the collector and will enable it again.
_paused_by: set[int] = set()


@contextmanager
def garbage_collection_paused() -> Generator[None]:
    """Disable the cyclic garbage collector for a block. If it is already disabled, do nothing.

    The objects that the block creates are moved to the oldest generation, so that collections of the young generations
    do not traverse them.

    The collector belongs to the process. If two threads are in this block, the collector is enabled as soon as the
    thread that disabled it first has finished. The other thread is then slower, but not wrong.
    """
    if not gc.isenabled():
        yield
        return
    thread = threading.get_ident()
    _paused_by.add(thread)
    gc.disable()
    try:
        yield
    finally:
        # unfreeze() would also unfreeze objects that the program has frozen, for example before a fork.
        if gc.get_freeze_count() == 0:
            gc.freeze()
            gc.unfreeze()
        gc.enable()
        _paused_by.discard(thread)


def _resume_in_child() -> None:
    """Enable the collector in a child process, which does not have the thread that paused it."""
    if _paused_by:
        _paused_by.clear()
        gc.enable()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_resume_in_child)
