"""`Api.patch` with the four patch types. `test_apply.py` tests server-side apply of complete objects."""

import pickle

import pytest

from behaviour.objects import config_map, pod, resource_version_of
from kubex.api import Api
from kubex.client import Client
from kubex.errors import BadRequest, Conflict, Invalid, NotFound, UnsupportedMediaType
from kubex.models import ObjectMeta
from kubex.models.markers import HasStatus
from kubex.patch import ApplyPatch, JsonPatch, MergePatch, Patch, Pointer, StrategicMergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment, DeploymentSpec
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Pod, PodSpec, PodTemplateSpec
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from support.resources import Widget, WidgetSpec

pytestmark = pytest.mark.anyio


@pytest.fixture
async def config_maps(client: Client) -> Api[ConfigMap]:
    """Create a ConfigMap `one` and return the API of ConfigMaps."""
    api = Api(ConfigMap, client)
    await api.create(config_map("one", {"a": "1", "b": "2"}, labels={"keep": "me"}))
    return api


async def test_json_patch_applies_its_operations_in_order(config_maps: Api[ConfigMap]) -> None:
    patched = await config_maps.patch(
        "one",
        JsonPatch(
            [
                {"op": "test", "path": "/data/a", "value": "1"},
                {"op": "replace", "path": "/data/a", "value": "3"},
                {"op": "add", "path": "/data/slash~1ed", "value": "~"},
                {"op": "remove", "path": "/data/slash~1ed"},
                {"op": "move", "from": "/data/b", "path": "/data/c"},
            ]
        ),
    )
    assert patched.data == {"a": "3", "c": "2"}
    assert (await config_maps.get("one")).data == patched.data


async def test_json_patch_with_a_failed_test_changes_nothing(config_maps: Api[ConfigMap]) -> None:
    operations = [
        {"op": "remove", "path": "/data/b"},
        {"op": "test", "path": "/data/a", "value": "other"},
    ]
    with pytest.raises(Invalid):
        await config_maps.patch("one", JsonPatch(operations))
    assert (await config_maps.get("one")).data == {"a": "1", "b": "2"}


async def test_json_patch_with_methods_applies_its_operations(config_maps: Api[ConfigMap]) -> None:
    labels = Pointer("metadata", "labels")
    patch = (
        JsonPatch()
        .test("/data/a", "1")
        .replace("/data/a", "3")
        .add(labels / "example.com/a~b", "c")
        .copy("/data/d", from_="/data/b")
        .move("/data/e", from_="/data/b")
        .remove(labels / "keep")
    )
    with pytest.raises(Invalid, match=r"metadata\.labels"):  # a tilde is not valid in a label
        await config_maps.patch("one", patch)
    patched = await config_maps.patch("one", patch.move(labels / "example.com/a", from_=labels / "example.com/a~b"))
    assert patched.data == {"a": "3", "d": "2", "e": "2"}
    assert patched.metadata.labels == {"example.com/a": "c"}


async def test_json_patch_changes_items_of_a_list(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", tolerations=[{"key": "a", "operator": "Exists"}]))
    tolerations = Pointer("spec", "tolerations")
    patch = JsonPatch().test(tolerations / 0 / "key", "a").add(tolerations / "-", {"key": "b", "operator": "Exists"})
    patched = await api.patch("one", patch)
    assert patched.spec is not None
    assert [item.key for item in patched.spec.tolerations or []][:1] == ["a"]
    assert [item.key for item in patched.spec.tolerations or []][-1:] == ["b"]


async def test_json_patch_that_adds_below_a_missing_map_raises_invalid_with_a_hint(
    config_maps: Api[ConfigMap],
) -> None:
    patch = JsonPatch().add("/metadata/annotations/example.com~1a", "b")
    with pytest.raises(Invalid, match="the object may not contain /metadata/annotations, to which") as caught:
        await config_maps.patch("one", patch)
    assert caught.value.hint is not None
    assert str(caught.value).endswith(caught.value.hint)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(Invalid) as caught:
        await config_maps.metadata.patch("one", patch)
    assert caught.value.hint is not None
    removed_first = JsonPatch().remove("/data").add("/data/c", "3")
    with pytest.raises(Invalid, match="the object may not contain /data, to which"):
        await config_maps.patch("one", removed_first)
    created_first = JsonPatch().add("/metadata/annotations", {}).add("/metadata/annotations/a", "b")
    assert (await config_maps.patch("one", created_first)).metadata.annotations == {"a": "b"}


@pytest.mark.parametrize(
    "patch",
    [
        JsonPatch().test("/data/a", "2"),
        JsonPatch().remove("/data/none"),
        JsonPatch().add("/binaryData", {}).add("/binaryData/a", "AAEC").test("/data/a", "2"),
        JsonPatch().test("/data/a", "2").add("/data/c", "3"),
        JsonPatch().add("/data/c", {"not": "text"}),
        JsonPatch([{"op": "add"}, {}]),
        MergePatch({"data": {"a": {}}}),
    ],
)
async def test_other_rejected_patches_do_not_have_a_hint(config_maps: Api[ConfigMap], patch: Patch) -> None:
    with pytest.raises(Invalid) as caught:
        await config_maps.patch("one", patch)
    assert caught.value.hint is None


async def test_patch_of_a_subresource_raises_invalid_with_a_hint(client: Client, widget_crd: None) -> None:
    class WidgetWithStatus(Widget, HasStatus):
        pass

    api = Api(WidgetWithStatus, client)
    await api.create(WidgetWithStatus(metadata=ObjectMeta(name="one"), spec=WidgetSpec(size=1)))
    with pytest.raises(Invalid, match="the object may not contain /status, to which the patch adds a value"):
        await api.status.patch("one", JsonPatch().add("/status/ready", True))


async def test_json_patch_with_a_path_that_is_not_text_raises_bad_request(config_maps: Api[ConfigMap]) -> None:
    message = "cannot unmarshal number into Go struct field jsonPatchOp.path of type string"
    with pytest.raises(BadRequest, match=message):
        await config_maps.patch("one", JsonPatch([{"op": "remove", "path": 3}]))


async def test_merge_patch_keeps_other_fields(config_maps: Api[ConfigMap]) -> None:
    patched = await config_maps.patch("one", MergePatch({"data": {"a": "3"}, "metadata": {"labels": {"new": "one"}}}))
    assert patched.data == {"a": "3", "b": "2"}
    assert patched.metadata.labels == {"keep": "me", "new": "one"}


@pytest.mark.covers("pitfall-7")
async def test_null_in_a_merge_patch_deletes_the_key(config_maps: Api[ConfigMap]) -> None:
    patched = await config_maps.patch("one", MergePatch({"data": {"a": None}, "metadata": {"labels": None}}))
    assert patched.data == {"b": "2"}
    assert patched.metadata.labels is None


@pytest.mark.covers("pitfall-7")
async def test_merge_patch_from_a_model_contains_only_fields_that_were_set(config_maps: Api[ConfigMap]) -> None:
    patched = await config_maps.patch("one", MergePatch(ConfigMap(data={"c": "3"})))
    assert patched.data == {"a": "1", "b": "2", "c": "3"}
    assert patched.metadata.labels == {"keep": "me"}
    patched = await config_maps.patch("one", MergePatch(ConfigMap(metadata=ObjectMeta(labels=None), data=None)))
    assert (patched.data, patched.metadata.labels) == (None, None)


async def test_patch_with_a_stale_resource_version_raises_conflict(config_maps: Api[ConfigMap]) -> None:
    stale = resource_version_of(await config_maps.get("one"))
    await config_maps.patch("one", MergePatch({"data": {"a": "2"}}))
    with pytest.raises(Conflict, match="the object has been modified"):
        await config_maps.patch("one", MergePatch({"metadata": {"resourceVersion": stale}, "data": {"a": "3"}}))


@pytest.mark.covers("pitfall-43")
async def test_patch_without_changes_keeps_the_resource_version(config_maps: Api[ConfigMap]) -> None:
    before = await config_maps.get("one")
    assert resource_version_of(await config_maps.patch("one", MergePatch({"data": {"a": "1"}}))) == resource_version_of(
        before
    )


def containers_of(deployment: Deployment) -> list[Container]:
    assert deployment.spec is not None
    assert deployment.spec.template.spec is not None
    return deployment.spec.template.spec.containers


async def test_strategic_merge_patch_merges_lists_by_key(client: Client) -> None:
    api = Api(Deployment, client)
    containers = [Container(name="app", image="app:1"), Container(name="sidecar", image="sidecar:1")]
    template = PodTemplateSpec(metadata=ObjectMeta(labels={"app": "web"}), spec=PodSpec(containers=containers))
    spec = DeploymentSpec(replicas=0, selector=LabelSelector(match_labels={"app": "web"}), template=template)
    await api.create(Deployment(metadata=ObjectMeta(name="web"), spec=spec))
    image = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "app:2"}]}}}}
    patched = await api.patch("web", StrategicMergePatch(image))
    assert [(item.name, item.image) for item in containers_of(patched)] == [("app", "app:2"), ("sidecar", "sidecar:1")]
    removal = {"spec": {"template": {"spec": {"containers": [{"name": "sidecar", "$patch": "delete"}]}}}}
    patched = await api.patch("web", StrategicMergePatch(removal))
    assert [item.name for item in containers_of(patched)] == ["app"]


async def test_merge_patch_replaces_lists(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", tolerations=[{"key": "a", "operator": "Exists"}]))
    await api.patch("one", MergePatch({"metadata": {"finalizers": ["example.com/a", "example.com/b"]}}))
    patched = await api.patch("one", MergePatch({"metadata": {"finalizers": ["example.com/b"]}}))
    assert patched.metadata.finalizers == ["example.com/b"]
    await api.patch("one", MergePatch({"metadata": {"finalizers": None}}))


@pytest.mark.covers("pitfall-6")
async def test_apply_patch_accepts_a_partial_object(config_maps: Api[ConfigMap]) -> None:
    patched = await config_maps.patch("one", ApplyPatch({"data": {"c": "3"}}), field_manager="me")
    assert patched.data == {"a": "1", "b": "2", "c": "3"}
    model = ConfigMap(data={"c": "4"}, binary_data=None)
    patched = await config_maps.patch("one", ApplyPatch(model), field_manager="me")
    assert patched.data == {"a": "1", "b": "2", "c": "4"}
    created = await config_maps.patch("two", ApplyPatch({"data": {"a": "1"}}), field_manager="me")
    assert (created.metadata.name, created.data) == ("two", {"a": "1"})
    with pytest.raises(Conflict, match="conflict with"):
        await config_maps.patch("two", ApplyPatch({"data": {"a": "2"}}), field_manager="you")
    forced = await config_maps.patch("two", ApplyPatch({"data": {"a": "2"}}), field_manager="you", force=True)
    assert forced.data == {"a": "2"}


async def test_patch_of_a_missing_object_raises_not_found(client: Client) -> None:
    with pytest.raises(NotFound, match='configmaps "none" not found'):
        await Api(ConfigMap, client).patch("none", MergePatch({"data": {}}))


async def test_strategic_merge_patch_of_a_custom_resource_raises_unsupported_media_type(
    client: Client, widget_crd: None
) -> None:
    with pytest.raises(UnsupportedMediaType) as caught:
        await Api(Widget, client).patch("none", StrategicMergePatch({"spec": {"size": 1}}))
    assert caught.value.status == 415
