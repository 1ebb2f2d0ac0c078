"""Decide whether a request is sent again, and after which delay."""

import math
import random
from collections.abc import Collection
from dataclasses import dataclass

from kubex.core._headers import Headers
from kubex.core._http import Request
from kubex.errors import ConfigurationError, ConnectError, ConnectionLost, ProxyError, ReadTimeout, TLSError

THROTTLED = 429
OVERLOADED = frozenset({500, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how soon a request is sent again; `ClientOptions(retry=None)` disables retries.

    A request is sent again if

    * no connection could be opened, since the server did not receive anything;
    * it only reads, and the connection was lost;
    * the server throttled it with 429. Evictions are an exception, and `throttled_methods` can exclude others;
    * it only reads, and the response was 500, 503 or 504 with `Retry-After`.

    Delays are in seconds. They double from `initial_delay` up to `max_delay`, and up to half of each is subtracted at
    random. If `Retry-After` is longer than `max_retry_after`, the error is raised at once.

    Raises ConfigurationError for invalid values.
    """

    max_attempts: int = 5
    initial_delay: float = 0.2
    max_delay: float = 5.0
    max_retry_after: float = 30.0
    throttled_methods: Collection[str] | None = None
    """The methods that are sent again after 429. None means all, since an API server throttles a request before it
    processes it. Set it, for example to `{"GET"}`, if a gateway can respond with 429 after it has forwarded
    a request."""

    def __post_init__(self) -> None:
        if isinstance(self.max_attempts, bool) or not isinstance(self.max_attempts, int) or self.max_attempts < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(
                f"must be an integer of at least 1, not {self.max_attempts!r}", field="RetryPolicy.max_attempts"
            )
        for name in ("initial_delay", "max_delay", "max_retry_after"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise ConfigurationError(
                    f"must be a number of seconds, 0 or more, not {value!r}", field=f"RetryPolicy.{name}"
                )

        methods = self.throttled_methods
        if isinstance(methods, str) or any(not method.isupper() for method in methods or ()):
            raise ConfigurationError(
                f'must be None or methods in upper case, such as {{"GET"}}, not {methods!r}',
                field="RetryPolicy.throttled_methods",
            )

    def backoff(self, attempt: int) -> float:
        """Return the delay after a failed attempt, counted from 1."""
        delay = min(self.max_delay, self.initial_delay * 2.0 ** min(attempt - 1, 32))
        return delay * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not cryptography

    def delay_after_error(self, request: Request, error: Exception, attempt: int) -> float | None:
        """Return the delay before the next attempt, or None to raise the error."""
        if attempt >= self.max_attempts:
            return None
        if isinstance(error, ConnectError):
            # An attempt with the same certificates or the same proxy would fail, too.
            return None if isinstance(error, TLSError | ProxyError) else self.backoff(attempt)
        # A read timeout is raised: another attempt could take the same time again.
        if isinstance(error, ConnectionLost) and not isinstance(error, ReadTimeout) and request.reads_only:
            return self.backoff(attempt)
        return None

    def delay_after_response(self, request: Request, status: int, headers: Headers, attempt: int) -> float | None:
        """Return the delay before the next attempt, or None to use this response."""
        if attempt >= self.max_attempts or status in request.accept_status:
            return None
        if status == THROTTLED:
            methods = self.throttled_methods
            if not request.resend_when_throttled or (methods is not None and request.method not in methods):
                return None
            requested = headers.retry_after() or 0.0
        elif status in OVERLOADED and request.reads_only:
            seconds = headers.retry_after()
            if seconds is None:
                return None
            requested = seconds
        else:
            return None
        return None if requested > self.max_retry_after else max(requested, self.backoff(attempt))
