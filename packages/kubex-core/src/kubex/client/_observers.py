"""Observers of a client: they see each attempt of each request, for tracing and metrics."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from kubex.client._request_builder import checked_headers
from kubex.core._headers import Headers
from kubex.core._http import Request
from kubex.core._request_info import RequestInfo
from kubex.errors import ConfigurationError

logger = logging.getLogger("kubex.client")

# Headers of the connection, and headers that identify the user.
_RESERVED = {
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "host",
    "proxy-authorization",
    "transfer-encoding",
    "upgrade",
}
_RESERVED_PREFIXES = ("impersonate-", "sec-websocket-")


class Attempt(RequestInfo):
    """One attempt to send a request. It never contains bodies, credentials or the query.

    The attributes from `status` on are set when the attempt ends.
    """

    __slots__ = (
        "backend",
        "error",
        "headers",
        "number",
        "request_size",
        "response_size",
        "retry_after",
        "server",
        "status",
        "streaming",
        "waited",
    )

    def __init__(
        self, request: Request, *, number: int, waited: float, streaming: bool, server: str, backend: str
    ) -> None:
        super().__init__(request.method, request.path, request.query)
        self.number = number
        """The number of the attempt, from 1."""
        self.waited = waited
        """The delay in seconds between the previous attempt and this one."""
        self.streaming = streaming
        """Whether this is a stream, such as a watch or a log, or a WebSocket. The attempt then ends with the headers of
        the response."""
        self.server = server
        """The URL of the server."""
        self.backend = backend
        """The name of the backend, such as `httpx2`."""
        self.request_size = 0 if request.body is None else len(request.body)
        """The size of the request body in bytes."""
        self.headers: dict[str, str] = {}
        """Headers that observers add, such as `traceparent`. They do not replace other headers of the request."""
        self.status: int | None = None
        """The HTTP status, or None if there was no response."""
        self.response_size: int | None = None
        """The size of the complete, decompressed response body in bytes; None for streams."""
        self.retry_after: float | None = None
        """The delay in seconds that the server requests before another attempt."""
        self.error: BaseException | None = None
        """The exception of an attempt without a response, such as a `TransportError` or a cancellation."""

    def __repr__(self) -> str:
        return f"<Attempt {self.number} of {self.method} {self.path}, status {self.status}>"

    def set_response(self, status: int, headers: Headers, body: bytes | None) -> None:
        """Set the attributes of the response."""
        self.status = status
        self.response_size = None if body is None else len(body)
        if status >= 300:
            self.retry_after = headers.retry_after()


class Observer(Protocol):
    """An object that sees each attempt of each request of a client, for tracing and metrics.

    `attempt()` returns a context manager, which is entered before the attempt and left after it, in the task of the
    caller. It is not asynchronous, so it cannot delay a request. It cannot suppress an exception. An observer that
    raises an exception is disabled, and Kubex logs the exception.

    Example:
        class Log:
            @contextmanager
            def attempt(self, attempt):
                yield
                print(attempt.verb, attempt.template, attempt.status)

        client = await create_client(options=ClientOptions(observers=(Log(),)))
        print(await client.version())
        await client.aclose()
    """

    def attempt(self, attempt: Attempt, /) -> AbstractContextManager[object]:
        """Return the context manager of an attempt."""
        ...


class ObservedAttempt:
    """The context managers of all observers for one attempt."""

    __slots__ = ("_attempt", "_entered", "_observers")

    def __init__(self, observers: list[Observer], attempt: Attempt) -> None:
        self._observers = observers
        self._attempt = attempt
        self._entered: list[tuple[Observer, AbstractContextManager[object]]] = []

    def __enter__(self) -> None:
        attempt = self._attempt
        for observer in tuple(self._observers):
            headers = attempt.headers.copy()
            try:
                context = observer.attempt(attempt)
                context.__enter__()
                self._entered.append((observer, context))
                if attempt.headers:
                    check_added_headers(attempt.headers)
            except Exception as failure:  # noqa: BLE001 - an observer must not affect requests
                attempt.headers = headers
                self._disable(observer, failure)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._attempt.error = error
        for observer, context in reversed(self._entered):
            try:
                context.__exit__(kind, error, traceback)
            except BaseException as failure:  # noqa: PERF203 - an observer must not replace the error of the request
                if failure is error:
                    continue
                if not isinstance(failure, Exception):
                    raise
                self._disable(observer, failure)

    def _disable(self, observer: Observer, failure: Exception) -> None:
        if observer in self._observers:
            self._observers.remove(observer)
            logger.error("the observer %r raised an exception and is disabled", observer, exc_info=failure)


def check_added_headers(headers: dict[str, str]) -> None:
    """Raise ConfigurationError for a header that observers must not add."""
    for name, _ in checked_headers(headers):
        if name.lower() in _RESERVED or name.lower().startswith(_RESERVED_PREFIXES):
            raise ConfigurationError(f"an observer must not add the header {name!r}", field="Attempt.headers")


def check_observers(observers: Sequence[Observer]) -> tuple[Observer, ...]:
    """Return the observers as a tuple; raises ConfigurationError for other objects."""
    if not isinstance(observers, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise _not_an_observer(observers)
    for observer in observers:
        if isinstance(observer, type) or not callable(getattr(observer, "attempt", None)):
            raise _not_an_observer(observer)
    return tuple(observers)


def _not_an_observer(value: object) -> ConfigurationError:
    return ConfigurationError(
        f"must be a sequence of objects with a method attempt(), not {value!r}", field="ClientOptions.observers"
    )
