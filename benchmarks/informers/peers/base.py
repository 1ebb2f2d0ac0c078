"""Shared by the modules of the other clients. It imports only the standard library."""

import json
import os
import sys
import time
from collections.abc import Callable

from benchmarks.informers.memory import resident

LIVE = 1000
"""The number of Pods of the events; the last event adds one more."""

Follow = Callable[[str, str, int], "tuple[float, object]"]
"""A function that follows Pods of a namespace until it has received a number of new ones.

It returns the CPU seconds and the objects that must stay in memory.
"""


def main(follow: Follow) -> None:
    """Measure events and the memory of objects, and print them as JSON."""
    url, events, objects = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    cpu, kept = follow(url, f"events-{events}", LIVE + 1)
    del kept
    before = resident()
    _, kept = follow(url, f"objects-{objects}", objects)
    print(json.dumps({"cpu": cpu / events, "bytes": (resident() - before) / objects}), flush=True)
    del kept
    os._exit(0)  # threads of a client that cannot be stopped


def cpu_since(start: float) -> float:
    """Return the CPU seconds since a value of `time.process_time()`."""
    return time.process_time() - start
