"""`Api.metadata`: reads and patches that return only the metadata of objects."""

import pytest

from behaviour.objects import config_map, name_of, next_events, types_and_names
from kubex.api import Api
from kubex.client import Client
from kubex.errors import Conflict, NotFound, UnsupportedVerbError
from kubex.models import EventType, NamespacedObjectMetadata, PartialObjectMetadata
from kubex.patch import ApplyPatch, JsonPatch, MergePatch
from kubex_k8s.v1_37.core.v1 import ComponentStatus, ConfigMap, Namespace
from kubex_testing.embedded import EmbeddedServer

pytestmark = [pytest.mark.anyio, pytest.mark.covers("pitfall-4")]

LABELS = {"mine": "yes"}
META_PARAMETERS = "g=meta.k8s.io;v=v1"


@pytest.fixture
async def api(client: Client) -> Api[ConfigMap]:
    """Create three ConfigMaps and return their API."""
    api = Api(ConfigMap, client)
    for number in range(3):
        await api.create(config_map(f"c{number}", {"secret": "content"}, labels=LABELS))
    return api


async def test_get_and_get_or_none_return_the_metadata(api: Api[ConfigMap], namespace: str) -> None:
    complete, partial = await api.get("c1"), await api.metadata.get("c1")
    assert isinstance(partial, NamespacedObjectMetadata)
    assert (partial.api_version, partial.kind) == ("meta.k8s.io/v1", "PartialObjectMetadata")
    assert partial.metadata == complete.metadata
    assert (partial.metadata.namespace, partial.metadata.labels) == (namespace, LABELS)
    assert "data" not in partial.to_dict()
    assert await api.metadata.get_or_none("c1") == partial
    assert await api.metadata.get_or_none("none") is None
    with pytest.raises(NotFound):
        await api.metadata.get("none")


async def test_list_returns_metadata(api: Api[ConfigMap]) -> None:
    listed = await api.metadata.list(label_selector=LABELS)
    assert listed.kind == "PartialObjectMetadataList"
    assert listed.resource_version
    assert [name_of(item) for item in listed.items] == ["c0", "c1", "c2"]
    assert all("data" not in item.to_dict() for item in listed.items)


async def test_pages_yield_metadata(api: Api[ConfigMap]) -> None:
    pages = [page async for page in api.metadata.pages(label_selector=LABELS, page_size=2)]
    assert [[name_of(item) for item in page.items] for page in pages] == [["c0", "c1"], ["c2"]]


async def test_watch_yields_metadata(api: Api[ConfigMap]) -> None:
    async with api.metadata.watch(label_selector=LABELS, send_initial_events=True) as events:
        initial = [await anext(events) for _ in range(4)]
        assert sorted(types_and_names(initial[:3])) == [("ADDED", "c0"), ("ADDED", "c1"), ("ADDED", "c2")]
        assert initial[3].type is EventType.INITIAL_EVENTS_END
        await api.delete("c1")
        (deleted,) = await next_events(events, 1)
    assert types_and_names([deleted]) == [("DELETED", "c1")]
    assert deleted.object.kind == "PartialObjectMetadata"
    assert "data" not in deleted.object.to_dict()


async def test_get_returns_metadata_of_cluster_scoped_kinds(client: Client, namespace: str) -> None:
    partial = await Api(Namespace, client).metadata.get(namespace)
    assert isinstance(partial, PartialObjectMetadata)
    assert partial.metadata.name == namespace
    assert not {"spec", "status"} & partial.to_dict().keys()


async def test_patch_changes_the_object_and_returns_the_metadata(api: Api[ConfigMap]) -> None:
    patch = MergePatch({"metadata": {"labels": {"mine": None, "new": "1"}}})
    patched = await api.metadata.patch("c1", patch)
    assert isinstance(patched, NamespacedObjectMetadata)
    assert patched.metadata.labels == {"new": "1"}
    assert "data" not in patched.to_dict()
    complete = await api.get("c1")
    assert (complete.metadata, complete.data) == (patched.metadata, {"secret": "content"})
    assert (
        await api.metadata.patch("c1", JsonPatch().add("/metadata/labels/a", "b"), dry_run=True)
    ).metadata.labels == {
        "a": "b",
        "new": "1",
    }
    applied = ApplyPatch({"metadata": {"annotations": {"a": "b"}}})
    assert (await api.metadata.patch("c1", applied, field_manager="me")).metadata.annotations == {"a": "b"}
    with pytest.raises(Conflict, match="conflict with"):
        await api.metadata.patch("c1", ApplyPatch({"metadata": {"annotations": {"a": "c"}}}), field_manager="you")
    with pytest.raises(NotFound):
        await api.metadata.patch("none", patch)


@pytest.mark.parametrize("patch_class", [MergePatch, ApplyPatch])
async def test_patch_accepts_an_object_with_metadata_only(
    api: Api[ConfigMap], patch_class: type[MergePatch | ApplyPatch]
) -> None:
    read = await api.metadata.get("c1")
    read.metadata.labels = {"new": "1"}
    patched = await api.metadata.patch("c1", patch_class(read), field_manager="me")
    assert (patched.metadata.labels or {})["new"] == "1"
    with pytest.raises(Conflict):
        await api.patch("c1", patch_class(read), field_manager="me")
    assert (await api.get("c1")).data == {"secret": "content"}


async def test_patch_of_a_kind_without_the_verb_raises(embedded_client: Client) -> None:
    with pytest.raises(UnsupportedVerbError):
        await Api(ComponentStatus, embedded_client).metadata.patch("a", MergePatch({}))


async def test_accept_header_requests_only_the_metadata(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    metadata = Api(ConfigMap, embedded_client).metadata
    await metadata.get_or_none("none")
    await metadata.list()
    async with metadata.watch():
        pass
    await metadata.patch("one", ApplyPatch({}), field_manager="me")
    get, listed, watch, patch = (request.header("accept") for request in kubex_server.requests)
    assert get == f"application/json;as=PartialObjectMetadata;{META_PARAMETERS}"
    assert listed == f"application/json;as=PartialObjectMetadataList;{META_PARAMETERS}"
    assert (watch, patch) == (get, get)
