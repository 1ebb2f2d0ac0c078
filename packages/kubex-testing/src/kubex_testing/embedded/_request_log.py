"""The requests that the server received, which tests can inspect and wait for."""

import threading
from collections import deque
from collections.abc import Callable

from ._messages import RecordedRequest


class RequestLog:
    """The latest requests, up to a number and a total size. Thread-safe, because tests read it from other threads."""

    def __init__(self, limit: int, max_bytes: int) -> None:
        self._requests: deque[RecordedRequest] = deque()
        self._limit = limit
        self._max_bytes = max_bytes
        self._size = 0
        self._arrival = threading.Condition()

    def add(self, request: RecordedRequest) -> None:
        with self._arrival:
            self._requests.append(request)
            self._size += request.size
            while len(self._requests) > self._limit or self._size > self._max_bytes:
                self._size -= self._requests.popleft().size
            self._arrival.notify_all()

    def all(self) -> list[RecordedRequest]:
        with self._arrival:
            return list(self._requests)

    def clear(self) -> None:
        with self._arrival:
            self._requests.clear()
            self._size = 0

    def wait_for(self, matches: Callable[[RecordedRequest], bool], timeout: float) -> RecordedRequest:
        """Block until a request matches, and return the first one.

        Raises:
            TimeoutError: no request matched within `timeout` seconds.
        """
        with self._arrival:
            if not self._arrival.wait_for(lambda: any(map(matches, self._requests)), timeout):
                raise TimeoutError(
                    f"no matching request within {timeout} s; the server received {len(self._requests)} other requests"
                )
            return next(filter(matches, self._requests))
