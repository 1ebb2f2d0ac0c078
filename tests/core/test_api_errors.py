"""Error responses of the API server are converted to exceptions, whatever their body contains."""

import json

import pytest

from kubex.core._api_errors import CLASS_BY_STATUS, error_from_response, error_from_status
from kubex.core._headers import MAX_RETRY_AFTER, Headers
from kubex.errors import AlreadyExists, ApiError, Conflict, Forbidden, NotFound, TooManyRequests
from kubex.models import Status

pytestmark = pytest.mark.covers("pitfall-12")


def error_for(status: int, body: bytes = b"", *headers: tuple[str, str]) -> ApiError:
    return error_from_response(status, Headers(headers), body, method="GET", path="/api/v1/pods")


@pytest.mark.parametrize("status", sorted(CLASS_BY_STATUS))
def test_each_status_has_an_exception_class(status: int) -> None:
    error = error_for(status)
    assert type(error) is CLASS_BY_STATUS[status]
    assert error.status == status
    assert error.api_status.code == status


@pytest.mark.parametrize("status", [300, 302, 402, 418, 451, 499, 507, 599, 999])
def test_other_statuses_raise_the_base_class(status: int) -> None:
    error = error_for(status)
    assert type(error) is ApiError
    assert str(status) in str(error)


def test_an_empty_body_is_mentioned_in_the_message() -> None:
    assert str(error_for(404)) == "404: HTTP 404 without a body (GET /api/v1/pods)"


@pytest.mark.parametrize(
    "body", [b"upstream connect error", b"<html>upstream connect error</html>", b"  upstream connect error\n"]
)
def test_text_and_html_are_quoted_in_the_message(body: bytes) -> None:
    assert "upstream connect error" in str(error_for(503, body))


def test_a_long_text_is_truncated() -> None:
    text = str(error_for(500, b"x" * 10_000))
    assert len(text) < 700
    assert "..." in text


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert "caf\ufffd" in str(error_for(500, b"caf\xe9"))


def test_the_message_and_reason_of_a_status_are_in_the_message() -> None:
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "no such pod"}
    error = error_for(404, json.dumps(body | {"reason": "NotFound", "code": 404}).encode())
    assert isinstance(error, NotFound)
    assert str(error) == "404 NotFound: no such pod (GET /api/v1/pods)"


@pytest.mark.parametrize(
    "body",
    [
        {"message": "it broke"},
        {"message": "it broke", "metadata": None, "details": None},
        {"kind": "Status", "message": "it broke"},
        {"kind": "Status", "message": "it broke", "details": {"causes": None}},
        {"kind": "Other", "message": "it broke", "unknown": [1]},
    ],
)
def test_a_status_with_missing_fields_is_accepted(body: dict[str, object]) -> None:
    error = error_for(500, json.dumps(body).encode())
    assert "it broke" in str(error)
    assert error.causes == []


def test_the_reason_replaces_a_missing_message() -> None:
    assert str(error_for(403, b'{"reason": "Forbidden"}')).startswith("403 Forbidden: Forbidden")


@pytest.mark.parametrize(
    "body", [b'{"error": "token expired"}', b'{"status": 401, "error": "token expired"}', b'{"error": "token expired"']
)
def test_json_that_is_not_a_status_is_quoted(body: bytes) -> None:
    assert "token expired" in str(error_for(401, body))


def test_the_http_status_has_priority_over_the_code_in_the_body() -> None:
    error = error_for(403, b'{"kind": "Status", "message": "no", "code": 404}')
    assert type(error) is Forbidden
    assert error.status == 403


@pytest.mark.parametrize(
    ("reason", "expected"),
    [("AlreadyExists", AlreadyExists), ("Conflict", Conflict), (None, Conflict), ("New", Conflict)],
)
def test_already_exists_and_conflict_differ_by_reason(reason: str | None, expected: type[ApiError]) -> None:
    body = json.dumps({"kind": "Status", "message": "409", "reason": reason}).encode()
    assert type(error_for(409, body)) is expected


def test_the_message_of_a_redirect_mentions_a_login_page() -> None:
    assert "login page" in str(error_for(302, b"<a href=/login>Found</a>"))
    assert "login page" not in str(error_for(304, b""))
    assert "HTTP 304 without a body" in str(error_for(304, b""))


def test_retry_after_in_the_header_has_priority_over_the_body() -> None:
    body = b'{"kind": "Status", "details": {"retryAfterSeconds": 7}}'
    assert error_for(429, body).retry_after == 7
    assert error_for(429, body, ("Retry-After", "3")).retry_after == 3
    assert isinstance(error_for(429, b"slow down", ("Retry-After", "3")), TooManyRequests)


@pytest.mark.parametrize(("in_body", "seconds"), [(0, 0), (-1, None), (10**400, MAX_RETRY_AFTER)])
def test_retry_after_in_the_body_is_limited_to_valid_delays(in_body: int, seconds: float | None) -> None:
    body = b'{"kind": "Status", "details": {"retryAfterSeconds": %d}}' % in_body
    assert error_for(503, body).retry_after == seconds


def test_an_error_event_of_a_watch_uses_the_code_of_its_status() -> None:
    error = error_from_status(Status(code=410, reason="Expired", message="too old"), method="GET", path="/p")
    assert (error.status, type(error).__name__) == (410, "Expired")
    assert error_from_status(Status(message="?"), method="GET", path="/p").status == 500
