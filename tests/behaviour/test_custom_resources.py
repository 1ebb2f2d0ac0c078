"""Custom resources with and without models, CustomResourceDefinitions, and kinds that do not exist."""

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from enum import Enum

import anyio
import pytest

from behaviour.custom_resources import WIDGET_SCHEMA, install_crd, is_established, make_crd
from behaviour.objects import TIMEOUT, name_of, next_events, resource_version_of, types_and_names
from kubex.api import Api
from kubex.client import Client
from kubex.errors import BadRequest, Conflict, Invalid, NotFound
from kubex.models import DynamicNamespacedResource, NamespacedResource, ObjectMeta, dynamic_resource
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.core.v1 import ConfigMap
from support.resources import Widget, WidgetSpec

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("widget_crd")]

DynamicWidget = dynamic_resource("example.com/v1", "Widget", plural="widgets")
DUE = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def widget(name: str, size: int = 1, **spec: object) -> Widget:
    return Widget(metadata=ObjectMeta(name=name), spec=WidgetSpec.model_validate({"size": size, **spec}))


async def test_custom_resource_is_created_replaced_patched_listed_and_deleted(client: Client, namespace: str) -> None:
    api = Api(Widget, client)
    created = await api.create(widget("one", 3, due=DUE))
    assert (created.api_version, created.kind) == ("example.com/v1", "Widget")
    assert (created.spec.size, created.spec.color, created.spec.due) == (3, "red", DUE)
    created.spec.size = 4
    replaced = await api.replace(created)
    assert (replaced.spec.size, replaced.metadata.generation) == (4, 2)
    patched = await api.patch("one", MergePatch({"spec": {"color": "green"}}))
    assert patched.spec == WidgetSpec(size=4, color="green", due=DUE)
    (item,) = (await api.list()).items
    assert item == patched
    assert await api.delete("one")
    assert await api.get_or_none("one") is None


async def test_values_that_violate_the_schema_raise_invalid(client: Client) -> None:
    with pytest.raises(Invalid) as caught:
        await Api(Widget, client).create(widget("one", 0, color="blue"))
    causes = {cause.field: cause.reason for cause in caught.value.causes}
    assert causes["spec.size"] == "FieldValueInvalid"
    assert causes["spec.color"] == "FieldValueNotSupported"


async def test_strict_validation_of_an_unknown_field_raises_bad_request(client: Client) -> None:
    with pytest.raises(BadRequest, match=r'unknown field "spec\.shape"'):
        await Api(Widget, client).create(widget("one", shape="round"), field_validation="Strict")


@pytest.mark.covers("pitfall-43")
async def test_replace_of_a_custom_resource_without_resource_version_raises(client: Client) -> None:
    api = Api(Widget, client)
    created = await api.create(widget("one"))
    with pytest.raises(Invalid, match=r"metadata\.resourceVersion"):
        await api.replace(widget("one", 2))
    await api.patch("one", MergePatch({"spec": {"size": 2}}))
    created.spec.size = 3
    with pytest.raises(Conflict):
        await api.replace(created)


@pytest.mark.covers("pitfall-6")
async def test_apply_of_a_custom_resource_sends_times_as_json(client: Client) -> None:
    api = Api(Widget, client)
    applied = await api.apply(widget("one", 2, due=DUE), field_manager="me")
    assert (applied.spec.size, applied.spec.due) == (2, DUE)
    with pytest.raises(Conflict, match='conflict with "me"'):
        await api.apply(widget("one", 3), field_manager="other")


class Color(Enum):
    RED = "red"
    GREEN = "green"


class PaintedSpec(WidgetSpec):
    color: Color  # type: ignore[assignment]  # narrower than in its base


class Painted(NamespacedResource):
    __resource__ = Widget.__resource__
    spec: PaintedSpec


@pytest.mark.covers("pitfall-6")
async def test_enums_are_sent_as_their_values(client: Client) -> None:
    api = Api(Painted, client)
    painted = Painted(metadata=ObjectMeta(name="one"), spec=PaintedSpec(size=1, color=Color.GREEN))
    assert (await api.apply(painted, field_manager="me")).spec.color is Color.GREEN
    patched = await api.patch("one", MergePatch({"spec": {"color": Color.RED, "due": DUE}}))
    assert (patched.spec.color, patched.spec.due) == (Color.RED, DUE)


async def test_watch_of_a_custom_resource_yields_events(client: Client) -> None:
    api = Api(Widget, client)
    async with api.watch(resource_version=(await api.list()).resource_version) as events:
        await api.create(widget("one"))
        await api.delete("one")
        assert types_and_names(await next_events(events, 2)) == [("ADDED", "one"), ("DELETED", "one")]


async def test_create_of_a_custom_resource_ignores_the_status(client: Client) -> None:
    created = await Api(Widget, client).create(
        Widget.model_validate({"metadata": {"name": "one"}, "spec": {"size": 1}, "status": {"ready": True}})
    )
    assert created.status is None


async def test_dynamic_resource_reads_and_writes_fields_by_name(client: Client, namespace: str) -> None:
    api = Api(DynamicWidget, client)
    wanted = DynamicWidget.model_validate({"metadata": {"name": "one"}, "spec": {"size": 5}})
    created = await api.create(wanted)
    assert (created.kind, created.metadata.namespace) == ("Widget", namespace)
    assert created["spec"] == {"size": 5, "color": "red"}
    created["spec"]["size"] = 6
    assert (await api.replace(created))["spec"]["size"] == 6
    assert (await Api(Widget, client).get("one")).spec.size == 6
    (item,) = (await api.list()).items
    assert item["spec"]["size"] == 6
    async with api.watch() as events:
        (event,) = await next_events(events, 1)
    assert event.object["spec"]["size"] == 6


@pytest.mark.covers("pitfall-17")
async def test_dynamic_resources_do_not_share_state(client: Client) -> None:
    maps = dynamic_resource("v1", "ConfigMap", plural="configmaps")
    secrets = dynamic_resource("v1", "Secret", plural="secrets")
    namespaces = dynamic_resource("v1", "Namespace", plural="namespaces", namespaced=False)
    created = await Api(maps, client).create(maps.model_validate({"metadata": {"name": "one"}, "data": {"a": "1"}}))
    assert (created.kind, created["data"]) == ("ConfigMap", {"a": "1"})
    with pytest.raises(NotFound, match='secrets "one" not found'):
        await Api(secrets, client).get("one")
    assert (await Api(namespaces, client).get("default")).kind == "Namespace"
    assert (await Api(ConfigMap, client).get("one")).data == {"a": "1"}
    assert {maps.model_fields["kind"].default, secrets.model_fields["kind"].default} == {"ConfigMap", "Secret"}


@pytest.mark.covers("pitfall-16")
async def test_plural_is_not_derived_from_the_kind(client: Client) -> None:
    await install_crd(client, make_crd("Gateway", "gateways", WIDGET_SCHEMA))
    await install_crd(client, make_crd("Sheep", "sheep", WIDGET_SCHEMA))
    for kind, plural in (("Gateway", "gateways"), ("Sheep", "sheep")):
        resource = dynamic_resource("example.com/v1", kind, plural=plural)
        api = Api(resource, client)
        await api.create(resource.model_validate({"metadata": {"name": "one"}, "spec": {"size": 1}}))
        assert (await api.get("one")).kind == kind
    endpoints = dynamic_resource("v1", "Endpoints", plural="endpoints")
    with pytest.raises(NotFound, match='endpoints "none" not found'):
        await Api(endpoints, client).get("none")


@pytest.fixture
async def temporary_crd(client: Client, namespace: str) -> AsyncIterator[CustomResourceDefinition]:
    """Install a CustomResourceDefinition that only this test uses, and delete it afterwards."""
    plural = namespace.replace("-", "") + "s"
    wanted = make_crd(f"Kind{plural}", plural, WIDGET_SCHEMA)
    await install_crd(client, wanted)
    api = Api(CustomResourceDefinition, client)
    yield await api.get(f"{plural}.example.com")
    if await api.get_or_none(f"{plural}.example.com") is not None:
        await api.delete(f"{plural}.example.com")


async def test_custom_resource_definition_is_created_used_and_deleted(
    client: Client, temporary_crd: CustomResourceDefinition
) -> None:
    assert is_established(temporary_crd)
    api = Api(CustomResourceDefinition, client)
    name, names = name_of(temporary_crd), temporary_crd.spec.names
    resource = dynamic_resource("example.com/v1", names.kind, plural=names.plural)
    await Api(resource, client).create(resource.model_validate({"metadata": {"name": "one"}, "spec": {"size": 1}}))
    async with api.watch(
        field_selector={"metadata.name": name}, resource_version=resource_version_of(temporary_crd)
    ) as events:
        await api.delete(name)
        with anyio.fail_after(TIMEOUT):
            async for event in events:
                if event.type == "DELETED":
                    break
    assert await api.get_or_none(name) is None


async def test_custom_resource_definition_with_a_wrong_name_raises_invalid(client: Client) -> None:
    wrong = make_crd("Widget", "widgets", WIDGET_SCHEMA)
    wrong.metadata.name = "gadgets.example.com"
    with pytest.raises(Invalid) as caught:
        await Api(CustomResourceDefinition, client).create(wrong)
    assert "metadata.name" in {cause.field for cause in caught.value.causes}


async def test_list_of_an_undefined_kind_raises_not_found(client: Client) -> None:
    unknown = dynamic_resource("unknown.example/v1", "Gadget", plural="gadgets")
    with pytest.raises(NotFound, match="404 page not found") as caught:
        await Api(unknown, client).list()
    assert caught.value.reason is None


MISSING_RESOURCES = {
    "group": dynamic_resource("unknown.example/v1", "Gadget", plural="gadgets"),
    "version": dynamic_resource("apps/v7", "Deployment", plural="deployments"),
    "plural": dynamic_resource("v1", "ConfigMap", plural="configmap"),
    "scope": dynamic_resource("rbac.authorization.k8s.io/v1", "ClusterRole", plural="clusterroles"),
}


@pytest.mark.parametrize("kind", MISSING_RESOURCES.values(), ids=MISSING_RESOURCES)
async def test_not_found_distinguishes_missing_resources_from_missing_objects(
    client: Client, kind: type[DynamicNamespacedResource]
) -> None:
    hint = "the server does not have this resource; check group, version, plural and scope, or install its definition"
    api = Api(kind, client)
    for call in (api.list(), api.get("one"), api.get_or_none("one"), api.metadata.list(), api.delete("one")):
        with pytest.raises(NotFound) as caught:
            await call
        assert str(caught.value).endswith(f"): {hint}")
    with pytest.raises(NotFound) as caught:
        await Api(ConfigMap, client).get("one")
    assert hint not in str(caught.value)
