"""`is_transient()` separates errors that a later attempt can avoid from permanent ones."""

import ssl
from collections.abc import Callable

import pytest

from kubex import errors
from kubex.errors import (
    ApiError,
    CommandInterrupted,
    CommandStartError,
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    ConnectTimeout,
    ContainerNotRunning,
    DeadlineExceeded,
    DecodeError,
    KubexError,
    PortForwardError,
    ProxyError,
    ReadTimeout,
    ServerCertificateError,
    TLSError,
    TransportError,
    UnknownWatchEventError,
    WebSocketError,
    is_transient,
)
from kubex.models import Status

TRANSIENT_STATUSES = {429, 500, 502, 503, 504}


def api_error(status: int) -> ApiError:
    return errors.ApiError(status, Status(code=status))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 501, 502, 503, 504])
def test_is_transient_depends_on_the_status_of_an_api_error(status: int) -> None:
    assert is_transient(api_error(status)) == (status in TRANSIENT_STATUSES)


TRANSPORT_ERRORS: list[tuple[Callable[[str], TransportError], bool]] = [
    (TransportError, True),
    (ConnectError, True),
    (ConnectTimeout, True),
    (ProxyError, True),
    (ConnectionLost, True),
    (CommandInterrupted, True),
    (PortForwardError, True),
    (ReadTimeout, True),
    (DeadlineExceeded, True),
    (WebSocketError, True),
    (TLSError, False),
    (ServerCertificateError, False),
]


@pytest.mark.parametrize(("kind", "expected"), TRANSPORT_ERRORS)
def test_is_transient_is_true_for_transport_errors_except_tls(
    kind: Callable[[str], TransportError], *, expected: bool
) -> None:
    assert is_transient(kind("broke")) == expected


def test_is_transient_table_contains_every_transport_error() -> None:
    classes = {getattr(errors, name) for name in errors.__all__ if name != "is_transient"}
    assert {kind for kind in classes if issubclass(kind, TransportError)} == {kind for kind, _ in TRANSPORT_ERRORS}


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), True),
        (ssl.SSLZeroReturnError(6, "TLS/SSL connection has been closed (EOF)"), True),
        (ssl.SSLError(1, "WRONG_VERSION"), False),
    ],
)
def test_is_transient_is_true_for_an_interrupted_tls_handshake(cause: ssl.SSLError, *, expected: bool) -> None:
    error = TLSError("failed")
    error.__cause__ = OSError("the exception of a library")
    error.__cause__.__context__ = cause
    assert is_transient(error) == expected


@pytest.mark.parametrize(
    "error",
    [
        CommandStartError(500, Status(message="no such file")),
        ContainerNotRunning(500, Status(message="container not running")),
        ConfigurationError("wrong"),
        DecodeError("Pod web", "spec: missing"),
        UnknownWatchEventError("pods", "SYNC"),
        KubexError(),
        ValueError("wrong"),
        OSError("wrong"),
        TimeoutError("of the program"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_is_transient_is_false_for_other_errors(error: BaseException) -> None:
    assert not is_transient(error)


def test_is_transient_is_true_for_a_response_of_a_load_balancer() -> None:
    assert is_transient(DecodeError("Pod", "the response is empty", not_from_server=True))
