"""What is sent again and what is not."""

from typing import Any

import anyio
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
from policy.conftest import SOON, refused, scripted

MANY = SOON.max_attempts
WRITES = ("POST", "PUT", "PATCH", "DELETE")
LOST = ConnectionLost("the connection was reset")
DONE = MockResponse(body=b"done")
THROTTLED = refused(429, b"slow down", Content_Type="text/plain", Retry_After="0")
OVERLOADED = refused(503, Retry_After="0")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the waits between attempts, which end at once."""
    seconds: list[float] = []

    async def sleep(delay: float) -> None:
        seconds.append(delay)

    monkeypatch.setattr(anyio, "sleep", sleep)
    return seconds


@pytest.mark.anyio
@pytest.mark.parametrize("broken", [LOST, MockResponse(chunks=[b"{", LOST])], ids=["at once", "in the body"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_a_read_whose_connection_broke_is_sent_again(method: str, broken: MockAction) -> None:
    async with scripted(broken, broken, DONE) as (client, _):
        assert (await client.request(method, "/")).body == b"done"


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", *WRITES])
async def test_a_broken_connection_is_an_error_in_the_end(method: str) -> None:
    async with scripted(*[LOST] * (MANY if method == "GET" else 1)) as (client, _):
        with pytest.raises(ConnectionLost):
            await client.request(method, "/", body=None if method == "GET" else b"{}")


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", *WRITES])
@pytest.mark.parametrize("throttled", [refused(429, b"slow down", Content_Type="text/plain"), THROTTLED])
async def test_a_throttled_request_is_sent_again_with_any_method(method: str, throttled: MockResponse) -> None:
    body = None if method == "GET" else b'{"a": 1}'
    async with scripted(throttled, throttled, DONE) as (client, mock):
        assert (await client.request(method, "/", body=body)).body == b"done"
    assert [(request.method, request.body) for request in mock.requests] == [(method, body)] * 3


@pytest.mark.anyio
async def test_a_throttled_call_is_an_error_in_the_end() -> None:
    async with scripted(*[THROTTLED] * MANY) as (client, _):
        with pytest.raises(TooManyRequests, match="429: slow down") as caught:
            await Api(ConfigMap, client).get("a")
    assert caught.value.retry_after == 0


@pytest.mark.anyio
async def test_the_429_of_an_eviction_is_its_answer() -> None:
    eviction = Request(method="POST", path=checked_path("/x/eviction"), body=b"{}", resend_when_throttled=False)
    async with scripted(refused(429, b"budget", Retry_After="0")) as (client, _):
        with pytest.raises(TooManyRequests, match="budget"):
            await send_request(client, eviction, lambda response: response)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [500, 503, 504])
@pytest.mark.parametrize(
    ("method", "headers", "attempts"),
    [
        ("GET", {"Retry_After": "0"}, MANY),
        ("GET", {}, 1),
        ("POST", {"Retry_After": "0"}, 1),
        ("DELETE", {"Retry_After": "0"}, 1),
    ],
)
async def test_an_overloaded_server_is_asked_again_for_reads_and_if_it_says_when(
    status: int, method: str, headers: dict[str, str], attempts: int
) -> None:
    async with scripted(*[refused(status, b"", **headers)] * attempts) as (client, _):
        with pytest.raises(ApiError) as caught:
            await client.request(method, "/")
    assert caught.value.status == status


@pytest.mark.anyio
@pytest.mark.parametrize("status", [400, 403, 404, 408, 409, 422, 501, 502])
async def test_other_answers_are_final(status: int) -> None:
    async with scripted(refused(status, Retry_After="0")) as (client, _):
        with pytest.raises(ApiError):
            await client.request("GET", "/")


@pytest.mark.anyio
@pytest.mark.parametrize("answer", [LOST, THROTTLED, OVERLOADED])
async def test_without_a_policy_nothing_is_sent_again(answer: MockAction) -> None:
    async with scripted(answer, answer, retry=None) as (client, _):
        with pytest.raises((ApiError, ConnectionLost)):
            await client.request("GET", "/")
        with pytest.raises((ApiError, ConnectionLost)):
            await client.stream("GET", "/").__aenter__()


@pytest.mark.anyio
@pytest.mark.parametrize("attempts", [1, 3])
async def test_the_number_of_attempts_is_a_choice(attempts: int) -> None:
    policy = RetryPolicy(max_attempts=attempts, initial_delay=0)
    async with scripted(*[LOST] * attempts, retry=policy) as (client, _):
        with pytest.raises(ConnectionLost):
            await client.request("GET", "/")


@pytest.mark.anyio
async def test_the_client_waits_as_long_as_the_server_says(waits: list[float]) -> None:
    async with scripted(refused(503, Retry_After="7"), DONE) as (client, _):
        await client.request("GET", "/")
    assert waits == [7]


@pytest.mark.anyio
async def test_a_server_that_says_much_later_is_an_error_now(waits: list[float]) -> None:
    async with scripted(refused(503, Retry_After="3600"), retry=RetryPolicy()) as (client, _):
        with pytest.raises(ServiceUnavailable) as caught:
            await client.request("GET", "/")
    assert caught.value.retry_after == 3600
    assert waits == []


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_request_that_could_not_connect_is_sent_again_with_any_method(method: str) -> None:
    refusal = ConnectError("connection refused")
    async with scripted(*[refusal] * MANY) as (client, _):
        with pytest.raises(ConnectError):
            await client.request(method, "/")
    async with scripted(refusal, refusal, DONE) as (client, _):
        assert (await client.request(method, "/")).body == b"done"


@pytest.mark.anyio
async def test_a_stream_is_opened_again_until_its_headers_come() -> None:
    script = LOST, OVERLOADED, MockResponse(chunks=[b"a\n"])
    async with scripted(*script) as (client, _), client.stream("GET", "/") as opened:
        assert await opened.receive() == b"a\n"


@pytest.mark.anyio
async def test_a_stream_that_breaks_later_is_not() -> None:
    async with scripted(MockResponse(chunks=[b"a\n", LOST])) as (client, _), client.stream("GET", "/") as opened:
        assert await opened.receive() == b"a\n"
        with pytest.raises(ConnectionLost):
            await opened.receive()


READ, WRITE = Request(method="GET", path="/"), Request(method="POST", path="/")


def test_delays_double_up_to_a_cap_less_a_random_part() -> None:
    policy = RetryPolicy(initial_delay=1, max_delay=5)
    for attempt, whole in ((1, 1), (2, 2), (3, 4), (4, 5), (5, 5), (10_000, 5)):
        delays = {policy.backoff(attempt) for _ in range(50)}
        assert all(whole / 2 <= delay <= whole for delay in delays)
        assert len(delays) > 40
    assert RetryPolicy(initial_delay=0).backoff(3) == 0


@pytest.mark.parametrize(
    "error", [TLSError("no"), ProxyError("no"), ReadTimeout("no"), DeadlineExceeded("no"), ValueError()]
)
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_what_another_attempt_would_not_cure(error: Exception, request_: Request) -> None:
    assert RetryPolicy().delay_after_error(request_, error, 1) is None


@pytest.mark.parametrize("error", [ConnectError("no"), ConnectTimeout("no")])
@pytest.mark.parametrize("request_", [READ, WRITE])
def test_what_was_not_sent_can_be_sent_again(error: Exception, request_: Request) -> None:
    policy = RetryPolicy(max_attempts=3)
    assert policy.delay_after_error(request_, error, 2) is not None
    assert policy.delay_after_error(request_, error, 3) is None


def test_the_wait_is_at_least_what_the_server_asks_for() -> None:
    policy = RetryPolicy(initial_delay=0.1, max_retry_after=10)
    for status in (429, 500, 503, 504):
        assert policy.delay_after_response(READ, status, Headers([("Retry-After", "7")]), 1) == 7
        assert policy.delay_after_response(READ, status, Headers([("Retry-After", "10")]), 1) == 10
        assert policy.delay_after_response(READ, status, Headers([("Retry-After", "11")]), 1) is None
        assert policy.delay_after_response(READ, status, Headers([("Retry-After", "7")]), 5) is None
    short = policy.delay_after_response(WRITE, 429, Headers(), 1)
    assert short is not None
    assert 0.05 <= short <= 0.1


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", *WRITES])
async def test_throttled_methods_restrict_what_is_sent_again_after_429(method: str, waits: list[float]) -> None:
    policy = RetryPolicy(throttled_methods={"GET", "PATCH"})
    async with scripted(THROTTLED, DONE, retry=policy) as (client, transport):
        if method in ("GET", "PATCH"):
            assert (await client.request(method, "/")).body == b"done"
        else:
            with pytest.raises(TooManyRequests):
                await client.request(method, "/")
            assert len(transport.requests) == 1
            assert (await client.request("GET", "/")).body == b"done"
    assert len(waits) == (method in ("GET", "PATCH"))


@pytest.mark.parametrize("methods", ["GET", ["get"], [""]])
def test_throttled_methods_are_methods(methods: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"RetryPolicy\.throttled_methods: must be None or methods in upper case"
    ):
        RetryPolicy(throttled_methods=methods)
