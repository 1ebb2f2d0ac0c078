"""Asking again until something holds, where a server has no event to wait for."""

import time
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")

SECONDS = 20.0
"""Only a guard: what is asked for happens within milliseconds on a machine that is not busy."""


def wait_until(check: Callable[[], R], what: str = "the expected state") -> R:
    """Return the first true answer, which comes a moment after the request that causes it."""
    end = time.monotonic() + SECONDS  # real time: a guard
    while not (found := check()):
        assert time.monotonic() < end, f"{what}: not within {SECONDS:g} s"  # real time: a guard
        time.sleep(0.01)  # real time: between two questions
    return found
