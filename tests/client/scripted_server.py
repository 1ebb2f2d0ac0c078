"""Connection handlers that respond to each request with the next response of a sequence."""

import gzip
import threading
from collections.abc import Callable, Iterable
from typing import TypeAlias

from kubex_testing.compliance.servers import WAIT_TIMEOUT, ServerConnection

Responder: TypeAlias = Callable[[ServerConnection], None]
"""Responds to a request that was read from the connection."""


class ResponseSequence:
    """Handles connections: each request gets the next response, on any connection. The last response is repeated."""

    def __init__(self, *responders: Responder) -> None:
        self._responders = list(responders)
        self._lock = threading.Lock()

    def __call__(self, connection: ServerConnection) -> None:
        """Handle one connection."""
        try:
            while connection.read_request():
                with self._lock:
                    responder = self._responders.pop(0) if len(self._responders) > 1 else self._responders[0]
                responder(connection)
        except (BrokenPipeError, ConnectionResetError):  # the client closed the connection during the response
            connection.server.connection_closed.set()
            raise


def respond_with(body: bytes = b"{}", *, status: str = "200 OK", headers: Iterable[tuple[str, str]] = ()) -> Responder:
    """Send a complete response."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return lambda connection: connection.respond(body, status=status, headers=lines)


def respond_error(status: str, body: bytes = b"", **headers: str) -> Responder:
    """Send a complete error response. Underscores in the names of headers become hyphens."""
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return respond_with(body, status=status, headers=fields)


def respond_gzip(body: bytes) -> Responder:
    """Send a complete response with a gzip body."""
    return respond_with(gzip.compress(body), headers=[("Content-Encoding", "gzip")])


def close_without_response(_: ServerConnection) -> None:
    """Close the connection without a response."""
    raise ConnectionError("the server closes the connection")


def respond_stream(*chunks: bytes, until: threading.Event | None = None) -> Responder:
    """Send a chunked response. It ends when the event is set; without an event, it waits for the client to close."""

    def respond(connection: ServerConnection) -> None:
        connection.start_chunked()
        for chunk in chunks:
            connection.send_chunk(chunk)
        if until is None:
            connection.wait_until_closed()
        elif until.wait(WAIT_TIMEOUT):
            connection.send_chunk(b"")

    return respond


def respond_never(connection: ServerConnection) -> None:
    """Send nothing, and wait until the client closes the connection."""
    connection.wait_until_closed()


class RequestSignal:
    """Releases the semaphore `request_received` for each request."""

    def __init__(self) -> None:
        self.request_received = threading.Semaphore(0)

    def before(self, responder: Responder) -> Responder:
        """Return a responder that releases the semaphore, then responds."""

        def respond(connection: ServerConnection) -> None:
            self.request_received.release()
            responder(connection)

        return respond


class Gate:
    """A responder that waits until `open()` is called, or until `opens_at` requests wait.

    `max_waiting` is the largest number of requests that waited at the same time. The semaphore `request_received` is
    released for each request.
    """

    def __init__(self, opens_at: int | None = None) -> None:
        self._opened = threading.Event()
        self._opens_at = opens_at
        self._lock = threading.Lock()
        self.waiting = 0
        self.max_waiting = 0
        self.request_received = threading.Semaphore(0)

    def __call__(self, connection: ServerConnection) -> None:
        """Wait, then respond."""
        with self._lock:
            self.waiting += 1
            self.max_waiting = max(self.max_waiting, self.waiting)
            if self.waiting == self._opens_at:
                self._opened.set()
        self.request_received.release()
        opened = self._opened.wait(WAIT_TIMEOUT)
        with self._lock:
            self.waiting -= 1
        if not opened:
            raise AssertionError(f"the gate was not opened; at most {self.max_waiting} requests waited")
        connection.respond(b"{}")

    def open(self) -> None:
        """Respond to all current and later requests."""
        self._opened.set()
