"""Events of a watch, its first event, and resuming it."""

import pytest

from behaviour.objects import config_map, name_of, next_events, remaining_events, resource_version_of, types_and_names
from kubex.api import Api
from kubex.client import Client
from kubex.errors import ConfigurationError, Expired
from kubex.models import EventType
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap
from support.resources import Widget

pytestmark = pytest.mark.anyio

LABELS = {"mine": "yes"}


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


async def current_resource_version(api: Api[ConfigMap]) -> str:
    """Return the resourceVersion of the collection."""
    version = (await api.list(label_selector=LABELS)).resource_version
    assert version is not None
    return version


async def test_watch_yields_events_after_its_resource_version(api: Api[ConfigMap]) -> None:
    await api.create(config_map("before", labels=LABELS))
    async with api.watch(label_selector=LABELS, resource_version=await current_resource_version(api)) as events:
        created = await api.create(config_map("one", {"a": "1"}, labels=LABELS))
        patched = await api.patch("one", MergePatch({"data": {"a": "2"}}))
        await api.delete("one")
        added, modified, deleted = await next_events(events, 3)
    assert types_and_names([added, modified, deleted]) == [("ADDED", "one"), ("MODIFIED", "one"), ("DELETED", "one")]
    assert added.object == created
    assert (modified.object, modified.object.data) == (patched, {"a": "2"})
    assert deleted.object.data == {"a": "2"}
    assert int(resource_version_of(deleted.object)) > int(resource_version_of(patched))


async def test_watch_without_resource_version_yields_existing_objects_first(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=LABELS))
    async with api.watch(label_selector=LABELS) as events:
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "one")]
        await api.create(config_map("two", labels=LABELS))
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "two")]


@pytest.mark.covers("pitfall-43")
async def test_objects_that_leave_or_enter_the_selector_are_deleted_or_added(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=LABELS))
    async with api.watch(label_selector=LABELS, resource_version=await current_resource_version(api)) as events:
        unlabelled = await api.patch("one", MergePatch({"metadata": {"labels": {"mine": "no"}}}))
        await api.patch("one", MergePatch({"metadata": {"labels": LABELS}}))
        deleted, added = await next_events(events, 2)
    assert types_and_names([deleted, added]) == [("DELETED", "one"), ("ADDED", "one")]
    assert deleted.object.metadata.labels == LABELS
    assert deleted.resource_version == unlabelled.metadata.resource_version


async def test_watch_accepts_a_field_selector(api: Api[ConfigMap]) -> None:
    async with api.watch(
        field_selector={"metadata.name": "two"}, resource_version=await current_resource_version(api)
    ) as events:
        await api.create(config_map("one"))
        await api.create(config_map("two"))
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "two")]


@pytest.mark.covers("pitfall-43")
async def test_deletion_with_a_finalizer_yields_modified_and_then_deleted(api: Api[ConfigMap]) -> None:
    async with api.watch(label_selector=LABELS, resource_version=await current_resource_version(api)) as events:
        await api.create(config_map("one", labels=LABELS, finalizers=["example.com/hold"]))
        await api.delete("one")
        await api.patch("one", MergePatch({"metadata": {"finalizers": None}}))
        added, modified, deleted = await next_events(events, 3)
    assert [event.type for event in (added, modified, deleted)] == ["ADDED", "MODIFIED", "DELETED"]
    assert added.object.metadata.deletion_timestamp is None
    assert modified.object.metadata.deletion_timestamp is not None


@pytest.mark.covers("pitfall-1", "pitfall-2")
async def test_initial_events_are_followed_by_initial_events_end(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=LABELS))
    await api.create(config_map("two", labels=LABELS))
    async with api.watch(label_selector=LABELS, send_initial_events=True) as events:
        one, two, end = [await anext(events) for _ in range(3)]
        assert sorted(types_and_names([one, two])) == [("ADDED", "one"), ("ADDED", "two")]
        assert end.type is EventType.INITIAL_EVENTS_END
        assert end.object.metadata.name in (None, "")
        assert events.resource_version == end.resource_version
        await api.delete("one")
        assert types_and_names(await next_events(events, 1)) == [("DELETED", "one")]


@pytest.mark.covers("pitfall-2")
async def test_initial_events_end_comes_first_if_there_are_no_objects(api: Api[ConfigMap]) -> None:
    async with api.watch(label_selector="no=where", send_initial_events=True) as events:
        assert (await anext(events)).type == "INITIAL_EVENTS_END"


@pytest.mark.covers("pitfall-2")
async def test_watch_without_initial_events_yields_only_new_events(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=LABELS))
    async with api.watch(label_selector=LABELS, send_initial_events=False) as events:
        await api.create(config_map("two", labels=LABELS))
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "two")]


@pytest.mark.covers("pitfall-43")
async def test_timeout_seconds_ends_the_watch_without_an_error(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=LABELS))
    async with api.watch(label_selector=LABELS, timeout_seconds=3) as events:
        assert types_and_names(await remaining_events(events)) == [("ADDED", "one")]
        assert await remaining_events(events) == []


async def test_timeout_seconds_zero_raises(api: Api[ConfigMap]) -> None:
    with pytest.raises(ConfigurationError, match="timeout_seconds: must be at least 1 second, not 0"):
        api.watch(timeout_seconds=0)


@pytest.mark.covers("pitfall-10", "pitfall-43")
async def test_watch_from_a_too_old_resource_version_raises_expired(client: Client, widget_crd: None) -> None:
    # The CRD was created later than resourceVersion 1, so each server considers this version too old.
    async with Api(Widget, client).watch(resource_version="1", timeout_seconds=2) as events:
        with pytest.raises(Expired, match="too old resource version: 1") as caught:
            await anext(events)
    assert (caught.value.status, caught.value.reason, caught.value.method) == (410, "Expired", "GET")


@pytest.mark.covers("pitfall-43")
async def test_watch_resumes_from_its_last_resource_version(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=LABELS))
    async with api.watch(label_selector=LABELS, resource_version=await current_resource_version(api)) as events:
        await api.create(config_map("two", labels=LABELS))
        (event,) = await next_events(events, 1)
        assert events.resource_version == event.resource_version
    await api.create(config_map("three", labels=LABELS))
    await api.delete("one")
    async with api.watch(label_selector=LABELS, resource_version=events.resource_version) as resumed:
        assert types_and_names(await next_events(resumed, 2)) == [("ADDED", "three"), ("DELETED", "one")]


async def test_watch_from_the_resource_version_of_a_list_misses_no_event(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels=LABELS))
    listed = await api.list(label_selector=LABELS)
    await api.create(config_map("two", labels=LABELS))
    async with api.watch(label_selector=LABELS, resource_version=listed.resource_version) as events:
        assert [name_of(item) for item in listed.items] == ["one"]
        assert types_and_names(await next_events(events, 1)) == [("ADDED", "two")]
