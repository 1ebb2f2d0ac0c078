"""The time limits of a reflector."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Time limits in seconds.

    `watch_seconds` is the range of `timeoutSeconds`. It is below the idle timeouts of load balancers, and random, so
    that the watches of many programs do not end at the same time. After `silent_after` seconds without an initial
    event, the server does not support initial events. An empty watch that is shorter than `shortest_watch` is a
    failure. After `probe_after` seconds without an event or a bookmark, which API servers send every minute, the
    reflector checks the version of the server.
    """

    watch_seconds: tuple[int, int] = (230, 290)
    silent_after: float = 10.0
    shortest_watch: float = 1.0
    probe_after: float = 75.0


TIMING = Timing()
