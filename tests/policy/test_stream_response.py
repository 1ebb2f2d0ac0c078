"""State and decompression of `StreamResponse`, and validation of requests, which all backends share."""

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
async def open_transport(*script: MockAction, **settings: Any) -> AsyncIterator[Transport]:
    with MockTransport(script) as mock:
        transport = mock.backend.load()(TransportConfig(**settings))
        try:
            yield transport
        finally:
            await transport.aclose()


@asynccontextmanager
async def open_response(mock_response: MockResponse, **settings: Any) -> AsyncIterator[StreamResponse]:
    async with open_transport(mock_response, **settings) as transport, transport.stream(REQUEST) as opened:
        yield opened


async def assert_reads_raise(opened: StreamResponse, message: str) -> None:
    for read in (opened.receive, opened.receive, opened.read):
        with pytest.raises(ConnectionLost, match=message) as caught:
            await read()
        assert (caught.value.method, caught.value.url) == ("GET", "http://cluster.test/log")


@pytest.mark.parametrize("error", [ConnectionLost("reset"), ReadTimeout("silence"), ValueError("a bug")])
async def test_reads_after_a_failed_read_raise(error: Exception) -> None:
    async with open_response(MockResponse(chunks=[b"a", error, b"b"])) as opened:
        assert await opened.receive() == b"a"
        with pytest.raises(type(error)):
            await opened.receive()
        await assert_reads_raise(opened, "earlier read")


async def test_reads_after_a_cancelled_read_raise() -> None:
    reading = anyio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield b"a"
        reading.set()
        await anyio.sleep_forever()

    async with open_response(MockResponse(chunks=chunks())) as opened:
        assert await opened.receive() == b"a"
        async with anyio.create_task_group() as group:
            group.start_soon(opened.receive)
            await reading.wait()
            group.cancel_scope.cancel()
        await assert_reads_raise(opened, "earlier read")


async def test_reads_after_the_end_return_empty_bytes() -> None:
    async with open_response(MockResponse(chunks=[b"a"])) as opened:
        assert [await opened.receive() for _ in range(4)] == [b"a", b"", b"", b""]
        assert await opened.read() == b""


async def test_reads_of_a_closed_response_raise() -> None:
    async with open_response(MockResponse(chunks=[b"a", b"b"])) as opened:
        assert await opened.receive() == b"a"
    await assert_reads_raise(opened, "was closed")


async def test_read_during_the_read_of_another_task_raises() -> None:
    reading, may_continue = anyio.Event(), anyio.Event()
    received: list[bytes] = []

    async def chunks() -> AsyncIterator[bytes]:
        reading.set()
        await may_continue.wait()
        yield b"a"

    async def read() -> None:
        received.append(await opened.read())

    async with open_response(MockResponse(chunks=chunks())) as opened, anyio.create_task_group() as group:
        group.start_soon(read)
        await reading.wait()
        with pytest.raises(TransportError, match="another task"):
            await opened.receive()
        may_continue.set()
    assert received == [b"a"]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_gzip_body_is_decompressed_from_chunks_of_any_size(size: int) -> None:
    body = gzip.compress(b"line 1\n") + gzip.compress(b"line 2\n")
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    async with open_transport(*[MockResponse(chunks=chunks, headers=GZIP)] * 2) as transport:
        assert (await transport.request(REQUEST)).body == b"line 1\nline 2\n"
        async with transport.stream(REQUEST) as opened:
            received = [await opened.receive() for _ in body]
            assert b"".join(received) == b"line 1\nline 2\n"


@pytest.mark.parametrize("end", [1, 10, -8, -1])
async def test_truncated_gzip_body_raises(end: int) -> None:
    async with open_transport(MockResponse(body=gzip.compress(b"line\n" * 100)[:end], headers=GZIP)) as transport:
        with pytest.raises(ConnectionLost, match=r"^GET http://cluster\.test/log: the compressed body ended early$"):
            await transport.request(REQUEST)


async def test_gzip_response_without_a_body_is_empty() -> None:
    async with open_transport(MockResponse(headers=GZIP)) as transport:
        assert (await transport.request(REQUEST)).body == b""


async def test_unknown_content_encoding_raises() -> None:
    headers = [("Content-Encoding", "gzip"), ("Content-Encoding", "br")]
    async with open_transport(MockResponse(body=b"a", headers=headers)) as transport:
        with pytest.raises(TransportError, match="'gzip, br'"):
            await transport.request(REQUEST)


async def test_compression_ratio_is_limited() -> None:
    bomb = gzip.compress(bytes(2**26 + 1))
    mock_response = MockResponse(body=bomb, headers=GZIP)
    async with open_transport(mock_response) as transport:
        with pytest.raises(TransportError, match="more than 200 times its size"):
            await transport.request(REQUEST)
    async with open_transport(mock_response, max_compression_ratio=None) as transport:
        assert len((await transport.request(REQUEST)).body) == 2**26 + 1


async def test_other_tasks_run_while_a_large_body_is_decompressed() -> None:
    checkpoints = 0

    async def work() -> None:
        nonlocal checkpoints
        while True:
            checkpoints += 1
            await anyio.lowlevel.checkpoint()

    mock_response = MockResponse(body=gzip.compress(bytes(2**24)) * 16, headers=GZIP)
    async with open_response(mock_response, max_compression_ratio=None) as opened, anyio.create_task_group() as group:
        group.start_soon(work)
        await opened.receive()
        before = checkpoints
        while await opened.receive():
            pass
        assert checkpoints - before >= 2
        group.cancel_scope.cancel()


async def test_request_of_a_closed_transport_raises() -> None:
    async with open_transport() as transport:
        await transport.aclose()
        with pytest.raises(ConnectError, match="the transport is closed"):
            await transport.request(REQUEST)


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
async def test_invalid_request_raises_before_sending(request_: PreparedRequest) -> None:
    async with open_transport() as transport:
        with pytest.raises(TransportError) as caught:
            await transport.request(request_)
    assert "s3cret" not in str(caught.value)


async def test_changed_headers_are_validated_again() -> None:
    good, bad = (("X-A", "b"),), (("X-A", "b\n"),)
    async with open_transport(MockResponse(), MockResponse()) as transport:
        for _ in range(2):
            await transport.request(PreparedRequest("GET", REQUEST.url, good))
        for _ in range(2):
            with pytest.raises(TransportError, match="the value of the header 'X-A'"):
                await transport.request(PreparedRequest("GET", REQUEST.url, bad))


@pytest.mark.parametrize("value", ["", "a\tb", "b\u00e9\u4e2d", "a, b"])
async def test_valid_header_values_are_sent(value: str) -> None:
    async with open_transport(MockResponse()) as transport:
        await transport.request(PreparedRequest("GET", REQUEST.url, (("X-A", value),)))
