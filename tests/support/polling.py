"""Polling, for conditions without an event that a test could wait for."""

import time
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")

WAIT_TIMEOUT = 20.0
"""The maximum time to wait. Usually a condition becomes true within milliseconds."""


def wait_until(check: Callable[[], R], description: str = "the condition") -> R:
    """Call `check` until its result is true, and return the result."""
    end = time.monotonic() + WAIT_TIMEOUT  # real time: a guard
    while not (found := check()):
        remaining = end - time.monotonic()  # real time: a guard
        assert remaining > 0, f"{description} did not become true within {WAIT_TIMEOUT:g} s"
        time.sleep(0.01)  # real time: the interval between two calls
    return found
