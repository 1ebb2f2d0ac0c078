"""Reads from servers that are behind, that have lost their history, or that were restored."""

import anyio
import anyio.to_thread
import pytest

from behaviour.objects import (
    config_map,
    name_of,
    next_events,
    remaining_events,
    resource_version_of,
    types_and_names,
)
from kubex.api import Api
from kubex.client import Client
from kubex.errors import GatewayTimeout, NotFound
from kubex.models import ObjectMeta
from kubex_k8s.v1_37.core.v1 import ConfigMap, Secret
from kubex_testing.embedded import EmbeddedServer, ExpireContinue, Lag, RecordedRequest, Replay, Run

pytestmark = pytest.mark.anyio


@pytest.fixture
def api(embedded_client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps on an embedded server without ConfigMaps."""
    return Api(ConfigMap, embedded_client)


async def names(api: Api[ConfigMap], resource_version: str | None = None) -> list[str]:
    """Return the names in a list."""
    return [name_of(item) for item in await api.list(resource_version=resource_version)]


async def test_lagging_server_returns_an_old_list_from_its_cache(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    first = await api.create(config_map("one"))
    await api.create(config_map("two"))
    fault = kubex_server.inject("list configmaps", Lag(revisions=1), times=3)
    old = await api.list(resource_version="0")
    assert ([name_of(item) for item in old], old.resource_version) == (["one"], resource_version_of(first))
    assert await names(api, resource_version_of(first)) == ["one"]
    assert await names(api) == ["one", "two"]
    assert fault.hits == 3
    assert await names(api, "0") == ["one", "two"]


async def test_lagging_server_rejects_a_newer_revision_with_its_cause(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    kubex_server.set_clock_rate(1000)
    newest = resource_version_of(await api.create(config_map("one")))
    kubex_server.inject("list configmaps", Lag(revisions=1), times=None)
    with pytest.raises(GatewayTimeout, match="Too large resource version") as raised:
        await api.list(resource_version=newest)
    assert [cause.reason for cause in raised.value.causes] == ["ResourceVersionTooLarge"]
    kubex_server.load([{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "later"}}])
    assert await names(api, newest) == ["one"]


async def test_lagging_server_returns_an_old_object(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    await api.create(config_map("one"))
    kubex_server.inject("get configmaps", Lag(revisions=1), times=None)
    with pytest.raises(NotFound):
        await api.get("one", resource_version="0")
    assert name_of(await api.get("one")) == "one"


async def test_streaming_list_of_a_lagging_server_continues_with_later_changes(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    first = await api.create(config_map("one"))
    await api.create(config_map("two"))
    kubex_server.inject("watch configmaps", Lag(revisions=1))
    async with api.watch(send_initial_events=True, resource_version=resource_version_of(first)) as events:
        added, end, later = await next_events(events, 3)
    assert types_and_names([added, later]) == [("ADDED", "one"), ("ADDED", "two")]
    assert (end.type, end.resource_version) == ("INITIAL_EVENTS_END", resource_version_of(first))


async def test_streaming_list_of_a_lagging_server_fails_for_a_newer_revision(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    kubex_server.set_clock_rate(1000)
    newest = resource_version_of(await api.create(config_map("one")))
    kubex_server.inject("watch configmaps", Lag(revisions=1))
    async with api.watch(send_initial_events=True, resource_version=newest) as events:
        with pytest.raises(GatewayTimeout, match="Too large resource version"):
            await next_events(events, 1)


async def test_replay_sends_earlier_changes_again(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    await api.create(config_map("one"))
    two = await api.create(config_map("two"))
    fault = kubex_server.inject("watch configmaps", Replay(revisions=1))
    for expected in ("two", "three"):
        async with api.watch(resource_version=resource_version_of(two)) as events:
            if expected == "three":
                await api.create(config_map("three"))
            assert types_and_names(await next_events(events, 1)) == [("ADDED", expected)]
    assert fault.hits == 1


async def test_replay_does_not_reach_behind_a_compaction(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    one = await api.create(config_map("one"))
    kubex_server.compact()
    kubex_server.inject("watch configmaps", Replay(revisions=1000))
    async with api.watch(resource_version=resource_version_of(one)) as events:
        await api.create(config_map("two"))
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "two")]


async def test_continue_token_of_a_page_expires_once(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    for name in ("a", "b", "c", "d"):
        await api.create(config_map(name))
    fault = kubex_server.inject("list configmaps", ExpireContinue(page=3))
    for consistent in (False, True):
        pages = api.pages(page_size=1)
        assert [name_of(item) async for page in pages for item in page] == ["a", "b", "c", "d"]
        assert pages.consistent is consistent
    assert fault.hits == 1


async def test_list_faults_do_not_apply_to_other_kinds(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    one = await api.create(config_map("one"))
    faults = [
        kubex_server.inject(f"{verb} secrets", fault, times=None)
        for verb, fault in (("list", Lag(5)), ("list", ExpireContinue()), ("watch", Replay(5)), ("watch", Lag(5)))
    ]
    assert await names(api, "0") == ["one"]
    async with api.watch(resource_version=resource_version_of(one)) as events:
        await api.create(config_map("two"))
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "two")]
    assert [fault.hits for fault in faults] == [0, 0, 0, 0]


async def test_function_writes_between_a_list_and_the_watch(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    def write(request: RecordedRequest) -> None:
        kubex_server.load([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": request.method.lower()}}])

    fault = kubex_server.inject("list configmaps", Run(write))
    objects = await api.list()
    assert len(objects) == 0
    async with api.watch(resource_version=objects.resource_version) as events:
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "get")]
    assert fault.hits == 1


async def test_function_runs_before_the_request(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    late = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "late"}}
    kubex_server.inject("list configmaps", Run(lambda _: kubex_server.load([late]), when="request"))
    assert await names(api) == ["late"]


async def test_held_changes_arrive_after_the_release(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    one = await api.create(config_map("one"))
    secrets = Api(Secret, api.client)
    async with (
        api.watch(resource_version=resource_version_of(one), bookmarks=True) as events,
        secrets.watch(resource_version=resource_version_of(one)) as other_events,
    ):
        kubex_server.hold("configmaps")
        await api.create(config_map("two"))
        await api.delete("one")
        kubex_server.bookmark_now()
        await secrets.create(Secret(metadata=ObjectMeta(name="free")))
        assert types_and_names(await next_events(other_events, 1)) == [("ADDED", "free")]
        assert await names(api) == ["two"]
        with anyio.move_on_after(0.05) as scope:  # real time: nothing must arrive
            await next_events(events, 1)
        assert scope.cancelled_caught
        version = events.resource_version
    assert version == resource_version_of(one)
    async with api.watch(resource_version=version) as events:
        await anyio.to_thread.run_sync(kubex_server.release, "configmaps")
        assert types_and_names(await next_events(events, 2)) == [("ADDED", "two"), ("DELETED", "one")]


async def test_rewound_server_returns_the_old_state(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    one = await api.create(config_map("one", {"n": "1"}))
    revision = kubex_server.revision
    async with api.watch(resource_version=resource_version_of(one)) as events:
        await api.edit("one", lambda item: item.data.update(n="2"))  # type: ignore[union-attr]  # set above
        await api.create(config_map("two"))
        lost = resource_version_of((await next_events(events, 2))[-1].object)
        kubex_server.rewind(revision)
        assert await remaining_events(events) == []
    objects = await api.list()
    assert [(name_of(item), item.data) for item in objects] == [("one", {"n": "1"})]
    assert objects.resource_version == str(revision)
    async with api.watch(resource_version=lost, timeout_seconds=300) as events:
        # The revision of the next change was used before the restore, so the watch does not send it.
        await api.create(config_map("three"))
        kubex_server.advance_clock(300)
        assert await remaining_events(events) == []
    assert await names(api) == ["one", "three"]


async def test_watch_from_the_rewound_revision_sends_new_changes(
    api: Api[ConfigMap], kubex_server: EmbeddedServer
) -> None:
    one = await api.create(config_map("one"))
    await api.delete("one")
    kubex_server.rewind(int(resource_version_of(one)))
    async with api.watch(resource_version=resource_version_of(one)) as events:
        await api.delete("one")
        assert types_and_names(await next_events(events, 1)) == [("DELETED", "one")]


async def test_clock_of_the_server_ends_a_watch(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    await api.create(config_map("one"))
    async with api.watch(timeout_seconds=3000) as events:
        await next_events(events, 1)
        kubex_server.advance_clock(3000)
        assert await remaining_events(events) == []
    kubex_server.set_clock_rate(100_000)
    async with api.watch(timeout_seconds=3000) as events:
        assert types_and_names(await remaining_events(events)) == [("ADDED", "one")]


async def test_watch_from_a_lost_revision_gets_no_bookmark(api: Api[ConfigMap], kubex_server: EmbeddedServer) -> None:
    one = await api.create(config_map("one"))
    kubex_server.rewind(kubex_server.revision - 1)
    version = resource_version_of(one)
    async with api.watch(resource_version=version, bookmarks=True, timeout_seconds=300) as events:
        kubex_server.bookmark_now()
        kubex_server.advance_clock(300)
        assert await remaining_events(events) == []
