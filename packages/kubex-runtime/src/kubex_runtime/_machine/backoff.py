"""The delays between the attempts of a follower."""

import math
from dataclasses import dataclass
from random import Random

from kubex.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The delays after failures, in seconds. They double from `initial_delay` up to `max_delay`.

    Up to half of each delay is subtracted at random, so that many programs do not reconnect at the same time. After
    `reset_after` seconds without a failure, the delays start again at `initial_delay`.

    Raises ConfigurationError for invalid values.
    """

    initial_delay: float = 0.8
    max_delay: float = 30.0
    reset_after: float = 120.0

    def __post_init__(self) -> None:
        for name in ("initial_delay", "max_delay", "reset_after"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
                raise ConfigurationError(
                    f"must be a positive number of seconds, not {value!r}", field=f"Backoff.{name}"
                )
        if self.max_delay < self.initial_delay:
            raise ConfigurationError(
                f"must not be less than initial_delay={self.initial_delay!r}, not {self.max_delay!r}",
                field="Backoff.max_delay",
            )

    def delay(self, failures: int, random: Random) -> float:
        """Return the delay after this number of failures."""
        delay = min(self.max_delay, self.initial_delay * 2.0 ** min(failures - 1, 64))
        return delay * random.uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a follower is not connected.

    `error` is the last error, `attempts` the number of attempts that have failed, and `since` the time of the first
    failure, in seconds on the clock of `anyio.current_time()`.
    """

    error: Exception
    attempts: int
    since: float


class Attempts:
    """Counts the failures, and calculates the time of the next attempt."""

    def __init__(self, backoff: Backoff, random: Random) -> None:
        self._backoff = backoff
        self._random = random
        self._count = 0
        self._since = 0.0
        self._healthy_since: float | None = None
        self.next_at = -math.inf
        """The time before which there must not be another attempt."""
        self.failure: Failure | None = None
        """The last failure; None after a success."""

    def failed(self, error: Exception, now: float, *, retry_after: float | None = None) -> None:
        """Count a failure. The next attempt is not earlier than `retry_after` seconds, if the server requested them."""
        healthy_since, self._healthy_since = self._healthy_since, None
        if healthy_since is not None and now - healthy_since >= self._backoff.reset_after:
            self._count = 0
        if self._count == 0:
            self._since = now
        self._count += 1
        self.failure = Failure(error, self._count, self._since)
        self.next_at = now + max(retry_after or 0.0, self._backoff.delay(self._count, self._random))

    def succeeded(self, now: float) -> None:
        """Record a response of the server."""
        self.failure = None
        if self._healthy_since is None:
            self._healthy_since = now
