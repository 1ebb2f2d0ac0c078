"""`Discovery` on both servers: names, classes, new definitions."""

from collections.abc import AsyncIterator

import pytest

import kubex_k8s.v1_37
from behaviour.custom_resources import WIDGET_SCHEMA, install_crd, make_crd
from kubex.api import Api
from kubex.client import Client
from kubex.discovery import Discovery, Kinds
from kubex.errors import NoSuchKind
from kubex.models import ObjectMeta, api_resource
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod

pytestmark = pytest.mark.anyio

# What `kubectl get NAME` requests.
NAMES = {
    "po": "pods.v1.",
    "Pod": "pods.v1.",
    "pods.": "pods.v1.",
    "pods.v1.": "pods.v1.",
    "ev": "events.v1.",
    "events": "events.v1.",
    "events.events": "events.v1.events.k8s.io",
    "deploy": "deployments.v1.apps",
    "DEPLOYMENTS": "deployments.v1.apps",
    "deployment.apps": "deployments.v1.apps",
    "deploy.v1.apps": "deployments.v1.apps",
    "Deployment.v1.apps": "deployments.v1.apps",
    "hpa": "horizontalpodautoscalers.v2.autoscaling",
    "horizontalpodautoscalers.v1.autoscaling": "horizontalpodautoscalers.v1.autoscaling",
    "storageclass.storage": "storageclasses.v1.storage.k8s.io",
}


async def test_names_select_the_kinds_of_kubectl(client: Client) -> None:
    discovery, found = Discovery(client), dict[str, str]()
    for name in NAMES:
        resource = api_resource(await discovery.resource(name))
        found[name] = f"{resource.plural}.{resource.version}.{resource.group}"
    assert found == NAMES


@pytest.mark.parametrize("name", ["podz", "pods.v1", "deployments.v1beta1.apps", "apps", "all", ""])
async def test_unknown_name_raises_no_such_kind(client: Client, name: str) -> None:
    with pytest.raises(NoSuchKind):
        await Discovery(client).resource(name)


async def test_registered_classes_are_returned(client: Client) -> None:
    discovery = Discovery(client, Kinds(kubex_k8s.v1_37))
    assert await discovery.resource("po") is Pod
    assert await discovery.kind("apps/v1", "Deployment") is Deployment


async def test_dynamic_class_reads_and_writes_objects(client: Client) -> None:
    kind = await Discovery(client).resource("cm")
    await Api(ConfigMap, client).create(ConfigMap(metadata=ObjectMeta(name="one"), data={"color": "red"}))
    found = await Api(kind, client).get("one")
    assert found["data"] == {"color": "red"}
    assert [each["data"] for each in await Api(kind, client).list() if each.metadata.name == "one"] == [found["data"]]


@pytest.fixture
async def tool_crd(client: Client) -> AsyncIterator[CustomResourceDefinition]:
    """Return a definition that no other test creates, and delete it after the test."""
    crd = make_crd("DiscoveredTool", "discoveredtools", WIDGET_SCHEMA, list_kind="ToolCollection")
    crd.spec.names.short_names = ["dtool"]
    yield crd
    assert crd.metadata.name is not None
    await Api(CustomResourceDefinition, client).delete(crd.metadata.name)


async def test_definition_that_is_created_after_the_first_read_is_found(
    client: Client, tool_crd: CustomResourceDefinition
) -> None:
    discovery = Discovery(client)
    assert await discovery.has("apps/v1")
    await install_crd(client, tool_crd)
    tools = Api(await discovery.kind("example.com/v1", "DiscoveredTool"), client)
    await tools.create(tools.resource.model_validate({"metadata": {"name": "one"}, "spec": {"size": 1}}))
    (tool,) = await tools.list()
    tool["status"] = {"ready": True}
    assert (await tools.status.replace(tool))["status"] == {"ready": True}
    assert await discovery.resource("dtool") is tools.resource
    await discovery.refresh()
