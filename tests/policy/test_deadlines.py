"""Total timeouts, and the time limits that the client gives to its transport.

The clock jumps to the next timer when every task waits, so no test takes as long as its timeouts.
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
from policy.conftest import refused, scripted
from support.backend_pairs import RUNTIMES
from support.clock import Clock

pytestmark = pytest.mark.anyio


@pytest.fixture(params=RUNTIMES)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """Run each test on both async libraries, on a clock that does not wait."""
    return Clock(automatic=True).backend(request.param)


@contextmanager
def takes(seconds: float) -> Iterator[None]:
    """Check how long a block takes on that clock, which may end with an exception."""
    began = anyio.current_time()
    try:
        yield
    finally:
        assert anyio.current_time() - began == pytest.approx(seconds)


async def chunks(*script: bytes | float) -> AsyncIterator[bytes]:
    """Send chunks; a number is a pause in seconds."""
    for chunk in script:
        if isinstance(chunk, bytes):
            yield chunk
        elif chunk == inf:
            await anyio.sleep_forever()
        else:
            await anyio.sleep(chunk)


async def silence(_: PreparedRequest) -> MockResponse:
    await anyio.sleep_forever()
    raise AssertionError


async def late(_: PreparedRequest) -> MockResponse:
    await anyio.sleep(40)
    return MockResponse()


def headers_alone(_: PreparedRequest) -> MockResponse:
    return MockResponse(chunks=chunks(inf))


def trickle(_: PreparedRequest) -> MockResponse:
    once: tuple[bytes, float] = b"x", 1
    return MockResponse(chunks=chunks(*once * 1000))


@pytest.mark.parametrize("answer", [silence, headers_alone, trickle])
@pytest.mark.parametrize("where", ["client", "call"])
async def test_a_total_bounds_a_complete_call(answer: Callable[[PreparedRequest], MockResponse], where: str) -> None:
    async with scripted(answer, timeout=25.5 if where == "client" else ...) as (client, _):
        message = r"GET /x: no response within the total timeout of 25\.5 s"
        with pytest.raises(DeadlineExceeded, match=message) as caught, takes(25.5):
            await client.request("GET", "/x", request_timeout=25.5 if where == "call" else ...)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value, TransportError)


async def test_a_call_may_take_longer_than_the_clients_total() -> None:
    async with scripted(late, late, late, silence, timeout=25) as (client, _):
        for timeout in (50, None, Timeout(read=50)):
            assert (await client.request("GET", "/", request_timeout=timeout)).status == 200
        with pytest.raises(DeadlineExceeded), takes(25):
            await client.request("GET", "/")


async def test_the_total_timeout_bounds_all_attempts() -> None:
    lost, overloaded = ConnectionLost("the connection was reset"), refused(503, Retry_After="10")
    async with scripted(lost, overloaded, silence) as (client, _):
        with pytest.raises(DeadlineExceeded), takes(30):
            await client.request("GET", "/", request_timeout=30)
    async with scripted(refused(429, Retry_After="20")) as (client, _):
        with pytest.raises(DeadlineExceeded), takes(15):
            await client.request("GET", "/", request_timeout=15)


async def test_the_clients_total_bounds_a_stream_until_its_headers() -> None:
    async with scripted(silence, MockResponse(chunks=chunks(60, b"late\n")), timeout=50) as (client, _):
        with pytest.raises(DeadlineExceeded), takes(50):
            await client.stream("GET", "/silent").__aenter__()
        async with client.stream("GET", "/late") as opened:
            assert [line async for line in opened.lines()] == [b"late"]


async def test_the_calls_total_bounds_the_complete_life_of_a_stream() -> None:
    idle = MockResponse(chunks=chunks(b"first\n", inf))
    async with scripted(idle, trickle) as (client, _):
        async with client.stream("GET", "/log", request_timeout=50) as opened:
            assert await opened.receive() == b"first\n"
            message = r"GET /log: the stream exceeded its total timeout of 50 s"
            with pytest.raises(DeadlineExceeded, match=message), takes(50):
                await opened.receive()
        async with client.stream("GET", "/log", request_timeout=50) as opened:
            with pytest.raises(DeadlineExceeded), takes(50):
                _ = [chunk async for chunk in opened.chunks()]


async def test_a_watch_is_bounded_by_its_total_too() -> None:
    async with scripted(headers_alone) as (client, _), Api(ConfigMap, client).watch(request_timeout=50) as events:
        with pytest.raises(DeadlineExceeded), takes(50):
            await anext(events)


async def test_the_time_the_user_takes_is_not_cut_short() -> None:
    response = MockResponse(chunks=chunks(b"a\n", inf))
    async with scripted(response) as (client, _), client.stream("GET", "/", request_timeout=50) as opened:
        assert await opened.receive() == b"a\n"
        await anyio.sleep(60)  # longer than the total: nothing is cancelled while the user works
        with pytest.raises(DeadlineExceeded), takes(0):
            await opened.receive()


async def test_a_watch_waits_as_long_as_the_server_may_be_silent() -> None:
    async with scripted(MockResponse(), MockResponse(), MockResponse()) as (client, mock):
        async with Api(ConfigMap, client).watch(timeout_seconds=7), Api(ConfigMap, client).watch():
            pass
        async with Api(ConfigMap, client).watch(request_timeout=Timeout(read=3)):
            pass
    assert [request.limits.read for request in mock.requests] == [37, 320, 3]
    assert ["timeoutSeconds=7" in request.target for request in mock.requests] == [True, False, False]
    assert all("timeoutSeconds=" in request.target for request in mock.requests)


async def test_the_connect_limit_holds_for_streams_too() -> None:
    async with scripted(MockResponse(), timeout=Timeout(connect=3)) as (client, mock), client.stream("GET", "/"):
        pass
    assert mock.requests[0].limits.connect == 3


async def test_the_users_own_scope_cancels_a_wait_between_attempts() -> None:
    async with scripted(refused(429, Retry_After="20")) as (client, _):
        with anyio.move_on_after(15) as scope, takes(15):
            await client.request("GET", "/")
    assert scope.cancelled_caught
