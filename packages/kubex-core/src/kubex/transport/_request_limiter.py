"""A queue of requests, for HTTP libraries without a usable connection pool."""

from __future__ import annotations

from collections import deque

import anyio

from kubex.core._transport_errors import ConnectError, ConnectTimeout
from kubex.transport._config import PreparedRequest
from kubex.transport._exceptions import Phase


class RequestLimiter:
    """Limits how many requests are sent at a time; others wait in order of arrival. `limit=None` means no limit.

    Each `acquire()` that returned needs one `release()`.
    """

    __slots__ = ("_closed", "_free", "_waiting")

    def __init__(self, limit: int | None) -> None:
        self._free = float("inf") if limit is None else limit
        self._waiting: deque[_WaitingRequest] = deque()
        self._closed = False

    async def acquire(self, request: PreparedRequest) -> None:
        """Wait until the request may be sent, for at most `request.limits.pool` seconds.

        Raises ConnectTimeout at the limit, and ConnectError if `close()` is called before the request may be sent.
        """
        if not self._closed:
            if self._free > 0:
                self._free -= 1
                return
            await self._wait(request)
        if self._closed:
            raise ConnectError("the transport is closed", request.method, request.shown_url)

    async def _wait(self, request: PreparedRequest) -> None:
        waiting = _WaitingRequest()
        self._waiting.append(waiting)
        try:
            with anyio.move_on_after(request.limits.pool):
                await waiting.event.wait()
        except BaseException:  # the task was cancelled
            self._stop_waiting(waiting)
            raise
        if not (waiting.granted or self._closed):
            self._stop_waiting(waiting)
            raise ConnectTimeout(Phase.POOL.text(request.limits) or "", request.method, request.shown_url)

    def _stop_waiting(self, waiting: _WaitingRequest) -> None:
        if waiting.granted:  # the slot was granted while the task was being cancelled
            self.release()
        elif waiting in self._waiting:
            self._waiting.remove(waiting)

    def release(self) -> None:
        """End one use, so that the request that has waited longest can be sent."""
        if self._waiting:
            # Pass the slot on directly, so that a new request cannot take it before the waiting task runs.
            waiting = self._waiting.popleft()
            waiting.granted = True
            waiting.event.set()
        else:
            self._free += 1

    def close(self) -> None:
        """Make waiting and later calls of `acquire()` raise ConnectError."""
        self._closed = True
        for waiting in self._waiting:
            waiting.event.set()
        self._waiting.clear()


class _WaitingRequest:
    __slots__ = ("event", "granted")

    def __init__(self) -> None:
        self.event = anyio.Event()
        self.granted = False
