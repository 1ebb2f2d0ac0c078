"""Faults on request: tests say which requests meet them, and what happens instead of the real answer."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

from ._messages import RecordedRequest


@dataclass(frozen=True)
class Answer:
    """Answer with this instead of handling the request."""

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/plain; charset=utf-8"),)


@dataclass(frozen=True)
class AddHeaders:
    """Handle the request, then add these headers to the answer (`Warning`, for example)."""

    headers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Drop:
    """Close the connection without an answer.

    `head`: when only the head was read; `request`: after the whole request, unhandled; `response`: after handling it,
    so that its effects are there and the answer is lost; `body`: after `after_bytes` bytes of the answer's body.
    """

    when: Literal["head", "request", "response", "body"] = "request"
    after_bytes: int = 0


class Delay:
    """Handle the request only after `release()`; `arrived` is set as soon as one waits."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self._lock = threading.Lock()
        self._released = False
        self._waiting: list[Future[None]] = []

    def release(self) -> None:
        """Let all requests go on, those waiting and those to come."""
        with self._lock:
            self._released = True
            waiting, self._waiting = self._waiting, []
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_result(None)

    async def wait(self) -> None:
        """Hold a request back until `release()`; the server calls it."""
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
    """One injected fault. `hits` counts the requests that met it."""

    matcher: Matcher
    action: Action
    times: int | None
    hits: int = 0

    def matches(self, request: RecordedRequest) -> bool:
        """Tell whether the fault is for this request, and not used up."""
        if self.times is not None and self.hits >= self.times:
            return False
        if callable(self.matcher):
            return self.matcher(request)
        method, _, path = self.matcher.rpartition(" ")
        if method and method != request.method:
            return False
        return path in ("*", request.path, request.target)


class FaultList:
    """The injected faults, oldest first; tests change it from their own threads."""

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
        """Does a fault want this connection closed now that its head is read?"""
        return self._take(request, at_head=True) is not None

    def take(self, request: RecordedRequest) -> Action | None:
        """Return what shall happen to a request that was read whole."""
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
