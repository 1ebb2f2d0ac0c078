"""`Api.edit` and `edit` of subresources."""

from typing import Any

import pytest

from behaviour.custom_resources import install_crd, make_crd
from behaviour.objects import config_map, resource_version_of
from behaviour.workloads import deployment, pod
from kubex.api import Api
from kubex.client import Client
from kubex.errors import Conflict, Invalid, NotFound
from kubex.models import ApiResource, NamespacedResource, ObjectMeta, Scale, dynamic_resource
from kubex.models.markers import HasStatus
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, EphemeralContainer, Pod, PodStatus
from support.resources import ManagedConfigMap, WidgetSpec, WidgetStatus

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("how", ["replace", "patch"])]

Gadget = dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
GADGET_CRD = make_crd("Gadget", "gadgets", {"type": "object", "x-kubernetes-preserve-unknown-fields": True})


class Widget(NamespacedResource, HasStatus):
    """The custom resource of the tests, with an undeclared field."""

    __resource__ = ApiResource(group="example.com", version="v1", kind="Widget", plural="widgets")
    spec: WidgetSpec
    status: WidgetStatus | None = None


def paint(config_map: ConfigMap) -> None:
    config_map.data = {**(config_map.data or {}), "color": "red"}


async def test_edit_changes_the_object_and_keeps_other_fields(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", {"size": "1", "old": "x"}, labels={"a": "b"}))

    def change(obj: ConfigMap) -> None:
        assert obj.data is not None
        obj.data["color"] = "red"
        del obj.data["old"]
        obj.immutable = True

    edited = await api.edit("one", change, how=how)
    assert (edited.data, edited.immutable) == ({"size": "1", "color": "red"}, True)
    assert (edited.metadata.labels, edited.metadata.uid) == ({"a": "b"}, created.metadata.uid)
    assert edited == await api.get("one")


async def test_edit_without_a_change_keeps_the_resource_version(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", {"color": "red"}))
    assert await api.edit("one", paint, how=how) == created
    assert await api.edit("one", lambda _: config_map("one", {"color": "red"}), how=how) == created
    assert resource_version_of(await api.get("one")) == resource_version_of(created)


async def test_edit_keeps_the_changes_of_another_program(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    versions: list[str] = []

    async def change(obj: ConfigMap) -> None:
        if not versions:
            await api.patch("one", MergePatch({"data": {"other": "1"}}))
        versions.append(resource_version_of(obj))
        paint(obj)

    edited = await api.edit("one", change, how=how)
    assert edited.data == {"other": "1", "color": "red"}
    assert len(set(versions)) == 2


async def test_edit_raises_the_conflict_of_the_last_attempt(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))

    async def change(obj: ConfigMap) -> None:
        await api.patch("one", MergePatch({"metadata": {"labels": {"version": resource_version_of(obj)}}}))
        paint(obj)

    with pytest.raises(Conflict, match=r"the object has been modified.* after 3 attempts$") as caught:
        await api.edit("one", change, attempts=3, how=how)
    assert caught.value.attempts == 3
    assert (await api.get("one")).data is None


async def test_edit_of_an_object_that_is_created_again_changes_the_new_one(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one", {"size": "1"}))
    uids: list[str | None] = []

    async def change(obj: ConfigMap) -> None:
        uids.append(obj.metadata.uid)
        if len(uids) == 1:
            await api.delete("one")
            await api.create(config_map("one", {"size": "2"}))
        paint(obj)

    edited = await api.edit("one", change, how=how)
    assert edited.data == {"size": "2", "color": "red"}
    assert edited.metadata.uid == uids[1] != uids[0]


async def test_edit_of_an_object_that_is_deleted_raises_not_found(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))

    async def change(obj: ConfigMap) -> None:
        await api.delete("one")
        paint(obj)

    with pytest.raises(NotFound, match='configmaps "one" not found'):
        await api.edit("one", change, how=how)
    with pytest.raises(NotFound, match='configmaps "one" not found'):
        await api.edit("one", paint, how=how)


async def test_edit_with_create_creates_the_object_once(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    wanted = config_map("one", {"size": "1"})
    assert (await api.edit("one", paint, create=wanted, how=how)).data == {"size": "1", "color": "red"}
    await api.patch("one", MergePatch({"data": {"size": "2"}}))
    assert (await api.edit("one", paint, create=wanted, how=how)).data == {"size": "2", "color": "red"}
    assert wanted == config_map("one", {"size": "1"})


async def test_edit_with_create_changes_an_object_that_another_program_creates_first(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)

    async def change(obj: ConfigMap) -> None:
        if obj.metadata.uid is None:
            await api.create(config_map("one", {"other": "1"}))
        paint(obj)

    edited = await api.edit("one", change, create=config_map("one", {"size": "1"}), how=how)
    assert edited.data == {"other": "1", "color": "red"}


async def test_edit_with_create_creates_an_object_that_disappears_before_the_write(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one", {"other": "1"}))

    async def change(obj: ConfigMap) -> None:
        if obj.metadata.uid is not None:
            await api.delete("one")
        paint(obj)

    edited = await api.edit("one", change, create=config_map("one", {"size": "1"}), how=how)
    assert edited.data == {"size": "1", "color": "red"}


async def test_edit_with_create_in_a_missing_namespace_raises_not_found(client: Client, how: Any) -> None:
    with pytest.raises(NotFound, match='namespaces "none" not found'):
        await Api(ConfigMap, client, namespace="none").edit("one", paint, create=config_map("one"), how=how)


async def test_edit_with_create_of_an_object_that_is_being_deleted_changes_it(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one", finalizers=["example.com/wait"]))
    await api.delete("one")
    edited = await api.edit("one", paint, create=config_map("one"), how=how)
    assert (edited.data, edited.metadata.deletion_timestamp is None) == ({"color": "red"}, False)

    def remove_finalizers(obj: ConfigMap) -> None:
        obj.metadata.finalizers = None

    await api.edit("one", remove_finalizers, how=how)
    assert await api.get_or_none("one") is None


async def test_edit_with_dry_run_stores_nothing(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    created = await api.edit("one", paint, create=config_map("one"), how=how, dry_run=True)
    assert created.data == {"color": "red"}
    assert await api.get_or_none("one") is None
    stored = await api.create(config_map("one", {"size": "1"}))
    assert (await api.edit("one", paint, how=how, dry_run=True)).data == {"size": "1", "color": "red"}
    assert await api.get("one") == stored


async def test_edit_with_dry_run_starts_again_after_a_conflict(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    stored = [await api.create(config_map("one"))]

    async def change(obj: ConfigMap) -> None:
        if len(stored) == 1:
            stored.append(await api.patch("one", MergePatch({"data": {"other": "1"}})))
        paint(obj)

    assert (await api.edit("one", change, how=how, dry_run=True)).data == {"other": "1", "color": "red"}
    assert await api.get("one") == stored[1]


async def test_edit_records_the_field_manager(client: Client, how: Any) -> None:
    api = Api(ManagedConfigMap, client)

    def change(obj: ManagedConfigMap) -> None:
        obj.data = {"size": "1", "color": "red"}

    wanted = ManagedConfigMap.model_validate({"metadata": {"name": "one"}, "data": {"size": "1"}})
    await api.edit("one", lambda _: None, create=wanted, how=how, field_manager="maker")
    edited = await api.edit("one", change, how=how, field_manager="painter")
    (entry,) = [each for each in edited.metadata.managed_fields or [] if each.manager == "painter"]
    assert (entry.operation, entry.fields_v1) == ("Update", {"f:data": {"f:color": {}}})


async def test_edit_that_the_server_rejects_raises_invalid_at_once(client: Client, how: Any) -> None:
    api = Api(ConfigMap, client)
    await api.create(config_map("one"))
    calls: list[ConfigMap] = []

    def change(obj: ConfigMap) -> None:
        calls.append(obj)
        obj.data = {"not a key": "1"}

    with pytest.raises(Invalid):
        await api.edit("one", change, how=how)
    assert len(calls) == 1


async def test_edit_uses_the_namespace_of_the_call(client: Client, namespace: str, how: Any) -> None:
    api = Api(ConfigMap, client, namespace=None)
    edited = await api.edit("one", paint, create=config_map("one"), namespace=namespace, how=how)
    assert edited.metadata.namespace == namespace
    edited = await Api(ConfigMap, client).edit("one", paint, namespace=namespace, how=how)
    assert edited.metadata.namespace == namespace


async def test_status_edit_changes_only_the_status(client: Client, how: Any) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))

    def change(obj: Pod) -> None:
        obj.status = PodStatus(phase="Running", message="x")
        assert obj.spec is not None
        obj.spec.node_name = "elsewhere"

    edited = await api.status.edit("one", change, how=how)
    assert edited.status is not None
    assert (edited.status.phase, edited.status.message) == ("Running", "x")
    assert edited.spec is not None
    assert edited.spec.node_name is None
    with pytest.raises(NotFound, match='pods "none" not found'):
        await api.status.edit("none", change, how=how)


@pytest.mark.usefixtures("widget_crd")
async def test_status_edit_of_a_custom_resource_starts_again_after_a_conflict(client: Client, how: Any) -> None:
    api = Api(Widget, client)
    await api.create(Widget(metadata=ObjectMeta(name="w"), spec=WidgetSpec(size=1)))
    sizes: list[int] = []

    async def change(obj: Widget) -> Widget:
        sizes.append(obj.spec.size)
        if len(sizes) == 1:
            await api.patch("w", MergePatch({"spec": {"size": 2}}))
        return obj.model_copy(update={"status": WidgetStatus(ready=True)})

    edited = await api.status.edit("w", change, how=how)
    assert (sizes, edited.spec.size, edited.status) == ([1, 2], 2, WidgetStatus(ready=True))
    unchanged = await api.status.edit("w", change, how=how)
    assert resource_version_of(unchanged) == resource_version_of(edited)


async def test_scale_edit_changes_the_replicas(client: Client, how: Any) -> None:
    api = Api(Deployment, client)
    await api.create(deployment("web", replicas=0))
    seen: list[int | None] = []

    async def add_one(scale: Scale) -> None:
        seen.append(scale.spec.replicas)
        if len(seen) == 1:
            await api.patch("web", MergePatch({"spec": {"replicas": 2}}))
        scale.spec.replicas = (scale.spec.replicas or 0) + 1

    # The controllers of the server also change the Deployment.
    scale = await api.scale.edit("web", add_one, attempts=1000, how=how)
    assert type(scale) is Scale
    assert (seen[0], {*seen[1:]}, scale.spec.replicas) == (None, {2}, 3)
    stored = await api.get("web")
    assert stored.spec is not None
    assert stored.spec.replicas == 3

    def stop(scale: Scale) -> None:
        scale.spec.replicas = 0

    assert not (await api.scale.edit("web", stop, attempts=1000, how=how)).spec.replicas
    with pytest.raises(ValueError, match=r"^change must not change metadata\.name from 'web' to 'db'"):
        await api.scale.edit("web", lambda _: Scale(metadata=ObjectMeta(name="db")), how=how)


async def test_resize_edit_changes_the_resources(client: Client, how: Any) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", cpu="1"))

    def change(obj: Pod) -> None:
        assert obj.spec is not None
        resources = obj.spec.containers[0].resources
        assert resources is not None
        resources.requests = {"cpu": "2"}

    resized = await api.resize.edit("one", change, how=how)
    assert resized.spec is not None
    assert resized.spec.containers[0].resources is not None
    assert resized.spec.containers[0].resources.requests == {"cpu": "2"}


async def test_ephemeral_containers_edit_adds_a_container(client: Client, how: Any) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))

    def change(obj: Pod) -> None:
        assert obj.spec is not None
        obj.spec.ephemeral_containers = [EphemeralContainer(name="debug", image="registry.example/debug:1")]

    edited = await api.ephemeral_containers.edit("one", change, how=how)
    assert edited.spec is not None
    assert [item.name for item in edited.spec.ephemeral_containers or []] == ["debug"]


async def test_edit_of_a_dynamic_resource_keeps_fields_that_it_does_not_change(client: Client, how: Any) -> None:
    await install_crd(client, GADGET_CRD)
    api = Api(Gadget, client)
    spec = {"size": 1, "nothing": None, "old": {"a": [1, {"b": None}]}, "empty": {}}
    await api.create(Gadget.model_validate({"metadata": {"name": "g"}, "spec": spec, "top": None}))

    def change(gadget: Any) -> None:
        gadget["spec"]["size"] = True  # equal to 1 in Python, but not in JSON
        gadget["spec"]["list"] = [{"a": 1}, None]
        gadget["spec"]["/~"] = {"": {}}
        del gadget["spec"]["empty"]

    edited = await api.edit("g", change, how=how)
    assert edited["spec"] == {
        "size": True, "nothing": None, "old": {"a": [1, {"b": None}]}, "list": [{"a": 1}, None], "/~": {"": {}}
    }  # fmt: skip
    assert edited["spec"]["size"] is True
    assert edited.to_dict()["top"] is None


async def test_edit_with_a_patch_rejects_a_null_that_must_be_stored(client: Client, how: Any) -> None:
    await install_crd(client, GADGET_CRD)
    api = Api(Gadget, client)
    created = await api.create(Gadget.model_validate({"metadata": {"name": "g"}, "spec": {"size": 1}}))
    values: dict[str, Any] = {"size": None, "list": [{"a": None}]}
    for key, value in values.items():

        def change(gadget: Any, key: str = key, value: object = value) -> None:
            gadget["spec"][key] = value

        if how == "patch":
            with pytest.raises(ValueError, match=rf"^spec\.{key}(\[0\]\.a)?: .*null"):
                await api.edit("g", change, how=how)
            assert await api.get("g") == created
        else:
            assert (await api.edit("g", change, how=how))["spec"][key] == value
