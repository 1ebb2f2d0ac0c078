"""The state of a response while it is read, and its decompression: the same for all backends."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from kubex.errors import ConnectError, ConnectionLost, ReadTimeout, TransportError
from kubex.transport import PreparedRequest, StreamResponse, Transport, TransportConfig
from kubex_testing import MockAction, MockResponse, MockTransport

pytestmark = pytest.mark.anyio

REQUEST = PreparedRequest("GET", "http://cluster.test/log?token=s3cret")
GZIP = {"Content-Encoding": "gzip"}


@asynccontextmanager
async def transport(*script: MockAction, **settings: Any) -> AsyncIterator[Transport]:
    with MockTransport(script) as mock:
        made = mock.backend.load()(TransportConfig(**settings))
        try:
            yield made
        finally:
            await made.aclose()


@asynccontextmanager
async def response(answer: MockResponse, **settings: Any) -> AsyncIterator[StreamResponse]:
    async with transport(answer, **settings) as made, made.stream(REQUEST) as opened:
        yield opened


async def refuses_to_read(opened: StreamResponse, said: str) -> None:
    for read in (opened.receive, opened.receive, opened.read):
        with pytest.raises(ConnectionLost, match=said) as caught:
            await read()
        assert (caught.value.method, caught.value.url) == ("GET", "http://cluster.test/log")


@pytest.mark.parametrize("error", [ConnectionLost("reset"), ReadTimeout("silence"), ValueError("a bug")])
async def test_after_a_failed_read_each_read_is_an_error(error: Exception) -> None:
    async with response(MockResponse(chunks=[b"a", error, b"b"])) as opened:
        assert await opened.receive() == b"a"
        with pytest.raises(type(error)):
            await opened.receive()
        await refuses_to_read(opened, "earlier read")


async def test_after_a_cancelled_read_each_read_is_an_error() -> None:
    reading = anyio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"a"
        reading.set()
        await anyio.sleep_forever()

    async with response(MockResponse(chunks=chunks())) as opened:
        assert await opened.receive() == b"a"
        async with anyio.create_task_group() as group:
            group.start_soon(opened.receive)
            await reading.wait()
            group.cancel_scope.cancel()
        await refuses_to_read(opened, "earlier read")


async def test_the_end_stays_the_end() -> None:
    async with response(MockResponse(chunks=[b"a"])) as opened:
        assert [await opened.receive() for _ in range(4)] == [b"a", b"", b"", b""]
        assert await opened.read() == b""


async def test_a_response_that_was_closed_cannot_be_read() -> None:
    async with response(MockResponse(chunks=[b"a", b"b"])) as opened:
        assert await opened.receive() == b"a"
    await refuses_to_read(opened, "was closed")


async def test_only_one_task_may_read() -> None:
    reading, goes_on = anyio.Event(), anyio.Event()
    received: list[bytes] = []

    async def chunks() -> AsyncIterator[bytes]:
        reading.set()
        await goes_on.wait()
        yield b"a"

    async def read() -> None:
        received.append(await opened.read())

    async with response(MockResponse(chunks=chunks())) as opened, anyio.create_task_group() as group:
        group.start_soon(read)
        await reading.wait()
        with pytest.raises(TransportError, match="another task"):
            await opened.receive()
        goes_on.set()
    assert received == [b"a"]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_a_compressed_body_is_read_in_any_chunks(size: int) -> None:
    body = gzip.compress(b"line 1\n") + gzip.compress(b"line 2\n")
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    async with transport(*[MockResponse(chunks=chunks, headers=GZIP)] * 2) as made:
        assert (await made.request(REQUEST)).body == b"line 1\nline 2\n"
        async with made.stream(REQUEST) as opened:
            received = [await opened.receive() for _ in body]
            assert b"".join(received) == b"line 1\nline 2\n"


@pytest.mark.parametrize("end", [1, 10, -8, -1])
async def test_a_compressed_body_that_ends_early_is_an_error(end: int) -> None:
    async with transport(MockResponse(body=gzip.compress(b"line\n" * 100)[:end], headers=GZIP)) as made:
        with pytest.raises(ConnectionLost, match=r"^GET http://cluster\.test/log: the compressed body ended early$"):
            await made.request(REQUEST)


async def test_a_compressed_body_without_bytes_is_empty() -> None:
    async with transport(MockResponse(headers=GZIP)) as made:
        assert (await made.request(REQUEST)).body == b""


async def test_an_unknown_encoding_is_an_error() -> None:
    headers = [("Content-Encoding", "gzip"), ("Content-Encoding", "br")]
    async with transport(MockResponse(body=b"a", headers=headers)) as made:
        with pytest.raises(TransportError, match="'gzip, br'"):
            await made.request(REQUEST)


async def test_the_ratio_of_compression_has_a_limit() -> None:
    bomb = gzip.compress(bytes(2**26 + 1))
    answer = MockResponse(body=bomb, headers=GZIP)
    async with transport(answer) as made:
        with pytest.raises(TransportError, match="more than 200 times its size"):
            await made.request(REQUEST)
    async with transport(answer, max_compression_ratio=None) as made:
        assert len((await made.request(REQUEST)).body) == 2**26 + 1


async def test_other_tasks_run_while_a_large_body_is_decompressed() -> None:
    turns = 0

    async def work() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    answer = MockResponse(body=gzip.compress(bytes(2**24)) * 16, headers=GZIP)
    async with response(answer, max_compression_ratio=None) as opened, anyio.create_task_group() as group:
        group.start_soon(work)
        await opened.receive()
        before = turns
        while await opened.receive():
            pass
        assert turns - before >= 2
        group.cancel_scope.cancel()


async def test_a_closed_transport_sends_nothing() -> None:
    async with transport() as made:
        await made.aclose()
        with pytest.raises(ConnectError, match="the transport is closed"):
            await made.request(REQUEST)


@pytest.mark.parametrize(
    "request_",
    [
        PreparedRequest("GET", REQUEST.url, (("Authorization", "Bearer s3cret\r\nX-A: b"),)),
        PreparedRequest("GET", REQUEST.url, (("Authorization", "Bearer s3cret "),)),
        PreparedRequest("GET", REQUEST.url, (("Authorization", "Bearer s3cret\x00"),)),
        PreparedRequest("GET", REQUEST.url, (("X A", "s3cret"),)),
        PreparedRequest("GET", REQUEST.url, (("", "s3cret"),)),
        PreparedRequest("GE T", REQUEST.url),
        PreparedRequest("GET", "http://cluster.test/a b?token=s3cret"),
        PreparedRequest("GET", "http://cluster.test/\n?token=s3cret"),
    ],
)
async def test_a_request_that_http_cannot_carry_is_not_sent(request_: PreparedRequest) -> None:
    async with transport() as made:
        with pytest.raises(TransportError) as caught:
            await made.request(request_)
    assert "s3cret" not in str(caught.value)


async def test_headers_are_checked_again_when_they_change() -> None:
    good, bad = (("X-A", "b"),), (("X-A", "b\n"),)
    async with transport(MockResponse(), MockResponse()) as made:
        for _ in range(2):
            await made.request(PreparedRequest("GET", REQUEST.url, good))
        for _ in range(2):
            with pytest.raises(TransportError, match="the value of the header 'X-A'"):
                await made.request(PreparedRequest("GET", REQUEST.url, bad))


@pytest.mark.parametrize("value", ["", "a\tb", "b\u00e9\u4e2d", "a, b"])
async def test_a_header_that_http_can_carry_is_sent(value: str) -> None:
    async with transport(MockResponse()) as made:
        await made.request(PreparedRequest("GET", REQUEST.url, (("X-A", value),)))
