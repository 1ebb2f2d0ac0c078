"""The time limits of a call: from `request_timeout`, the client's options and the HTTP library's defaults."""

from dataclasses import dataclass, field
from types import EllipsisType
from typing import TypeAlias

from kubex.core.params import Timeout
from kubex.transport import Limits

Resolved: TypeAlias = Timeout | EllipsisType | None


@dataclass(frozen=True, slots=True)
class CallTimeout:
    """The limits of a call in seconds.

    `total` limits a plain request, or the time until the headers of a stream arrive. `stream_total` limits the time
    until the end of a stream.
    """

    total: float | None
    limits: Limits
    stream_total: float | None = None


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Resolves timeouts. The call has priority, then the client, then the HTTP library."""

    client: Resolved
    library: Timeout
    _default: CallTimeout = field(init=False)
    _default_stream: CallTimeout = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_default", self._plain(...))
        object.__setattr__(self, "_default_stream", self._stream(..., None))

    def plain(self, call: Resolved) -> CallTimeout:
        """Return the limits of a plain request."""
        return self._default if call is ... else self._plain(call)

    def _plain(self, call: Resolved) -> CallTimeout:
        timeout = self.client if call is ... else call
        if timeout is ...:
            timeout = self.library
        return _UNLIMITED if timeout is None else CallTimeout(timeout.total, self._limits(timeout))

    def stream(self, call: Resolved, *, idle: float | None = None) -> CallTimeout:
        """Return the limits of a stream. Only the timeout of the call and `idle` limit its reads and its total time."""
        return self._default_stream if call is ... and idle is None else self._stream(call, idle)

    def _stream(self, call: Resolved, idle: float | None) -> CallTimeout:
        timeout = self.client if call is ... else call
        if timeout is None:
            return CallTimeout(None, Limits(read=idle))
        call_timeout = call if isinstance(call, Timeout) else None
        if timeout is ...:
            timeout = Timeout(connect=self.library.connect, write=self.library.write, pool=self.library.pool)
        limits = self._limits(timeout)
        read = limits.read if call_timeout is not None and call_timeout.read is not ... else None
        limits = Limits(limits.connect, idle if read is None else read, limits.write, limits.pool)
        # The total of the client limits requests. A watch usually takes longer.
        return CallTimeout(timeout.total, limits, call_timeout.total if call_timeout is not None else None)

    def _limits(self, timeout: Timeout) -> Limits:
        phases = [
            (None if timeout.total is not None else getattr(self.library, name)) if value is ... else value
            for name, value in (
                ("connect", timeout.connect),
                ("read", timeout.read),
                ("write", timeout.write),
                ("pool", timeout.pool),
            )
        ]
        return Limits(*(None if phase is ... else phase for phase in phases))


_UNLIMITED = CallTimeout(None, Limits())
