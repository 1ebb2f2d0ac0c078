"""Which failed requests are retried, and the delays between attempts."""

from typing import Any

import pytest

from kubex.api import Api
from kubex.client import RetryPolicy
from kubex.client._client import send_request
from kubex.client._request_builder import checked_path
from kubex.core._headers import Headers
from kubex.core._http import Request
from kubex.errors import (
    ApiError,
    ConfigurationError,
    ConnectError,
    ConnectionLost,
    ConnectTimeout,
    DeadlineExceeded,
    ProxyError,
    ReadTimeout,
    ServiceUnavailable,
    TLSError,
    TooManyRequests,
)
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockAction, MockResponse
from policy.conftest import RETRY_WITHOUT_DELAY, error_response, scripted_client

MAX_ATTEMPTS = RETRY_WITHOUT_DELAY.max_attempts
WRITES = ("POST", "PUT", "PATCH", "DELETE")
LOST = ConnectionLost("the connection was reset")
SUCCESS = MockResponse(body=b"done")
THROTTLED = error_response(429, b"slow down", Content_Type="text/plain", Retry_After="0")
OVERLOADED = error_response(503, Retry_After="0")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "failure", [LOST, MockResponse(chunks=[b"{", LOST])], ids=["before the headers", "in the body"]
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_read_is_retried_after_a_lost_connection(method: str, failure: MockAction) -> None:
    async with scripted_client(failure, failure, SUCCESS) as (client, _):
        assert (await client.request(method, "/")).body == b"done"


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", *WRITES])
async def test_lost_connection_raises_after_the_last_attempt(method: str) -> None:
    async with scripted_client(*[LOST] * (MAX_ATTEMPTS if method == "GET" else 1)) as (client, _):
        with pytest.raises(ConnectionLost):
            await client.request(method, "/", body=None if method == "GET" else b"{}")


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", *WRITES])
@pytest.mark.parametrize("throttled", [error_response(429, b"slow down", Content_Type="text/plain"), THROTTLED])
async def test_throttled_request_is_retried_with_any_method(method: str, throttled: MockResponse) -> None:
    body = None if method == "GET" else b'{"a": 1}'
    async with scripted_client(throttled, throttled, SUCCESS) as (client, mock):
        assert (await client.request(method, "/", body=body)).body == b"done"
    assert [(request.method, request.body) for request in mock.requests] == [(method, body)] * 3


@pytest.mark.anyio
async def test_throttled_request_raises_after_the_last_attempt() -> None:
    async with scripted_client(*[THROTTLED] * MAX_ATTEMPTS) as (client, _):
        with pytest.raises(TooManyRequests, match="429: slow down") as caught:
            await Api(ConfigMap, client).get("a")
    assert caught.value.retry_after == 0


@pytest.mark.anyio
async def test_throttled_eviction_is_not_retried() -> None:
    eviction = Request(method="POST", path=checked_path("/x/eviction"), body=b"{}", resend_when_throttled=False)
    async with scripted_client(error_response(429, b"budget", Retry_After="0")) as (client, _):
        with pytest.raises(TooManyRequests, match="budget"):
            await send_request(client, eviction, lambda response: response)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [500, 503, 504])
@pytest.mark.parametrize(
    ("method", "headers", "attempts"),
    [
        ("GET", {"Retry_After": "0"}, MAX_ATTEMPTS),
        ("GET", {}, 1),
        ("POST", {"Retry_After": "0"}, 1),
        ("DELETE", {"Retry_After": "0"}, 1),
    ],
)
async def test_server_error_is_retried_only_for_reads_with_retry_after(
    status: int, method: str, headers: dict[str, str], attempts: int
) -> None:
    async with scripted_client(*[error_response(status, b"", **headers)] * attempts) as (client, _):
        with pytest.raises(ApiError) as caught:
            await client.request(method, "/")
    assert caught.value.status == status


@pytest.mark.anyio
@pytest.mark.parametrize("status", [400, 403, 404, 408, 409, 422, 501, 502])
async def test_other_error_statuses_are_not_retried(status: int) -> None:
    async with scripted_client(error_response(status, Retry_After="0")) as (client, _):
        with pytest.raises(ApiError):
            await client.request("GET", "/")


@pytest.mark.anyio
@pytest.mark.parametrize("response", [THROTTLED, OVERLOADED])
async def test_accepted_status_is_returned_and_not_retried(response: MockResponse) -> None:
    async with scripted_client(response) as (client, mock):
        assert (await client.request("GET", "/", accept_status=(429, 503))).status == response.status
    assert len(mock.requests) == 1


@pytest.mark.anyio
async def test_retries_end_with_an_accepted_status() -> None:
    async with scripted_client(THROTTLED, LOST, error_response(304)) as (client, _):
        assert (await client.request("GET", "/", accept_status=(304,))).status == 304


@pytest.mark.anyio
@pytest.mark.parametrize("action", [LOST, THROTTLED, OVERLOADED])
async def test_requests_without_a_retry_policy_are_not_retried(action: MockAction) -> None:
    async with scripted_client(action, action, retry=None) as (client, _):
        with pytest.raises((ApiError, ConnectionLost)):
            await client.request("GET", "/")
        with pytest.raises((ApiError, ConnectionLost)):
            await client.stream("GET", "/").__aenter__()


@pytest.mark.anyio
@pytest.mark.parametrize("attempts", [1, 3])
async def test_max_attempts_limits_the_attempts(attempts: int) -> None:
    policy = RetryPolicy(max_attempts=attempts, initial_delay=0)
    async with scripted_client(*[LOST] * attempts, retry=policy) as (client, _):
        with pytest.raises(ConnectionLost):
            await client.request("GET", "/")


@pytest.mark.anyio
async def test_client_waits_for_retry_after(waits: list[float]) -> None:
    async with scripted_client(error_response(503, Retry_After="7"), SUCCESS) as (client, _):
        await client.request("GET", "/")
    assert waits == [7]


@pytest.mark.anyio
async def test_retry_after_above_the_maximum_raises_immediately(waits: list[float]) -> None:
    async with scripted_client(error_response(503, Retry_After="3600"), retry=RetryPolicy()) as (client, _):
        with pytest.raises(ServiceUnavailable) as caught:
            await client.request("GET", "/")
    assert caught.value.retry_after == 3600
    assert waits == []


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_connect_error_is_retried_with_any_method(method: str) -> None:
    connect_error = ConnectError("connection refused")
    async with scripted_client(*[connect_error] * MAX_ATTEMPTS) as (client, _):
        with pytest.raises(ConnectError):
            await client.request(method, "/")
    async with scripted_client(connect_error, connect_error, SUCCESS) as (client, _):
        assert (await client.request(method, "/")).body == b"done"


@pytest.mark.anyio
async def test_opening_a_stream_is_retried() -> None:
    script = LOST, OVERLOADED, MockResponse(chunks=[b"a\n"])
    async with scripted_client(*script) as (client, _), client.stream("GET", "/") as opened:
        assert await opened.receive() == b"a\n"


@pytest.mark.anyio
async def test_stream_that_fails_after_its_headers_is_not_retried() -> None:
    async with scripted_client(MockResponse(chunks=[b"a\n", LOST])) as (client, _), client.stream("GET", "/") as opened:
        assert await opened.receive() == b"a\n"
        with pytest.raises(ConnectionLost):
            await opened.receive()


READ, WRITE = Request(method="GET", path="/"), Request(method="POST", path="/")


def test_backoff_doubles_up_to_max_delay_with_jitter() -> None:
    policy = RetryPolicy(initial_delay=1, max_delay=5)
    for attempt, maximum in ((1, 1), (2, 2), (3, 4), (4, 5), (5, 5), (10_000, 5)):
        delays = {policy.backoff(attempt) for _ in range(50)}
        assert all(maximum / 2 <= delay <= maximum for delay in delays)
        assert len(delays) > 40
    assert RetryPolicy(initial_delay=0).backoff(3) == 0


@pytest.mark.parametrize(
    "error", [TLSError("no"), ProxyError("no"), ReadTimeout("no"), DeadlineExceeded("no"), ValueError()]
)
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_other_errors_are_not_retried(error: Exception, request_: Request) -> None:
    assert RetryPolicy().delay_after_error(request_, error, 1) is None


@pytest.mark.parametrize("error", [ConnectError("no"), ConnectTimeout("no")])
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_connect_errors_are_retried_up_to_max_attempts(error: Exception, request_: Request) -> None:
    policy = RetryPolicy(max_attempts=3)
    assert policy.delay_after_error(request_, error, 2) is not None
    assert policy.delay_after_error(request_, error, 3) is None


def test_delay_is_at_least_retry_after() -> None:
    policy = RetryPolicy(initial_delay=0.1, max_retry_after=10)
    for status in (429, 500, 503, 504):
        assert policy.delay_after_response(READ, status, Headers([("Retry-After", "7")]), 1) == 7
        assert policy.delay_after_response(READ, status, Headers([("Retry-After", "10")]), 1) == 10
        assert policy.delay_after_response(READ, status, Headers([("Retry-After", "11")]), 1) is None
        assert policy.delay_after_response(READ, status, Headers([("Retry-After", "7")]), 5) is None
    delay = policy.delay_after_response(WRITE, 429, Headers(), 1)
    assert delay is not None
    assert 0.05 <= delay <= 0.1


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", *WRITES])
async def test_throttled_methods_limit_retries_after_429(method: str, waits: list[float]) -> None:
    policy = RetryPolicy(throttled_methods={"GET", "PATCH"})
    async with scripted_client(THROTTLED, SUCCESS, retry=policy) as (client, transport):
        if method in ("GET", "PATCH"):
            assert (await client.request(method, "/")).body == b"done"
        else:
            with pytest.raises(TooManyRequests):
                await client.request(method, "/")
            assert len(transport.requests) == 1
            assert (await client.request("GET", "/")).body == b"done"
    assert len(waits) == (method in ("GET", "PATCH"))


@pytest.mark.parametrize("methods", ["GET", ["get"], [""]])
def test_invalid_throttled_methods_raise(methods: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"RetryPolicy\.throttled_methods: must be None or methods in upper case"
    ):
        RetryPolicy(throttled_methods=methods)
