"""The subresources status and scale, and errors of kinds without a subresource."""

from collections.abc import Callable
from typing import Any

import pytest

from behaviour.workloads import deployment, pod
from kubex.api import Api, Subresource
from kubex.client import Client
from kubex.errors import (
    Conflict,
    Invalid,
    InvalidNameError,
    NamespaceError,
    NotFound,
    UnsupportedVerbError,
)
from kubex.models import ApiResource, NamespacedResource, ObjectMeta, Scale, ScaleSpec
from kubex.models.markers import HasStatus
from kubex.patch import ApplyPatch, JsonPatch, MergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, Pod, PodStatus
from kubex_testing.embedded import EmbeddedServer
from support.resources import WidgetSpec, WidgetStatus

pytestmark = pytest.mark.anyio


class Widget(NamespacedResource, HasStatus):
    """The custom resource of the tests with the status subresource."""

    __resource__ = ApiResource(group="example.com", version="v1", kind="Widget", plural="widgets")
    spec: WidgetSpec
    status: WidgetStatus | None = None


def widget(name: str, size: int = 1) -> Widget:
    return Widget(metadata=ObjectMeta(name=name), spec=WidgetSpec(size=size))


async def test_replace_ignores_the_status(client: Client) -> None:
    api = Api(Pod, client)
    created = await api.create(pod("one"))
    assert created.status is not None
    assert created.status.phase == "Pending"
    created.status = PodStatus(phase="Failed")
    replaced = await api.replace(created)
    assert replaced.status is not None
    assert replaced.status.phase == "Pending"


async def test_status_patch_ignores_the_spec(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    change = {"status": {"phase": "Running"}, "spec": {"nodeName": "elsewhere"}}
    patched = await api.status.patch("one", MergePatch(change))
    assert isinstance(patched, Pod)
    assert patched.status is not None
    assert patched.status.phase == "Running"
    assert patched.spec is not None
    assert patched.spec.node_name is None
    assert await api.status.get("one") == await api.get("one") == patched


@pytest.mark.usefixtures("widget_crd")
async def test_status_replace_of_a_custom_resource_changes_only_the_status(client: Client) -> None:
    api = Api(Widget, client)
    created = await api.create(widget("w"))
    created.status = WidgetStatus(ready=True)
    created.spec.size = 5
    created.metadata.labels = {"a": "b"}
    replaced = await api.status.replace(created)
    assert replaced.status == WidgetStatus(ready=True)
    assert (replaced.spec.size, replaced.metadata.labels) == (1, None)
    assert replaced.metadata.generation == created.metadata.generation
    with pytest.raises(Conflict):
        await api.status.replace(created)
    replaced.spec.size, replaced.status = 2, WidgetStatus(ready=False)
    updated = await api.replace(replaced)
    assert (updated.spec.size, updated.status) == (2, WidgetStatus(ready=True))
    assert updated.metadata.generation == 2


@pytest.mark.usefixtures("widget_crd")
async def test_status_accepts_all_patch_types(client: Client) -> None:
    api = Api(Widget, client)
    await api.create(widget("w"))
    applied = await api.status.patch("w", ApplyPatch({"status": {"ready": True}}), field_manager="controller")
    assert applied.status == WidgetStatus(ready=True)
    with pytest.raises(Conflict) as caught:
        await api.status.patch("w", ApplyPatch({"status": {"ready": False}}), field_manager="other")
    assert [cause.field for cause in caught.value.causes] == [".status.ready"]
    forced = await api.status.patch("w", ApplyPatch({"status": {"ready": False}}), field_manager="other", force=True)
    assert forced.status == WidgetStatus(ready=False)
    replace = JsonPatch([{"op": "replace", "path": "/status/ready", "value": True}])
    assert (await api.status.patch("w", replace)).status == WidgetStatus(ready=True)
    dry_run_result = await api.status.patch("w", MergePatch({"status": None}), dry_run=True)
    assert dry_run_result.status is None
    assert (await api.status.get("w")).status == WidgetStatus(ready=True)


@pytest.mark.usefixtures("widget_crd")
async def test_status_that_violates_the_schema_raises_invalid(client: Client) -> None:
    api = Api(Widget, client)
    await api.create(widget("w"))
    with pytest.raises(Invalid) as caught:
        await api.status.patch("w", MergePatch({"status": {"ready": "perhaps"}}))
    assert [cause.field for cause in caught.value.causes] == ["status.ready"]


async def test_scale_get_returns_the_replicas_of_the_object(client: Client) -> None:
    api = Api(Deployment, client)
    created = await api.create(deployment("web", replicas=2))
    scale = await api.scale.get("web")
    assert type(scale) is Scale
    assert (scale.api_version, scale.kind, scale.spec.replicas) == ("autoscaling/v1", "Scale", 2)
    assert scale.metadata.uid == created.metadata.uid
    assert scale.status is not None
    assert scale.status.selector == "app=web"


async def test_scale_writes_change_the_replicas_of_the_object(client: Client) -> None:
    api = Api(Deployment, client)
    await api.create(deployment("web"))
    patched = await api.scale.patch("web", MergePatch({"spec": {"replicas": 3}, "status": {"replicas": 99}}))
    assert patched.spec.replicas == 3
    wanted = Scale(metadata=ObjectMeta(name="web"), spec=ScaleSpec(replicas=2))
    assert (await api.scale.replace(wanted)).spec.replicas == 2
    dry_run_result = await api.scale.patch("web", MergePatch({"spec": {"replicas": 9}}), dry_run=True)
    assert dry_run_result.spec.replicas == 9
    applied = await api.scale.patch("web", ApplyPatch({"spec": {"replicas": 4}}), field_manager="hpa", force=True)
    assert applied.spec.replicas == 4
    read = await api.get("web")
    assert read.spec is not None
    assert (read.spec.replicas, read.metadata.generation) == (4, 4)


async def test_scale_writes_with_a_stale_resource_version_raise_conflict(client: Client) -> None:
    api = Api(Deployment, client)
    await api.create(deployment("web"))
    scale = await api.scale.get("web")
    await api.scale.patch("web", MergePatch({"spec": {"replicas": 3}}))
    scale.spec.replicas = 5
    with pytest.raises(Conflict, match=r'deployments\.apps "web"'):
        await api.scale.replace(scale)
    with pytest.raises(Conflict):
        await api.scale.patch("web", MergePatch({"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 5}}))
    assert (await api.scale.get("web")).spec.replicas == 3


async def test_negative_replicas_raise_invalid(client: Client) -> None:
    api = Api(Deployment, client)
    await api.create(deployment("web"))
    with pytest.raises(Invalid) as caught:
        await api.scale.patch("web", MergePatch({"spec": {"replicas": -1}}))
    assert [cause.field for cause in caught.value.causes] == ["spec.replicas"]
    details = caught.value.api_status.details
    assert details is not None
    assert (details.group, details.kind) == ("autoscaling", "Scale")


async def test_subresource_of_a_missing_object_raises_not_found(client: Client) -> None:
    with pytest.raises(NotFound, match=r'pods "none" not found'):
        await Api(Pod, client).status.get("none")
    with pytest.raises(NotFound, match=r'deployments\.apps "none" not found'):
        await Api(Deployment, client).scale.patch("none", MergePatch({"spec": {"replicas": 1}}))


async def test_subresources_use_the_namespace_of_the_call_or_object(client: Client, namespace: str) -> None:
    api = Api(Deployment, client, namespace=None)
    await api.create(deployment("web"), namespace=namespace)
    assert (await api.scale.get("web", namespace=namespace)).metadata.namespace == namespace
    scale = Scale(metadata=ObjectMeta(name="web", namespace=namespace), spec=ScaleSpec(replicas=2))
    assert (await api.scale.replace(scale)).spec.replicas == 2
    assert (await Api(Namespace, client).status.get(namespace)).metadata.name == namespace


async def test_invalid_name_or_namespace_of_a_subresource_raises_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(Deployment, embedded_client, namespace=None)
    with pytest.raises(NamespaceError, match="reading scale needs one namespace"):
        await api.scale.get("web")
    with pytest.raises(InvalidNameError, match="is missing: replacing scale needs the name of the object"):
        await api.scale.replace(Scale(metadata=ObjectMeta()), namespace="default")
    with pytest.raises(NamespaceError, match="has namespace 'a', but the call uses namespace 'b'"):
        await api.scale.replace(Scale(metadata=ObjectMeta(name="web", namespace="a")), namespace="b")
    with pytest.raises(InvalidNameError):
        await api.status.get("web/scale", namespace="default")
    with pytest.raises(NamespaceError, match="namespaces: is cluster-scoped"):
        await Api(Namespace, embedded_client).status.get("default", namespace="default")
    assert kubex_server.requests == []


async def test_status_patch_sends_its_options(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    api: Subresource[Pod] = Api(Pod, embedded_client).status
    await Api(Pod, embedded_client).create(pod("one"))
    kubex_server.clear_requests()
    await api.patch("one", MergePatch({}), dry_run=True, field_manager="me", field_validation="Strict")
    (request,) = kubex_server.requests
    assert (request.method, request.path) == ("PATCH", "/api/v1/namespaces/default/pods/one/status")
    assert request.query == {"dryRun": ["All"], "fieldManager": ["me"], "fieldValidation": ["Strict"]}


ACCESSORS: dict[str, Callable[[Api[Any]], object]] = {
    "HasStatus": lambda api: api.status,
    "HasScale": lambda api: api.scale,
    "HasResize": lambda api: api.resize,
    "HasEphemeralContainers": lambda api: api.ephemeral_containers,
    "HasApproval": lambda api: api.approval,
}


@pytest.mark.parametrize("marker", ACCESSORS)
async def test_unsupported_subresource_raises_and_names_the_marker_class(embedded_client: Client, marker: str) -> None:
    with pytest.raises(
        UnsupportedVerbError, match=rf"^ConfigMap does not support .+ \(its class does not derive from {marker}\)"
    ):
        ACCESSORS[marker](Api(ConfigMap, embedded_client))


async def test_evict_and_create_token_of_other_kinds_raise_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api: Api[Any] = Api(ConfigMap, embedded_client)
    with pytest.raises(UnsupportedVerbError, match=r"^ConfigMap does not support evict .*HasEviction"):
        await api.evict("one")
    with pytest.raises(UnsupportedVerbError, match=r"^ConfigMap does not support create_token .*HasTokenRequest"):
        await api.create_token("one")
    assert kubex_server.requests == []
