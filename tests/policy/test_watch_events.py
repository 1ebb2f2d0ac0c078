"""Splitting of a watch stream into events, and the resourceVersion to resume from."""

import json
import random
from collections.abc import AsyncIterator

import anyio
import pytest

from kubex.api import Api
from kubex.errors import ConnectionLost, DecodeError
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockResponse
from policy.conftest import scripted_client


def event(name: str, revision: str | None) -> bytes:
    """Return an event. Some objects, for example of metrics.k8s.io, do not have a resourceVersion."""
    metadata = {"name": name} if revision is None else {"name": name, "resourceVersion": revision}
    return json.dumps({"type": "ADDED", "object": {"metadata": metadata}}).encode() + b"\n"


pytestmark = pytest.mark.anyio

NAMES = ["a", "b\u00e9\u4e2d", 'c"}{"', "d\\", "e}\n{", "f"]


async def watched_names(*chunks: bytes) -> list[str | None]:
    """Return the names of all watched objects. The watch must end without an error, and a raw watch is the same."""
    response = MockResponse(chunks=chunks)
    async with scripted_client(response, response) as (client, _):
        api = Api(ConfigMap, client, namespace="default")
        async with api.watch() as watch:
            names = [each.object.metadata.name async for each in watch]
        async with api.raw.watch() as raw:
            assert [each.object.name async for each in raw] == names
    return names


def event_without_newline(name: str) -> bytes:
    """Return an event without a newline and with an unescaped name."""
    return json.dumps({"type": "ADDED", "object": {"metadata": {"name": name}}}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "stream",
    [
        b"\n%s\n\n\n%s\n%s\n\n",  # gateways send blank lines as heartbeats
        b"%s\r\n\r\n%s\r\n%s\r\n",
        b"%s\n%s\n%s",  # no newline at the end
        b"%s\n%s\n%s\r",
        b"%s%s%s",
        b"%s %s\t%s\n",
        b"%s%s\n\n%s \n \n",
    ],
)
async def test_events_may_be_separated_by_any_whitespace_or_none(stream: bytes) -> None:
    text = stream % (event_without_newline("a"), event_without_newline("b"), event_without_newline("c"))
    assert await watched_names(text) == ["a", "b", "c"]
    assert await watched_names(*[text[at : at + 1] for at in range(len(text))]) == ["a", "b", "c"]


@pytest.mark.parametrize("seed", range(10))
async def test_chunk_boundaries_do_not_affect_events(seed: int) -> None:
    random_source = random.Random(seed)  # noqa: S311 - reproducible chunks
    text = b"".join(
        event_without_newline(name) + random_source.choice([b"\n", b"\r\n", b"", b"\n\n", b" "]) for name in NAMES
    )
    for _ in range(10):
        cuts = sorted(random_source.choices(range(len(text)), k=random_source.randint(1, 60)))
        chunks = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True) if start < end]
        assert await watched_names(*chunks) == NAMES


@pytest.mark.parametrize("between", [b"\n", b"", b"\r\n"])
async def test_incomplete_last_event_raises_connection_lost(between: bytes) -> None:
    last = event_without_newline("b")
    for end in range(1, len(last)):
        async with (
            scripted_client(MockResponse(chunks=[event_without_newline("a") + between + last[:end]])) as (client, _),
            Api(ConfigMap, client, namespace="default").watch() as watch,
        ):
            assert (await anext(watch)).object.metadata.name == "a"
            with pytest.raises(ConnectionLost, match="in the middle of an event"):
                await anext(watch)


async def test_line_with_an_incomplete_event_raises_decode_error() -> None:
    async with (
        scripted_client(
            MockResponse(
                chunks=[
                    event_without_newline("a") + event_without_newline("b")[:-1] + b"\n" + event_without_newline("c")
                ]
            )
        ) as (client, _),
        Api(ConfigMap, client, namespace="default").watch() as watch,
    ):
        assert (await anext(watch)).object.metadata.name == "a"
        with pytest.raises(DecodeError):
            await anext(watch)
        assert (await anext(watch)).object.metadata.name == "c"


async def test_raw_watch_continues_after_a_malformed_event() -> None:
    malformed = b'{"type":"ADDED","object":{"metadata":{"name":5,"resourceVersion":"7"}}}\n'
    async with (
        scripted_client(MockResponse(chunks=[event("a", "5"), malformed, event("b", "8")])) as (client, _),
        Api(ConfigMap, client, namespace="default").raw.watch() as watch,
    ):
        assert (await anext(watch)).object.name == "a"
        with pytest.raises(DecodeError, match=r"GET /api/v1/namespaces/default/configmaps"):
            await anext(watch)
        assert watch.resource_version == "5"
        assert (await anext(watch)).object.name == "b"
        assert watch.resource_version == "8"
        with pytest.raises(StopAsyncIteration):
            await anext(watch)


async def test_event_without_a_newline_is_yielded_before_the_next_event() -> None:
    read = anyio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield event_without_newline("a")[:9]
        yield event_without_newline("a")[9:]
        await read.wait()
        yield event_without_newline("b") + b"\n"

    with anyio.fail_after(10):
        async with (
            scripted_client(MockResponse(chunks=chunks())) as (client, _),
            Api(ConfigMap, client, namespace="default").watch() as watch,
        ):
            assert (await anext(watch)).object.metadata.name == "a"
            read.set()
            assert (await anext(watch)).object.metadata.name == "b"


@pytest.mark.parametrize("start", [None, "3"])
async def test_event_without_resource_version_keeps_the_previous_one(start: str | None) -> None:
    events = MockResponse(chunks=[event("a", None), event("b", "5"), event("c", None), event("d", "")])
    async with (
        scripted_client(events) as (client, _),
        Api(ConfigMap, client, namespace="default").watch(resource_version=start) as watch,
    ):
        found = [(each.object.metadata.name, watch.resource_version) async for each in watch]
    assert found == [("a", start), ("b", "5"), ("c", "5"), ("d", "5")]


async def test_raw_watch_tells_whether_the_next_event_has_arrived() -> None:
    response = MockResponse(chunks=[event("a", "1") + event("b", "2"), event("c", "3")])
    async with (
        scripted_client(response) as (client, _),
        Api(ConfigMap, client, namespace="default").raw.watch() as events,
    ):
        assert not events.buffered
        assert [events.buffered async for _event in events] == [True, False, False]
