"""`Api.raw`: lists and watches that return objects as JSON."""

import json

import anyio
import pytest

from behaviour.objects import TIMEOUT, config_map
from kubex.api import Api, RawEvent, RawWatch
from kubex.client import Client
from kubex.errors import (
    ConfigurationError,
    Expired,
    InvalidNameError,
    NamespaceError,
    StreamNotOpenError,
    UnsupportedVerbError,
)
from kubex.models import NamespacedObjectMetadata
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ComponentStatus, ConfigMap, Namespace, Pod
from support.resources import ManagedConfigMap, Widget

pytestmark = pytest.mark.anyio

LABELS = {"mine": "yes"}


@pytest.fixture
async def api(client: Client) -> Api[ConfigMap]:
    """Create three ConfigMaps and return their API."""
    api = Api(ConfigMap, client)
    for number in range(3):
        await api.create(config_map(f"c{number}", {"text": "\u00fc \u4e2d"}, labels=LABELS))
    return api


async def next_raw(events: RawWatch, count: int) -> list[RawEvent]:
    with anyio.fail_after(TIMEOUT):
        return [await anext(events) for _ in range(count)]


def types_and_names(events: list[RawEvent]) -> list[tuple[str, str]]:
    return [(event.type, event.object.name) for event in events]


async def test_raw_list_returns_the_json_of_the_objects(api: Api[ConfigMap], namespace: str) -> None:
    listed, raw = await api.list(label_selector=LABELS), await api.raw.list(label_selector=LABELS)
    assert raw.errors == []
    assert [(item.name, item.namespace) for item in raw] == [(f"c{number}", namespace) for number in range(3)]
    for item, expected in zip(raw, listed, strict=True):
        assert (item.uid, item.resource_version) == (expected.metadata.uid, expected.metadata.resource_version)
        decoded = api.raw.decode(item.json)
        assert (type(decoded), decoded) == (ConfigMap, expected)
        assert decoded == await api.get(item.name)
        assert "managedFields" not in json.loads(item.json)["metadata"]


async def test_raw_list_has_a_version_and_pages(api: Api[ConfigMap]) -> None:
    first = await api.raw.list(label_selector=LABELS, limit=2)
    assert (len(first), first.remaining_item_count) in ((2, 1), (2, None))
    assert first.resource_version
    second = await api.raw.list(label_selector=LABELS, limit=2, continue_token=first.continue_token)
    assert [item.name for item in second] == ["c2"]
    assert second.continue_token is None
    none = await api.raw.list(label_selector=LABELS, field_selector={"metadata.name": "x"})
    assert len(none) == 0


async def test_raw_watch_yields_the_json_of_the_objects(api: Api[ConfigMap]) -> None:
    version = (await api.raw.list(label_selector=LABELS)).resource_version
    async with (
        api.raw.watch(label_selector=LABELS, resource_version=version) as raw,
        api.watch(label_selector=LABELS, resource_version=version) as typed,
    ):
        await api.patch("c0", MergePatch({"data": {"a": '"managedFields":[]'}}))
        await api.delete("c1")
        await api.create(config_map("c3", labels=LABELS))
        events = await next_raw(raw, 3)
        assert types_and_names(events) == [("MODIFIED", "c0"), ("DELETED", "c1"), ("ADDED", "c3")]
        for event in events:
            expected = await anext(typed)
            assert (event.type, event.resource_version) == (expected.type, expected.resource_version)
            assert api.raw.decode(event.object.json) == expected.object
            assert json.loads(event.object.json) == expected.object.to_dict()
        assert raw.resource_version == typed.resource_version


async def test_raw_watch_sends_initial_events_and_their_end(api: Api[ConfigMap]) -> None:
    async with api.raw.watch(label_selector=LABELS, send_initial_events=True) as events:
        found = await next_raw(events, 4)
        assert sorted(types_and_names(found[:3])) == [("ADDED", f"c{number}") for number in range(3)]
        assert types_and_names(found[3:]) == [("INITIAL_EVENTS_END", "")]
        assert events.resource_version == found[3].resource_version


async def test_raw_watch_ends_after_timeout_seconds(api: Api[ConfigMap]) -> None:
    watch = api.raw.watch(label_selector=LABELS, bookmarks=True, timeout_seconds=3)
    with anyio.fail_after(TIMEOUT):
        async with watch as events:
            found = [event async for event in events]
    assert sorted(types_and_names(found[:3])) == [("ADDED", f"c{number}") for number in range(3)]
    assert {event.type.value for event in found[3:]} <= {"BOOKMARK", "INITIAL_EVENTS_END"}
    with pytest.raises(StreamNotOpenError, match=r"api\.raw\.watch\(\) as events"):
        await anext(api.raw.watch())


async def test_raw_watch_from_a_too_old_resource_version_raises_expired(client: Client, widget_crd: None) -> None:
    async with Api(Widget, client).raw.watch(resource_version="1", timeout_seconds=2) as events:
        with pytest.raises(Expired):
            await anext(events)


async def test_raw_metadata_contains_only_metadata(api: Api[ConfigMap]) -> None:
    raw = api.metadata.raw
    listed = await raw.list(label_selector=LABELS)
    assert [item.name for item in listed] == ["c0", "c1", "c2"]
    assert set(json.loads(listed.items[0].json)) <= {"apiVersion", "kind", "metadata"}
    decoded = raw.decode(listed.items[0].json)
    assert isinstance(decoded, NamespacedObjectMetadata)
    assert decoded.metadata == (await api.get("c0")).metadata
    async with raw.watch(label_selector=LABELS, resource_version=listed.resource_version) as events:
        await api.delete("c1")
        [event] = await next_raw(events, 1)
    assert types_and_names([event]) == [("DELETED", "c1")]
    assert event.object.uid == listed.items[1].uid


async def test_raw_objects_contain_managed_fields_if_the_class_has_them(api: Api[ConfigMap], client: Client) -> None:
    managed = Api(ManagedConfigMap, client).raw
    for item in await managed.list(label_selector=LABELS):
        assert json.loads(item.json)["metadata"]["managedFields"]
        assert managed.decode(item.json).metadata.managed_fields


async def test_raw_returns_objects_of_cluster_scoped_kinds(client: Client, namespace: str) -> None:
    raw = Api(Namespace, client).raw
    assert (raw.resource, raw.namespaced, Api(Pod, client).raw.namespaced) == (Namespace, False, True)
    assert (raw.namespace, Api(Pod, client, namespace="other").raw.namespace) == (None, "other")
    assert Api(Pod, client).raw.namespace == client.configuration.namespace
    assert Api(Pod, client, namespace=None).raw.namespace is None
    [item] = await raw.list(field_selector={"metadata.name": namespace})
    assert (item.name, item.namespace) == (namespace, None)


async def test_raw_objects_have_the_generation_of_a_custom_resource(client: Client, widget_crd: None) -> None:
    widgets = Api(Widget, client)
    created = await widgets.create(Widget.model_validate({"metadata": {"name": "w"}, "spec": {"size": 1}}))
    [item] = await widgets.raw.list()
    assert (item.generation, item.resource_version) == (1, created.metadata.resource_version)
    assert widgets.raw.decode(item.json) == created
    await widgets.patch("w", MergePatch({"spec": {"size": 2}}))
    assert [each.generation for each in await widgets.raw.list()] == [2]


async def test_raw_verbs_check_their_arguments(api: Api[ConfigMap]) -> None:
    with pytest.raises(ConfigurationError, match="timeout_seconds: must be at least 1 second, not 0"):
        api.raw.watch(timeout_seconds=0)
    with pytest.raises(ConfigurationError, match="timeout_seconds: must be at least 1, not 0"):
        await api.raw.list(timeout_seconds=0)


async def test_raw_verbs_of_a_kind_without_watch_raise(client: Client) -> None:
    with pytest.raises(UnsupportedVerbError):
        Api(ComponentStatus, client).raw.watch()


async def test_raw_path_is_the_path_of_requests(api: Api[ConfigMap], client: Client, namespace: str) -> None:
    assert api.raw.path() == f"/api/v1/namespaces/{namespace}/configmaps"
    response = await client.request("GET", api.raw.path("c1"))
    assert json.loads(response.body)["metadata"]["name"] == "c1"
    assert api.raw.path(namespace=None) == "/api/v1/configmaps"
    assert Api(Widget, client).raw.path("w", namespace="other").endswith("/namespaces/other/widgets/w")
    assert Api(Namespace, client).raw.path("one") == "/api/v1/namespaces/one"


async def test_raw_path_rejects_names_that_change_the_path(api: Api[ConfigMap]) -> None:
    with pytest.raises(InvalidNameError, match="a/b"):
        api.raw.path("a/b")
    with pytest.raises(NamespaceError, match="needs one namespace"):
        api.raw.path("c1", namespace=None)
