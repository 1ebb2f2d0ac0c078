"""What a watch tells, where it starts, and how it is resumed."""

import pytest

from behaviour.objects import config_map, named, rest, revision, take, told
from kubex.api import Api
from kubex.client import Client
from kubex.errors import ConfigurationError, Expired
from kubex.models import EventType
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap
from support.resources import Widget

pytestmark = pytest.mark.anyio

MINE = {"mine": "yes"}


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


async def present(api: Api[ConfigMap]) -> str:
    """Return the revision of the collection."""
    version = (await api.list(label_selector=MINE)).resource_version
    assert version is not None
    return version


async def test_a_watch_tells_what_happens_after_its_revision(api: Api[ConfigMap]) -> None:
    await api.create(config_map("before", labels=MINE))
    async with api.watch(label_selector=MINE, resource_version=await present(api)) as events:
        created = await api.create(config_map("one", {"a": "1"}, labels=MINE))
        patched = await api.patch("one", MergePatch({"data": {"a": "2"}}))
        await api.delete("one")
        added, modified, deleted = await take(events, 3)
    assert told([added, modified, deleted]) == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]
    assert added.object == created
    assert (modified.object, modified.object.data) == (patched, {"a": "2"})
    assert deleted.object.data == {"a": "2"}
    assert int(revision(deleted.object)) > int(revision(patched))


async def test_without_a_revision_the_present_comes_first(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=MINE))
    async with api.watch(label_selector=MINE) as events:
        assert told(await take(events, 1)) == [("ADDED", "one")]
        await api.create(config_map("two", labels=MINE))
        assert told(await take(events, 1)) == [("ADDED", "two")]


@pytest.mark.covers("pitfall-43")
async def test_leaving_a_selection_is_a_deletion_and_entering_an_addition(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=MINE))
    async with api.watch(label_selector=MINE, resource_version=await present(api)) as events:
        left = await api.patch("one", MergePatch({"metadata": {"labels": {"mine": "no"}}}))
        await api.patch("one", MergePatch({"metadata": {"labels": MINE}}))
        deleted, added = await take(events, 2)
    assert told([deleted, added]) == [("DELETED", "one"), ("ADDED", "one")]
    assert deleted.object.metadata.labels == MINE
    assert deleted.resource_version == left.metadata.resource_version


async def test_fields_select_what_is_watched(api: Api[ConfigMap]) -> None:
    async with api.watch(field_selector={"metadata.name": "two"}, resource_version=await present(api)) as events:
        await api.create(config_map("one"))
        await api.create(config_map("two"))
        assert told(await take(events, 1)) == [("ADDED", "two")]


@pytest.mark.covers("pitfall-43")
async def test_an_object_that_a_finalizer_holds_is_modified_and_then_deleted(api: Api[ConfigMap]) -> None:
    async with api.watch(label_selector=MINE, resource_version=await present(api)) as events:
        await api.create(config_map("one", labels=MINE, finalizers=["example.com/hold"]))
        await api.delete("one")
        await api.patch("one", MergePatch({"metadata": {"finalizers": None}}))
        added, modified, deleted = await take(events, 3)
    assert [event.type for event in (added, modified, deleted)] == ["ADDED", "MODIFIED", "DELETED"]
    assert added.object.metadata.deletion_timestamp is None
    assert modified.object.metadata.deletion_timestamp is not None


@pytest.mark.covers("pitfall-1", "pitfall-2")
async def test_a_typed_event_follows_the_initial_events(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=MINE))
    await api.create(config_map("two", labels=MINE))
    async with api.watch(label_selector=MINE, send_initial_events=True) as events:
        one, two, end = [await anext(events) for _ in range(3)]
        assert sorted(told([one, two])) == [("ADDED", "one"), ("ADDED", "two")]
        assert end.type is EventType.INITIAL_EVENTS_END
        assert end.object.metadata.name in (None, "")
        assert events.resource_version == end.resource_version
        await api.delete("one")
        assert told(await take(events, 1)) == [("DELETED", "one")]


@pytest.mark.covers("pitfall-2")
async def test_without_objects_the_end_of_the_initial_events_comes_at_once(api: Api[ConfigMap]) -> None:
    async with api.watch(label_selector="no=where", send_initial_events=True) as events:
        assert (await anext(events)).type == "INITIAL_EVENTS_END"


@pytest.mark.covers("pitfall-2")
async def test_initial_events_can_be_declined(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=MINE))
    async with api.watch(label_selector=MINE, send_initial_events=False) as events:
        await api.create(config_map("two", labels=MINE))
        assert told(await take(events, 1)) == [("ADDED", "two")]


@pytest.mark.covers("pitfall-43")
async def test_the_time_of_a_watch_ends_it_cleanly(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=MINE))
    async with api.watch(label_selector=MINE, timeout_seconds=3) as events:
        assert told(await rest(events)) == [("ADDED", "one")]
        assert await rest(events) == []


async def test_a_watch_of_no_time_is_refused(api: Api[ConfigMap]) -> None:
    with pytest.raises(ConfigurationError, match="timeout_seconds: must be at least 1 second, not 0"):
        api.watch(timeout_seconds=0)


@pytest.mark.covers("pitfall-10", "pitfall-43")
async def test_a_revision_that_is_too_old_is_expired(client: Client, widgets: None) -> None:
    # What happened before its definition nobody remembers, so that is too old for every server.
    async with Api(Widget, client).watch(resource_version="1", timeout_seconds=2) as events:
        with pytest.raises(Expired, match="too old resource version: 1") as caught:
            await anext(events)
    assert (caught.value.status, caught.value.reason, caught.value.method) == (410, "Expired", "GET")


@pytest.mark.covers("pitfall-43")
async def test_a_watch_is_resumed_from_where_it_was_left(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=MINE))
    async with api.watch(label_selector=MINE, resource_version=await present(api)) as events:
        await api.create(config_map("two", labels=MINE))
        (event,) = await take(events, 1)
        assert events.resource_version == event.resource_version
    await api.create(config_map("three", labels=MINE))
    await api.delete("one")
    async with api.watch(label_selector=MINE, resource_version=events.resource_version) as resumed:
        assert told(await take(resumed, 2)) == [("ADDED", "three"), ("DELETED", "one")]


async def test_a_list_and_a_watch_from_it_miss_nothing(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=MINE))
    listed = await api.list(label_selector=MINE)
    await api.create(config_map("two", labels=MINE))
    async with api.watch(label_selector=MINE, resource_version=listed.resource_version) as events:
        assert [named(item) for item in listed.items] == ["one"]
        assert told(await take(events, 1)) == [("ADDED", "two")]
