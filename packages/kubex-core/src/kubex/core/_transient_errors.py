"""Decide whether an error is transient: whether a later attempt can succeed."""

from __future__ import annotations

from collections.abc import Iterator

from kubex.core._api_errors import ApiError
from kubex.core._exec_errors import CommandStartError, ContainerNotRunning
from kubex.core._transport_errors import TLSError, TransportError
from kubex.models._errors import DecodeError

# The statuses of a server that is overloaded, starting or stopping, or of a load balancer in front of it.
_TRANSIENT_STATUSES = frozenset({429, 500, 502, 503, 504})


def is_transient(error: BaseException) -> bool:
    """Return whether the same call can succeed later, without a change by a person or a program.

    Use it in programs that run for a long time, to decide between another attempt and an error. `retry_after` of an
    `ApiError` is the delay that the server requests. Kubex has already repeated the request, see `RetryPolicy`.

    It is True for

    * a `TransportError`, but not for a `TLSError`, except for a handshake that was interrupted;
    * an `ApiError` with status 429, 500, 502, 503 or 504;
    * a `DecodeError` of a response that is not from an API server, such as the web page of a load balancer.

    It is False for all other exceptions. Examples are `Conflict` and `Expired`, which require that the program reads
    the object or the list again.

    Example:
        try:
            await pods.list()
        except KubexError as error:
            if not is_transient(error):
                raise
            print("the server is not available:", error)
    """
    if isinstance(error, ApiError):
        # A container runtime fails with 500 for a program that does not exist.
        return error.status in _TRANSIENT_STATUSES and not isinstance(error, CommandStartError | ContainerNotRunning)
    if isinstance(error, TLSError):
        import ssl  # importing it takes several milliseconds

        # Some versions of Python raise SSLZeroReturnError if the connection is closed in the handshake.
        return any(isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError) for cause in _causes(error))
    if isinstance(error, DecodeError):
        return error.not_from_server
    return isinstance(error, TransportError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause, seen = error.__cause__ or error.__context__, set[int]()
    while cause is not None and id(cause) not in seen:  # the causes can be a cycle
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
