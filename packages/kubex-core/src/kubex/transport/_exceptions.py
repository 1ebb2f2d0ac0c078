"""Translate the exceptions of an HTTP library with a table."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from types import TracebackType
from typing import NoReturn, TypeAlias

from kubex.core._error_handling import clear_tracebacks
from kubex.core._transport_errors import ConnectTimeout, ReadTimeout, TransportError
from kubex.models._errors import KubexError
from kubex.transport._config import Limits, PreparedRequest
from kubex.transport._tls_errors import classify_tls_error

ForeignException: TypeAlias = "type[BaseException] | tuple[type[BaseException], ...] | Callable[[BaseException], bool]"


class Phase(Enum):
    """A phase of a request with a separate time limit: the error when the limit is exceeded, and its text."""

    CONNECT = ConnectTimeout, "no connection within"
    POOL = ConnectTimeout, "no connection of the pool became free within"
    READ = ReadTimeout, "no data from the server for"
    WRITE = ReadTimeout, "the server did not accept data for"

    def __init__(self, error: type[TransportError], description: str) -> None:
        self.error = error
        self.description = description

    def text(self, limits: Limits) -> str | None:
        """Return the message for an exceeded limit, or None if the request does not limit this phase."""
        limit: float | None = getattr(limits, self.name.lower())
        return None if limit is None else f"{self.description} {limit:g} s ({self.name.lower()} timeout)"


ExceptionTable: TypeAlias = Sequence[tuple[ForeignException, type[TransportError] | Phase]]
"""Rows of an exception class, a tuple of classes or a predicate, and the error that Kubex raises instead.

A `Phase` means that the time limit of this phase was exceeded; the error names the limit.
"""

# In characters. A message of aiohttp may contain a complete header that is too long.
_MAX_LENGTH = 500

# The alerts of a server that rejects the client certificate. In TLS 1.3 they arrive with the first read.
_REJECTION_ALERTS = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")


def translate(error: BaseException, table: ExceptionTable, request: PreparedRequest) -> TransportError | None:
    """Return Kubex's error for an exception by the first matching row, or None if no row matches."""
    if isinstance(error, KubexError):
        return None
    for matcher, target in table:
        if isinstance(error, matcher) if isinstance(matcher, type | tuple) else matcher(error):
            url, _, query = request.url.partition("?")
            timed_out = target.text(request.limits) if isinstance(target, Phase) else None
            kind = target.error if isinstance(target, Phase) else target
            kind, text = classify_tls_error(kind, tls_cause(error), timed_out or _innermost_message(error), url)
            # The query may contain secrets, such as a command for exec.
            return kind(text.replace(f"?{query}", "") if query else text, request.method, url)
    return None


def reraise(error: BaseException, table: ExceptionTable, request: PreparedRequest) -> NoReturn:
    """Raise Kubex's error for an exception, or the exception itself if no row matches, without the library's frames.

    Some error reporters show the local variables of frames. The variables of an HTTP library contain tokens.
    """
    translated = translate(error, table, request)
    clear_tracebacks(error)
    if translated is None:
        raise error
    raise translated from error


class map_exceptions:  # noqa: N801 - used as a function, as contextlib.suppress is
    """Translate the exceptions of an HTTP library in a `with` block, by the first matching row of the table.

    An exception without a row is raised unchanged. The original exception is the cause; messages do not contain the
    query string. `Transport` and `StreamResponse` do this for their abstract methods, so only a `WebSocket` needs it.
    """

    __slots__ = ("_request", "_table")

    def __init__(self, table: ExceptionTable, request: PreparedRequest) -> None:
        self._table = table
        self._request = request

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            reraise(error, self._table, self._request)


def _innermost_message(error: BaseException) -> str:
    """Return the message of the innermost cause that has one: the messages of the outer exceptions are less precise."""
    text = type(error).__name__
    for cause in _causes(error):
        if not isinstance(cause, Exception):
            break
        if message := _single_line(cause):
            text = f"{type(cause).__name__}: {message}"
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}..."


def _single_line(error: Exception) -> str:
    """Return the message of an exception in one line.

    The messages of aiohttp's parser have several lines: a status that the server did not send, the message, and a caret
    below the position.
    """
    text = str(error)
    if "\n" not in text:
        return text
    message = getattr(error, "message", None)
    lines = (message if isinstance(message, str) else text).splitlines()
    return " ".join(line.strip() for line in lines if line.strip(" ^"))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen = set[int]()  # a library that raises the cause of an exception while it handles this exception creates a cycle
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        # httpcore raises `from None`, so the context is the cause. The caller may handle other contexts.
        cause = error.__context__ if error.__cause__ is None and error.__suppress_context__ else error.__cause__
        group: Sequence[BaseException] | None = getattr(cause, "exceptions", None)  # of an exception group
        error = group[0] if group else cause


def caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Return whether the error or one of its causes is an instance of `kind`."""
    return any(isinstance(cause, kind) for cause in _causes(error))


def caused_by_tls(error: BaseException) -> bool:
    """Return whether an exception of the TLS library caused the error."""
    return tls_cause(error) is not None


def refused_by_tls_alert(error: BaseException) -> bool:
    """Return whether the server rejected the client's certificate, which can happen after the handshake."""
    reason = getattr(tls_cause(error), "reason", None) or ""
    return "ALERT" in reason and any(alert in reason for alert in _REJECTION_ALERTS)


def tls_cause(error: BaseException) -> ssl.SSLError | None:
    """Return the innermost exception of the TLS library that caused the error, or None."""
    found = [cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)]
    return found[-1] if found else None  # the outer ones can be aiohttp's subclasses, which do not set `reason`
