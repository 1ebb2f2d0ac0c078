"""When a call is sent again, and how long it waits before."""

import math
import random
from collections.abc import Collection
from dataclasses import dataclass

from kubex.core._headers import Headers
from kubex.core._request import Request
from kubex.errors import ConfigurationError, ConnectError, ConnectionLost, ProxyError, ReadTimeout, TLSError

THROTTLED = 429
OVERLOADED = frozenset({500, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how soon a call is sent again; `ClientOptions(retry=None)` turns that off.

    Sent again are: any call that could not connect, since nothing was sent; a read whose connection broke; any call
    the server throttled with 429, but an eviction, unless `throttled_methods` excludes its method; a read that met
    500, 503 or 504 with `Retry-After`. Delays are in seconds: they double from `initial_delay` up to `max_delay`, less
    a random part of up to a half. A `Retry-After` is obeyed up to `max_retry_after`; above it the error is raised at
    once.

    Raises ConfigurationError for values that make no sense.
    """

    max_attempts: int = 5
    initial_delay: float = 0.2
    max_delay: float = 5.0
    max_retry_after: float = 30.0
    throttled_methods: Collection[str] | None = None
    """The methods of calls that are sent again after 429; None is all: the API server throttles a request before it
    processes it. Name some, such as `{"GET"}`, if a gateway may answer 429 after it has passed a request on."""

    def __post_init__(self) -> None:
        if isinstance(self.max_attempts, bool) or not isinstance(self.max_attempts, int) or self.max_attempts < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(
                f"must be a whole number of at least 1, not {self.max_attempts!r}", field="RetryPolicy.max_attempts"
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
                f'must be None or methods in capitals, such as {{"GET"}}, not {methods!r}',
                field="RetryPolicy.throttled_methods",
            )

    def backoff(self, attempt: int) -> float:
        """Return the delay after the given failed attempt, counted from 1."""
        delay = min(self.max_delay, self.initial_delay * 2.0 ** min(attempt - 1, 32))
        return delay * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not cryptography

    def after_error(self, request: Request, error: Exception, attempt: int) -> float | None:
        """Return the delay after which to send again, None to raise the error."""
        if attempt >= self.max_attempts:
            return None
        if isinstance(error, ConnectError):
            return None if isinstance(error, TLSError | ProxyError) else self.backoff(attempt)
        if isinstance(error, ConnectionLost) and not isinstance(error, ReadTimeout) and request.reads_only:
            return self.backoff(attempt)
        return None

    def after_answer(self, request: Request, status: int, headers: Headers, attempt: int) -> float | None:
        """Return the delay after which to send again, None to take the answer as it is."""
        if attempt >= self.max_attempts:
            return None
        if status == THROTTLED:
            methods = self.throttled_methods
            if not request.resend_when_throttled or (methods is not None and request.method not in methods):
                return None
            asked = headers.retry_after() or 0.0
        elif status in OVERLOADED and request.reads_only:
            seconds = headers.retry_after()
            if seconds is None:
                return None
            asked = seconds
        else:
            return None
        return None if asked > self.max_retry_after else max(asked, self.backoff(attempt))
