"""Translation of the exceptions of an HTTP library by a table."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from types import TracebackType
from typing import NoReturn, TypeAlias

from kubex.core._tracebacks import forget_frames
from kubex.core._transport_errors import ConnectTimeout, ReadTimeout, TransportError
from kubex.models._errors import KubexError
from kubex.transport._config import Limits, PreparedRequest
from kubex.transport._tls_problems import explain

Foreign: TypeAlias = "type[BaseException] | tuple[type[BaseException], ...] | Callable[[BaseException], bool]"


class Phase(Enum):
    """A phase of a request with a separate time limit: the error when the limit is exceeded, and its text."""

    CONNECT = ConnectTimeout, "no connection within"
    POOL = ConnectTimeout, "no connection of the pool came free within"
    READ = ReadTimeout, "the server sent nothing for"
    WRITE = ReadTimeout, "the server took nothing for"

    def __init__(self, error: type[TransportError], words: str) -> None:
        self.error = error
        self.words = words

    def text(self, limits: Limits) -> str | None:
        """Return the text for an exceeded limit; None if the request has no limit for this phase."""
        limit: float | None = getattr(limits, self.name.lower())
        return None if limit is None else f"{self.words} {limit:g} s ({self.name.lower()} timeout)"


ExceptionTable: TypeAlias = Sequence[tuple[Foreign, type[TransportError] | Phase]]
"""Rows of an exception class, a tuple of classes or a predicate, and the error that such an exception becomes.

A `Phase` means that the time limit of the phase was exceeded; the error names the limit.
"""

# Of a text, in characters: aiohttp shows a header that is too long completely.
_LONGEST = 500

# Alerts by which a server refuses the client's certificate. In TLS 1.3 they come with the first read.
_REFUSALS = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")


def translated(error: BaseException, table: ExceptionTable, request: PreparedRequest) -> TransportError | None:
    """Return the error that the first matching row makes of an exception; None if it is to pass unchanged."""
    if isinstance(error, KubexError):
        return None
    for foreign, becomes in table:
        if isinstance(error, foreign) if isinstance(foreign, type | tuple) else foreign(error):
            url, _, query = request.url.partition("?")
            timed_out = becomes.text(request.limits) if isinstance(becomes, Phase) else None
            ours = becomes.error if isinstance(becomes, Phase) else becomes
            narrowed, text = explain(ours, tls_cause(error), timed_out or _root(error), url)
            return narrowed(text.replace(f"?{query}", "") if query else text, request.method, url)
    return None


def reraise(error: BaseException, table: ExceptionTable, request: PreparedRequest) -> NoReturn:
    """Raise what the table makes of an exception, else the exception itself, without the frames of the library.

    Error reporters show the local variables of frames, and those of an HTTP library contain header fields with tokens.
    """
    ours = translated(error, table, request)
    forget_frames(error)
    if ours is None:
        raise error
    raise ours from error


class map_exceptions:  # noqa: N801 - used as a function, as contextlib.suppress is
    """Translate the exceptions that an HTTP library raises in the block; the first matching row of the table wins.

    An exception without a row passes unchanged. The original becomes the cause; the text has no query string.
    `Transport` and `StreamResponse` do this for their abstract methods, so only a `WebSocket` needs it.
    """

    __slots__ = ("_request", "_table")

    def __init__(self, table: ExceptionTable, request: PreparedRequest) -> None:
        self._table = table
        self._request = request

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None
    ) -> None:
        if error is not None:
            reraise(error, self._table, self._request)


def _root(error: BaseException) -> str:
    """Say what the innermost cause that says anything says: libraries wrap it into less and less."""
    said = type(error).__name__
    for cause in _causes(error):
        if not isinstance(cause, Exception):
            break
        if words := _words(cause):
            said = f"{type(cause).__name__}: {words}"
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."


def _words(error: Exception) -> str:
    """Return the text of an exception in one line.

    aiohttp's parser writes its message below a status that no server sent, and marks the place with a caret.
    """
    text = str(error)
    if "\n" not in text:
        return text
    message = getattr(error, "message", None)
    lines = (message if isinstance(message, str) else text).splitlines()
    return " ".join(line.strip() for line in lines if line.strip(" ^"))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        # httpcore hides its causes by `from None`. Any other context may be an error that the caller is handling.
        cause = error.__context__ if error.__cause__ is None and error.__suppress_context__ else error.__cause__
        several: Sequence[BaseException] | None = getattr(cause, "exceptions", None)  # of an exception group
        error = several[0] if several else cause


def caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Tell whether the error, or a cause of it, is of a kind."""
    return any(isinstance(cause, kind) for cause in _causes(error))


def caused_by_tls(error: BaseException) -> bool:
    """Tell whether an exception of the TLS library stands behind the error."""
    return tls_cause(error) is not None


def refused_by_tls_alert(error: BaseException) -> bool:
    """Tell whether the server refused this side's certificate, which may happen after the handshake."""
    reason = getattr(tls_cause(error), "reason", None) or ""
    return "ALERT" in reason and any(refusal in reason for refusal in _REFUSALS)


def tls_cause(error: BaseException) -> ssl.SSLError | None:
    """Return the innermost exception of the TLS library behind the error."""
    found = [cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)]
    return found[-1] if found else None  # exceptions of aiohttp are also of this class, but have no reason
