"""The revision from which a watch can be continued, and what may stand between events."""

import json
import random
from collections.abc import AsyncIterator

import anyio
import pytest

from kubex.api import Api
from kubex.errors import ConnectionLost, DecodeError
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_testing import MockResponse
from policy.conftest import scripted


def event(name: str, revision: str | None) -> bytes:
    """Make an event; the objects of metrics.k8s.io, for example, do not have a revision."""
    metadata = {"name": name} if revision is None else {"name": name, "resourceVersion": revision}
    return json.dumps({"type": "ADDED", "object": {"metadata": metadata}}).encode() + b"\n"


pytestmark = pytest.mark.anyio

NAMES = ["a", "b\u00e9\u4e2d", 'c"}{"', "d\\", "e}\n{", "f"]


async def names(*chunks: bytes) -> list[str | None]:
    """Return the names of all objects; the watch must end without an error."""
    async with (
        scripted(MockResponse(chunks=chunks)) as (client, _),
        Api(ConfigMap, client, namespace="default").watch() as watch,
    ):
        return [each.object.metadata.name async for each in watch]


def bare(name: str) -> bytes:
    """Make an event without a newline; the name is not escaped."""
    return json.dumps({"type": "ADDED", "object": {"metadata": {"name": name}}}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "stream",
    [
        b"\n%s\n\n\n%s\n%s\n\n",  # blank lines, as heartbeats of gateways
        b"%s\r\n\r\n%s\r\n%s\r\n",
        b"%s\n%s\n%s",  # no newline at the end
        b"%s\n%s\n%s\r",
        b"%s%s%s",
        b"%s %s\t%s\n",
        b"%s%s\n\n%s \n \n",
    ],
)
async def test_events_need_no_newline_and_may_have_several(stream: bytes) -> None:
    text = stream % (bare("a"), bare("b"), bare("c"))
    assert await names(text) == ["a", "b", "c"]
    assert await names(*[text[at : at + 1] for at in range(len(text))]) == ["a", "b", "c"]


@pytest.mark.parametrize("seed", range(10))
async def test_events_are_the_same_however_the_bytes_are_cut_into_chunks(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable cuts
    text = b"".join(bare(name) + chance.choice([b"\n", b"\r\n", b"", b"\n\n", b" "]) for name in NAMES)
    for _ in range(10):
        cuts = sorted(chance.choices(range(len(text)), k=chance.randint(1, 60)))
        chunks = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True) if start < end]
        assert await names(*chunks) == NAMES


@pytest.mark.parametrize("between", [b"\n", b"", b"\r\n"])
async def test_an_event_that_is_cut_off_is_not_delivered_and_ends_the_watch(between: bytes) -> None:
    last = bare("b")
    for end in range(1, len(last)):
        async with (
            scripted(MockResponse(chunks=[bare("a") + between + last[:end]])) as (client, _),
            Api(ConfigMap, client, namespace="default").watch() as watch,
        ):
            assert (await anext(watch)).object.metadata.name == "a"
            with pytest.raises(ConnectionLost, match="in the middle of an event"):
                await anext(watch)


async def test_a_line_with_half_of_an_event_is_an_error() -> None:
    async with (
        scripted(MockResponse(chunks=[bare("a") + bare("b")[:-1] + b"\n" + bare("c")])) as (client, _),
        Api(ConfigMap, client, namespace="default").watch() as watch,
    ):
        assert (await anext(watch)).object.metadata.name == "a"
        with pytest.raises(DecodeError):
            await anext(watch)
        assert (await anext(watch)).object.metadata.name == "c"


async def test_an_event_without_a_newline_is_there_before_the_next_one_comes() -> None:
    read = anyio.Event()

    async def chunks() -> AsyncIterator[bytes]:
        yield bare("a")[:9]
        yield bare("a")[9:]
        await read.wait()
        yield bare("b") + b"\n"

    with anyio.fail_after(10):
        async with (
            scripted(MockResponse(chunks=chunks())) as (client, _),
            Api(ConfigMap, client, namespace="default").watch() as watch,
        ):
            assert (await anext(watch)).object.metadata.name == "a"
            read.set()
            assert (await anext(watch)).object.metadata.name == "b"


@pytest.mark.parametrize("start", [None, "3"])
async def test_an_event_without_a_revision_keeps_that_of_the_event_before(start: str | None) -> None:
    events = MockResponse(chunks=[event("a", None), event("b", "5"), event("c", None), event("d", "")])
    async with (
        scripted(events) as (client, _),
        Api(ConfigMap, client, namespace="default").watch(resource_version=start) as watch,
    ):
        found = [(each.object.metadata.name, watch.resource_version) async for each in watch]
    assert found == [("a", start), ("b", "5"), ("c", "5"), ("d", "5")]
