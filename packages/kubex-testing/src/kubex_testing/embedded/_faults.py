"""Fault injection: change the response to the requests that match."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

from ._messages import RecordedRequest


@dataclass(frozen=True)
class Answer:
    """Send this response instead of handling the request."""

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/plain; charset=utf-8"),)


@dataclass(frozen=True)
class AddHeaders:
    """Handle the request, then add these headers to the response (for example `Warning`)."""

    headers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Drop:
    """Close the connection instead of sending a complete response.

    `when` is `head` (after the request headers), `request` (after the complete request, without handling it),
    `response` (after handling the request, so that its effects remain but the response is lost) or `body` (after
    `after_bytes` bytes of the response body).
    """

    when: Literal["head", "request", "response", "body"] = "request"
    after_bytes: int = 0


class Delay:
    """Hold matching requests until `release()`. `arrived` is set when the first request waits."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self._lock = threading.Lock()
        self._released = False
        self._waiting: list[Future[None]] = []

    def release(self) -> None:
        """Release all waiting and future requests."""
        with self._lock:
            self._released = True
            waiting, self._waiting = self._waiting, []
        for future in waiting:
            # This returns False if the waiting request was cancelled.
            if future.set_running_or_notify_cancel():
                future.set_result(None)

    async def wait(self) -> None:
        """Wait until `release()`. The server calls this method."""
        future: Future[None] = Future()
        with self._lock:
            if self._released:
                return
            self._waiting.append(future)
        self.arrived.set()
        await asyncio.wrap_future(future)


Action = Answer | AddHeaders | Drop | Delay
Matcher = str | Callable[[RecordedRequest], bool]


@dataclass
class Fault:
    """One injected fault. `hits` counts the requests that it was applied to."""

    matcher: Matcher
    action: Action
    times: int | None
    hits: int = 0

    def matches(self, request: RecordedRequest) -> bool:
        """Return whether the fault matches this request and has uses left."""
        if self.times is not None and self.hits >= self.times:
            return False
        if callable(self.matcher):
            return self.matcher(request)
        method, _, path = self.matcher.rpartition(" ")
        if method and method != request.method:
            return False
        return path in ("*", request.path, request.target)


class FaultList:
    """The injected faults, oldest first. Thread-safe, because tests change it from other threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def drops_at_head(self, request: RecordedRequest) -> bool:
        """Return whether a fault drops the connection after the request headers."""
        return self._take(request, at_head=True) is not None

    def take(self, request: RecordedRequest) -> Action | None:
        """Return the action for a complete request, or None."""
        return self._take(request, at_head=False)

    def _take(self, request: RecordedRequest, *, at_head: bool) -> Action | None:
        with self._lock:
            for fault in self._faults:
                if _is_head_drop(fault.action) is at_head and fault.matches(request):
                    fault.hits += 1
                    return fault.action
        return None


def _is_head_drop(action: Action) -> bool:
    return isinstance(action, Drop) and action.when == "head"
