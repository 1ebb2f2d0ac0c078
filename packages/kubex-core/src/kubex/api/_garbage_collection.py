"""Pausing the garbage collector while many objects are decoded."""

import gc
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager

# The threads that have switched the collector off and will switch it on again.
_paused_by: set[int] = set()


@contextmanager
def garbage_collection_paused() -> Generator[None]:
    """Switch the cyclic garbage collector off for a block; leave it as it is if it is off already.

    The objects that the block makes go to the oldest generation, so that the young ones are not walked for them. The
    collector belongs to the process: with two threads here, it is switched on when the first one that found it on is
    done. That costs time and nothing else.
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
        if gc.get_freeze_count() == 0:  # else a program has frozen objects, which must stay so
            gc.freeze()
            gc.unfreeze()  # into the oldest generation
        gc.enable()
        _paused_by.discard(thread)


def _resume_in_child() -> None:
    """Switch the collector on in a child process, where the thread that paused it does not run."""
    if _paused_by:
        _paused_by.clear()
        gc.enable()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_resume_in_child)
