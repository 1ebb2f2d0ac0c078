"""Total timeouts, and the timeouts that the client passes to its transport.

The tests use a clock that jumps to the next timer when all tasks are waiting, so they do not wait for their timeouts.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

import anyio
import pytest

from kubex.api import Api
from kubex.core.params import Timeout
from kubex.errors import ConnectionLost, DeadlineExceeded, TransportError
from kubex.transport import PreparedRequest
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockResponse
from kubex_testing.compliance._clock import Clock
from policy.conftest import error_response, scripted_client
from support.backend_pairs import RUNTIMES

pytestmark = pytest.mark.anyio


@pytest.fixture(params=RUNTIMES)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Run each test on both async libraries, with a clock that does not wait."""
    return Clock(automatic=True).backend(request.param)


@contextmanager
def assert_duration(seconds: float) -> Iterator[None]:
    """Assert how long a block takes on this clock. The block may raise an exception."""
    start = anyio.current_time()
    try:
        yield
    finally:
        assert anyio.current_time() - start == pytest.approx(seconds)


async def chunks(*script: bytes | float) -> AsyncIterator[bytes]:
    """Yield chunks; a number is a pause in seconds."""
    for chunk in script:
        if isinstance(chunk, bytes):
            yield chunk
        elif chunk == inf:
            await anyio.sleep_forever()
        else:
            await anyio.sleep(chunk)


async def never_respond(_: PreparedRequest) -> MockResponse:
    await anyio.sleep_forever()
    raise AssertionError


async def respond_after_40_seconds(_: PreparedRequest) -> MockResponse:
    await anyio.sleep(40)
    return MockResponse()


def send_only_headers(_: PreparedRequest) -> MockResponse:
    return MockResponse(chunks=chunks(inf))


def send_a_byte_per_second(_: PreparedRequest) -> MockResponse:
    chunk_and_pause: tuple[bytes, float] = b"x", 1
    return MockResponse(chunks=chunks(*chunk_and_pause * 1000))


@pytest.mark.parametrize("respond", [never_respond, send_only_headers, send_a_byte_per_second])
@pytest.mark.parametrize("timeout_source", ["client", "call"])
async def test_total_timeout_includes_the_response_body(
    respond: Callable[[PreparedRequest], MockResponse], timeout_source: str
) -> None:
    async with scripted_client(respond, timeout=25.5 if timeout_source == "client" else ...) as (client, _):
        message = r"GET /x: no response within the total timeout of 25\.5 s"
        with pytest.raises(DeadlineExceeded, match=message) as caught, assert_duration(25.5):
            await client.request("GET", "/x", request_timeout=25.5 if timeout_source == "call" else ...)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value, TransportError)


async def test_timeout_of_the_call_overrides_the_timeout_of_the_client() -> None:
    async with scripted_client(
        respond_after_40_seconds, respond_after_40_seconds, respond_after_40_seconds, never_respond, timeout=25
    ) as (client, _):
        for timeout in (50, None, Timeout(read=50)):
            assert (await client.request("GET", "/", request_timeout=timeout)).status == 200
        with pytest.raises(DeadlineExceeded), assert_duration(25):
            await client.request("GET", "/")


async def test_total_timeout_includes_all_attempts() -> None:
    lost, overloaded = ConnectionLost("the connection was reset"), error_response(503, Retry_After="10")
    async with scripted_client(lost, overloaded, never_respond) as (client, _):
        with pytest.raises(DeadlineExceeded), assert_duration(30):
            await client.request("GET", "/", request_timeout=30)
    async with scripted_client(error_response(429, Retry_After="20")) as (client, _):
        with pytest.raises(DeadlineExceeded), assert_duration(15):
            await client.request("GET", "/", request_timeout=15)


async def test_total_timeout_of_the_client_ends_with_the_headers_of_a_stream() -> None:
    async with scripted_client(never_respond, MockResponse(chunks=chunks(60, b"late\n")), timeout=50) as (client, _):
        with pytest.raises(DeadlineExceeded), assert_duration(50):
            await client.stream("GET", "/silent").__aenter__()
        async with client.stream("GET", "/late") as opened:
            assert [line async for line in opened.lines()] == [b"late"]


async def test_total_timeout_of_the_call_limits_the_complete_stream() -> None:
    idle = MockResponse(chunks=chunks(b"first\n", inf))
    async with scripted_client(idle, send_a_byte_per_second) as (client, _):
        async with client.stream("GET", "/log", request_timeout=50) as opened:
            assert await opened.receive() == b"first\n"
            message = r"GET /log: the stream exceeded its total timeout of 50 s"
            with pytest.raises(DeadlineExceeded, match=message), assert_duration(50):
                await opened.receive()
        async with client.stream("GET", "/log", request_timeout=50) as opened:
            with pytest.raises(DeadlineExceeded), assert_duration(50):
                _ = [chunk async for chunk in opened.chunks()]


async def test_total_timeout_of_the_call_limits_a_watch() -> None:
    async with (
        scripted_client(send_only_headers) as (client, _),
        Api(ConfigMap, client).watch(request_timeout=50) as events,
    ):
        with pytest.raises(DeadlineExceeded), assert_duration(50):
            await anext(events)


async def test_total_timeout_does_not_cancel_code_in_the_block() -> None:
    response = MockResponse(chunks=chunks(b"a\n", inf))
    async with scripted_client(response) as (client, _), client.stream("GET", "/", request_timeout=50) as opened:
        assert await opened.receive() == b"a\n"
        await anyio.sleep(60)  # longer than the total timeout, which does not cancel code in the block
        with pytest.raises(DeadlineExceeded), assert_duration(0):
            await opened.receive()


async def test_read_timeout_of_a_watch_is_longer_than_timeout_seconds() -> None:
    async with scripted_client(MockResponse(), MockResponse(), MockResponse()) as (client, mock):
        async with Api(ConfigMap, client).watch(timeout_seconds=7), Api(ConfigMap, client).watch():
            pass
        async with Api(ConfigMap, client).watch(request_timeout=Timeout(read=3)):
            pass
    assert [request.limits.read for request in mock.requests] == [37, 320, 3]
    assert ["timeoutSeconds=7" in request.target for request in mock.requests] == [True, False, False]
    assert all("timeoutSeconds=" in request.target for request in mock.requests)


async def test_connect_timeout_applies_to_streams() -> None:
    async with scripted_client(MockResponse(), timeout=Timeout(connect=3)) as (client, mock), client.stream("GET", "/"):
        pass
    assert mock.requests[0].limits.connect == 3


async def test_cancel_scope_interrupts_the_wait_between_attempts() -> None:
    async with scripted_client(error_response(429, Retry_After="20")) as (client, _):
        with anyio.move_on_after(15) as scope, assert_duration(15):
            await client.request("GET", "/")
    assert scope.cancelled_caught
