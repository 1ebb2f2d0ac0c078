"""Lines, errors and closing of streams."""

import re
from collections.abc import AsyncIterator

import pytest

from kubex.api import Api
from kubex.client import ByteStream
from kubex.errors import AlreadyOpenError, ApiError, ConnectionLost, NotFound, StreamNotOpenError, TransportError
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing import MockResponse
from policy.conftest import scripted_client

pytestmark = pytest.mark.anyio

EVENT = b'{"type": "ADDED", "object": {"metadata": {"name": "a", "resourceVersion": "7"}}}\n'


class UserError(Exception):
    """An exception that user code raises."""


async def raise_in_block(block: object, error: Exception) -> None:
    async with block as entered:  # type: ignore[attr-defined]  # a context manager
        if isinstance(entered, ByteStream):
            await entered.receive()
        raise error


async def chunks_with_closing_error() -> AsyncIterator[bytes]:
    try:
        yield EVENT
        yield EVENT
    finally:
        raise ConnectionLost("the connection broke while it was being closed")


@pytest.mark.parametrize("error", [UserError("mine"), TimeoutError("mine"), OSError("mine"), RuntimeError()])
@pytest.mark.parametrize("closes", [True, False], ids=["closes", "fails to close"])
async def test_exception_in_the_block_propagates_unchanged(error: Exception, closes: bool) -> None:
    script = [MockResponse(chunks=[EVENT] if closes else chunks_with_closing_error()) for _ in range(4)]
    async with scripted_client(*script) as (client, _):
        for block in (
            client.stream("GET", "/"),
            client.stream("GET", "/", request_timeout=5),
            Api(ConfigMap, client).watch(),
            Api(Pod, client).logs.stream("a"),
        ):
            with pytest.raises(type(error)) as caught:
                await raise_in_block(block, error)
            assert caught.value is error
            assert (caught.value.__cause__, caught.value.__context__) == (None, None)


async def test_connection_lost_while_closing_is_suppressed() -> None:
    async with (
        scripted_client(MockResponse(chunks=chunks_with_closing_error())) as (client, _),
        client.stream("GET", "/") as opened,
    ):
        assert await opened.receive() == EVENT


async def test_error_body_of_a_stream_is_read_up_to_a_limit() -> None:
    read: list[int] = []

    async def large() -> AsyncIterator[bytes]:
        for _ in range(100):
            read.append(2**16)
            yield b"x" * 2**16

    async with scripted_client(MockResponse(status=500, chunks=large())) as (client, _):
        with pytest.raises(ApiError, match="500"):
            await client.stream("GET", "/").__aenter__()
    assert sum(read) <= 2**20 + 2**16


async def test_stream_with_an_error_response_is_closed() -> None:
    response = MockResponse(status=404, json={"kind": "Status", "message": "no such thing"})
    async with scripted_client(response) as (client, _):
        with pytest.raises(NotFound, match="no such thing"):
            await client.stream("GET", "/").__aenter__()


async def test_stream_yields_lines_or_chunks() -> None:
    pieces = ["a\u0085b\u2028c\x0cd\n".encode(), b"sec", b"ond\n\nla", b"st"]
    async with scripted_client(*[MockResponse(chunks=pieces, headers={"X-A": "b"})] * 2) as (client, _):
        async with client.stream("GET", "/") as opened:
            lines = opened.lines()
            assert [line async for line in lines] == [pieces[0][:-1], b"second", b"", b"last"]
            assert lines.unfinished
            assert await opened.receive() == b""
        async with client.stream("GET", "/") as opened:
            assert [chunk async for chunk in opened.chunks()] == pieces
            assert (opened.status, opened.headers.get("x-a")) == (200, "b")


async def test_watch_that_ends_inside_an_event_raises_connection_lost() -> None:
    response = MockResponse(chunks=[EVENT + EVENT[:20]])
    async with scripted_client(response) as (client, _), Api(ConfigMap, client).watch() as events:
        await anext(events)
        with pytest.raises(ConnectionLost, match="in the middle of an event"):
            await anext(events)


async def test_reading_a_stream_outside_its_block_raises() -> None:
    async with scripted_client(MockResponse(chunks=[EVENT])) as (client, _):
        opened = client.stream("GET", "/")
        with pytest.raises(StreamNotOpenError, match=r"GET /: the stream is not open: read it inside of `async with"):
            await opened.receive()
        async with opened:
            await opened.receive()
        with pytest.raises(StreamNotOpenError, match="the stream is not open"):
            await opened.receive()
        with pytest.raises(StreamNotOpenError, match="the stream is not open"):
            _ = opened.status


async def test_reading_a_watch_or_log_outside_its_block_raises() -> None:
    async with scripted_client() as (client, _):
        events, log = Api(ConfigMap, client).watch(), Api(Pod, client).logs.stream("a")
        log_block = "async with api.logs.stream(name) as log"
        for iterated, block in (
            (events, "async with api.watch() as events"),
            (log, log_block),
            (log.bytes.lines(), log_block),
            (log.bytes.chunks(), log_block),
        ):
            with pytest.raises(StreamNotOpenError, match=re.escape(block)) as caught:
                await anext(aiter(iterated))
            assert isinstance(caught.value, RuntimeError)
            assert not isinstance(caught.value, TransportError)


async def test_entering_an_open_stream_raises() -> None:
    async with scripted_client(MockResponse(chunks=[EVENT]), MockResponse(chunks=[EVENT])) as (client, transport):
        opened = client.stream("GET", "/")
        for _ in range(2):
            async with opened:
                with pytest.raises(AlreadyOpenError, match="the stream of GET / is open in another"):
                    await opened.__aenter__()
                assert await opened.receive() == EVENT
        assert len(transport.requests) == 2
