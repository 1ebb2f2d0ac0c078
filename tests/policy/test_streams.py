"""Streams: how they are cut into lines, what their errors are, and that each of them is closed."""

import re
from collections.abc import AsyncIterator

import pytest

from kubex.api import Api
from kubex.client import ByteStream
from kubex.errors import AlreadyOpenError, ApiError, ConnectionLost, NotFound, StreamNotOpenError, TransportError
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing import MockResponse
from policy.conftest import scripted

pytestmark = pytest.mark.anyio

EVENT = b'{"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "7"}}}\n'


class Mine(Exception):
    """An exception of the user's program."""


async def fail_in(block: object, error: Exception) -> None:
    async with block as entered:  # type: ignore[attr-defined]  # one of those of the tests
        if isinstance(entered, ByteStream):
            await entered.receive()
        raise error


async def fails_to_close() -> AsyncIterator[bytes]:
    try:
        yield EVENT
        yield EVENT
    finally:
        raise ConnectionLost("the connection broke while it was being closed")


@pytest.mark.parametrize("error", [Mine("mine"), TimeoutError("mine"), OSError("mine"), RuntimeError()])
@pytest.mark.parametrize("closes", [True, False], ids=["closes", "fails to close"])
async def test_an_exception_of_the_user_leaves_the_block_unchanged(error: Exception, closes: bool) -> None:
    script = [MockResponse(chunks=[EVENT] if closes else fails_to_close()) for _ in range(4)]
    async with scripted(*script) as (client, _):
        for block in (
            client.stream("GET", "/"),
            client.stream("GET", "/", request_timeout=5),
            Api(ConfigMap, client).watch(),
            Api(Pod, client).logs.stream("a"),
        ):
            with pytest.raises(type(error)) as caught:
                await fail_in(block, error)
            assert caught.value is error
            assert (caught.value.__cause__, caught.value.__context__) == (None, None)


async def test_a_stream_that_fails_to_close_is_left_without_an_error() -> None:
    async with scripted(MockResponse(chunks=fails_to_close())) as (client, _), client.stream("GET", "/") as opened:
        assert await opened.receive() == EVENT


async def test_the_error_body_of_a_stream_is_read_up_to_a_limit() -> None:
    read: list[int] = []

    async def large() -> AsyncIterator[bytes]:
        for _ in range(100):
            read.append(2**16)
            yield b"x" * 2**16

    async with scripted(MockResponse(status=500, chunks=large())) as (client, _):
        with pytest.raises(ApiError, match="500"):
            await client.stream("GET", "/").__aenter__()
    assert sum(read) <= 2**20 + 2**16


async def test_a_refused_stream_is_closed() -> None:
    response = MockResponse(status=404, json={"kind": "Status", "message": "no such thing"})
    async with scripted(response) as (client, _):
        with pytest.raises(NotFound, match="no such thing"):
            await client.stream("GET", "/").__aenter__()


async def test_lines_and_chunks() -> None:
    pieces = ["a\u0085b\u2028c\x0cd\n".encode(), b"sec", b"ond\n\nla", b"st"]
    async with scripted(*[MockResponse(chunks=pieces, headers={"X-A": "b"})] * 2) as (client, _):
        async with client.stream("GET", "/") as opened:
            lines = opened.lines()
            assert [line async for line in lines] == [pieces[0][:-1], b"second", b"", b"last"]
            assert lines.unfinished
            assert await opened.receive() == b""
        async with client.stream("GET", "/") as opened:
            assert [chunk async for chunk in opened.chunks()] == pieces
            assert (opened.status, opened.headers.get("x-a")) == (200, "b")


async def test_a_watch_that_ends_in_the_middle_of_an_event_says_so() -> None:
    response = MockResponse(chunks=[EVENT + EVENT[:20]])
    async with scripted(response) as (client, _), Api(ConfigMap, client).watch() as events:
        await anext(events)
        with pytest.raises(ConnectionLost, match="in the middle of an event"):
            await anext(events)


async def test_a_stream_outside_its_block_says_so() -> None:
    async with scripted(MockResponse(chunks=[EVENT])) as (client, _):
        opened = client.stream("GET", "/")
        with pytest.raises(StreamNotOpenError, match=r"GET /: the stream is not open: read it inside its block"):
            await opened.receive()
        async with opened:
            await opened.receive()
        with pytest.raises(StreamNotOpenError, match="the stream is not open"):
            await opened.receive()
        with pytest.raises(StreamNotOpenError, match="the stream is not open"):
            _ = opened.status


async def test_a_watch_and_a_log_outside_their_block_say_so() -> None:
    async with scripted() as (client, _):
        events, log = Api(ConfigMap, client).watch(), Api(Pod, client).logs.stream("a")
        of_log = "async with api.logs.stream(name) as log"
        for iterated, block in (
            (events, "async with api.watch() as events"),
            (log, of_log),
            (log.bytes.lines(), of_log),
            (log.bytes.chunks(), of_log),
        ):
            with pytest.raises(StreamNotOpenError, match=re.escape(block)) as caught:
                await anext(aiter(iterated))
            assert isinstance(caught.value, RuntimeError)
            assert not isinstance(caught.value, TransportError)


async def test_a_stream_that_is_open_cannot_be_opened_again() -> None:
    async with scripted(MockResponse(chunks=[EVENT]), MockResponse(chunks=[EVENT])) as (client, transport):
        opened = client.stream("GET", "/")
        for _ in range(2):
            async with opened:
                with pytest.raises(AlreadyOpenError, match="the stream of GET / is open in another"):
                    await opened.__aenter__()
                assert await opened.receive() == EVENT
        assert len(transport.requests) == 2
