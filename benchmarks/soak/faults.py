"""Random faults of the server."""

from collections import Counter, deque
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.soak.writers import KINDS
from kubex_testing.embedded import (
    Answer,
    Drop,
    EmbeddedServer,
    EndWatch,
    ErrorEvent,
    ExpireContinue,
    FaultAction,
    Garble,
    Lag,
    NoBookmarks,
    NoStreamingList,
    Replay,
    Silence,
    Slow,
    Throttle,
)


class FaultInjector:
    """Injects one fault at a time. Each one ends after some later ones, so that the followers make progress."""

    def __init__(self, server: EmbeddedServer, random: Random) -> None:
        self._server = server
        self._random = random
        self._ends: deque[Callable[[], None]] = deque()
        self.counts: Counter[str] = Counter()

    def inject(self) -> None:
        """Start a random fault, and end an old one."""
        if len(self._ends) > 3:
            self._ends.popleft()()
        kind = self._random.choice(tuple(KINDS))
        if self._random.random() < 0.25:
            self._interrupt(kind)
            return
        verb, fault = self._random.choice(self._faults())
        injected = self._server.inject(f"{verb} {kind}", fault, times=self._random.randint(1, 3))
        self._ends.append(injected.remove)
        self.counts[type(fault).__name__] += 1

    def stop(self) -> None:
        """End all faults."""
        while self._ends:
            self._ends.popleft()()
        self._server.clear_faults()

    def _interrupt(self, kind: str) -> None:
        server = self._server
        actions: Sequence[tuple[str, Callable[[], None], Callable[[], None] | None]] = (
            ("compact", server.compact, None),
            ("close_watches", server.close_watches, None),
            ("drop_connections", server.drop_connections, None),
            ("bookmark_now", server.bookmark_now, None),
            ("stop_listening", server.stop_listening, server.listen),
            ("hold", lambda: server.hold(kind), lambda: server.release(kind)),
        )
        name, start, end = self._random.choice(actions)
        self.counts[name] += 1
        start()
        if end is not None:
            self._ends.append(end)

    def _faults(self) -> Sequence[tuple[str, FaultAction]]:
        random = self._random
        after = random.randint(0, 30)
        return (
            ("watch", EndWatch(after, random.choice(("clean", "reset", "mid-line")))),
            ("watch", ErrorEvent(random.choice((410, 429, 500, 504, "StoreReadError")), after)),
            ("watch", Silence(after)),
            # Not "type": followers ignore events of an unknown type, because those do not describe a state.
            ("watch", Garble(random.choice(("line", "metadata")), after)),
            ("watch", Replay(random.randint(1, 50))),
            ("watch", NoStreamingList(random.choice(("rejected", "ignored")))),
            ("watch", NoBookmarks()),
            (random.choice(("list", "watch")), Lag(random.randint(1, 50))),
            (random.choice(("list", "watch")), Slow(random.randint(5_000, 100_000))),
            (random.choice(("list", "watch")), Answer(random.choice((429, 500, 502, 503, 504)))),
            (random.choice(("list", "watch")), Throttle(1, random.choice(("text", "status")))),
            (random.choice(("list", "watch")), Drop(random.choice(("head", "request", "response")))),
            (random.choice(("list", "watch")), Drop("body", random.randint(0, 5_000))),
            ("list", ExpireContinue(random.randint(2, 4))),
        )
