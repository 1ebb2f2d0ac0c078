"""Foreign exceptions become ours by a table."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from types import TracebackType
from typing import TypeAlias

from kubex.core._transport_errors import ConnectTimeout, ReadTimeout, TransportError
from kubex.transport._config import Limits, PreparedRequest
from kubex.transport._tls_problems import explain

Foreign: TypeAlias = "type[BaseException] | tuple[type[BaseException], ...] | Callable[[BaseException], bool]"


class Phase(Enum):
    """A phase of a request that has a limit of its own: what its end becomes, and in which words."""

    CONNECT = ConnectTimeout, "no connection within"
    POOL = ConnectTimeout, "no connection of the pool came free within"
    READ = ReadTimeout, "the server sent nothing for"
    WRITE = ReadTimeout, "the server took nothing for"

    def __init__(self, error: type[TransportError], words: str) -> None:
        self.error = error
        self.words = words

    def text(self, limits: Limits) -> str | None:
        """Say that the limit ran out; None if there was none, and something else did."""
        limit: float | None = getattr(limits, self.name.lower())
        return None if limit is None else f"{self.words} {limit:g} s ({self.name.lower()} timeout)"


ExceptionTable: TypeAlias = Sequence[tuple[Foreign, type[TransportError] | Phase]]
"""Rows of a foreign exception class, several, or a question to be asked of the exception, and what it becomes.

A `Phase` stands for the limit of the phase that ran out, which is then named.
"""

# Of a text, in characters: aiohttp shows the whole of a header that is too long.
_LONGEST = 500

# Alerts by which a server refuses the client's certificate. In TLS 1.3 they come with the first read.
_REFUSALS = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")


class map_exceptions:  # noqa: N801 - used as a function, as contextlib.suppress is
    """Translate the exceptions of an HTTP library raised in the block; the first row that matches wins.

    What no row names passes unchanged. The original is the cause of ours; the text has no query string.
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
        if error is None or isinstance(error, TransportError):
            return
        for foreign, becomes in self._table:
            if isinstance(error, foreign) if isinstance(foreign, type | tuple) else foreign(error):
                url, _, query = self._request.url.partition("?")
                timed_out = becomes.text(self._request.limits) if isinstance(becomes, Phase) else None
                ours = becomes.error if isinstance(becomes, Phase) else becomes
                narrowed, text = explain(ours, tls_cause(error), timed_out or _root(error), url)
                raise narrowed(text.replace(f"?{query}", "") if query else text, self._request.method, url) from error


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
    return found[-1] if found else None  # aiohttp's own are some, too, and know nothing
