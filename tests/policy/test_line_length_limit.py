"""The maximum length of a line in watches, logs and other streams, which limits the memory."""

from collections.abc import AsyncIterator

import pytest

from kubex.api import Api
from kubex.errors import DecodeError
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing import MockResponse
from policy.conftest import scripted_client

pytestmark = pytest.mark.anyio

MIB = b"x" * 2**20


async def line(mebibytes: int) -> AsyncIterator[bytes]:
    """Yield a line of this size in chunks, and a short line."""
    for _ in range(mebibytes):
        yield MIB
    yield b"\nnext\n"


async def test_watch_event_above_64_mib_raises_decode_error() -> None:
    async with (
        scripted_client(MockResponse(chunks=line(66))) as (client, _),
        Api(ConfigMap, client, namespace="default").watch() as watch,
    ):
        for _ in range(2):  # each later read raises too, because the rest of the line is not an event
            with pytest.raises(DecodeError, match=r"^cannot decode an event of the watch GET /api/v1/.*: .* 64 MiB$"):
                await anext(watch)


async def test_log_line_above_64_mib_raises_and_suggests_chunks() -> None:
    async with scripted_client(MockResponse(chunks=line(66)), MockResponse(chunks=line(66))) as (client, _):
        logs = Api(Pod, client, namespace="default").logs
        async with logs.stream("one") as log:
            with pytest.raises(
                DecodeError, match=r"a line of the log: .* 64 MiB; read the log with log.bytes.chunks\(\)$"
            ):
                await anext(log)
        async with logs.stream("one") as log:
            assert sum([len(chunk) async for chunk in log.bytes.chunks()]) == 66 * 2**20 + len(b"\nnext\n")


async def test_stream_line_above_64_mib_raises_decode_error() -> None:
    async with scripted_client(MockResponse(chunks=line(66))) as (client, _), client.stream("GET", "/logs/a") as stream:
        with pytest.raises(DecodeError, match=r"a line of the stream: .*; read the stream with chunks\(\)$"):
            await anext(stream.lines())


async def test_line_of_64_mib_and_later_lines_are_read() -> None:
    async with scripted_client(MockResponse(chunks=line(64))) as (client, _), client.stream("GET", "/logs/a") as stream:
        assert [len(each) async for each in stream.lines()] == [64 * 2**20, 4]


async def test_limit_applies_to_each_event_without_newlines() -> None:
    async def events() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b'{"type":"ADDED","object":{"metadata":{"name":"a"},"data":{"k":"%s"}}}' % MIB
        yield b'{"type":"ADDED","object":{"metadata":{"name":"b"},"data":{"k":"'
        for _ in range(66):
            yield MIB

    async with (
        scripted_client(MockResponse(chunks=events())) as (client, _),
        Api(ConfigMap, client, namespace="default").watch() as watch,
    ):
        for _ in range(70):
            assert (await anext(watch)).object.metadata.name == "a"
        with pytest.raises(DecodeError, match=r"64 MiB$"):
            await anext(watch)
