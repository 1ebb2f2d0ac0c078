"""`Discovery` on both servers: names, classes, new definitions."""

import secrets
from collections.abc import AsyncIterator

import anyio
import pytest

import kubex_k8s.v1_37
from behaviour.custom_resources import WIDGET_SCHEMA, install_crd, make_crd
from behaviour.objects import TIMEOUT
from kubex.api import Api
from kubex.client import Client, create_client
from kubex.discovery import Discovery, KindInfo, Kinds, _source
from kubex.errors import KindUnavailable, NoSuchKind
from kubex.models import ObjectMeta, Resource, api_resource
from kubex.transport import Backend
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.apiregistration.v1 import APIService, APIServiceSpec, ServiceReference
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.embedded import EmbeddedServer, Settings

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
    # The servers delete a definition some time after the request, so each test has a separate one.
    number = secrets.token_hex(4)
    kind = f"Tool{number}"
    crd = make_crd(kind, f"{kind.lower()}s", WIDGET_SCHEMA, list_kind="ToolCollection")
    crd.spec.names.short_names = [f"t{number}"]
    yield crd
    assert crd.metadata.name is not None
    await Api(CustomResourceDefinition, client).delete(crd.metadata.name)


async def test_definition_that_is_created_after_the_first_read_is_found(
    client: Client, tool_crd: CustomResourceDefinition
) -> None:
    discovery = Discovery(client)
    assert await discovery.has("apps/v1")
    await install_crd(client, tool_crd)
    names, other = tool_crd.spec.names, Discovery(client)
    with anyio.fail_after(TIMEOUT):  # a real server lists the kind some milliseconds later
        while not await other.has("example.com/v1", names.kind):
            await other.refresh()
    tools = Api(await discovery.kind("example.com/v1", names.kind), client)
    await tools.create(tools.resource.model_validate({"metadata": {"name": "one"}, "spec": {"size": 1}}))
    (tool,) = await tools.list()
    tool["status"] = {"ready": True}
    assert (await tools.status.replace(tool))["status"] == {"ready": True}
    assert names.short_names
    assert await discovery.resource(names.short_names[0]) is tools.resource


async def test_plain_and_aggregated_discovery_find_the_same_kinds(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    aggregated = await Discovery(client).kinds(all_versions=True)
    monkeypatch.setattr(_source, "_ACCEPT", "application/json")
    plain = await Discovery(client).kinds(all_versions=True)
    # Other tests create definitions meanwhile.
    assert [each for each in plain if is_builtin(each)] == [each for each in aggregated if is_builtin(each)]


def is_builtin(info: KindInfo) -> bool:
    return not info.group.endswith("example.com")


@pytest.fixture
async def unavailable_group(client: Client) -> AsyncIterator[str]:
    """Create an API group whose server does not exist, and return the group."""
    group = f"g{secrets.token_hex(4)}.example.com"
    service = ServiceReference(name="nothing", namespace="default")
    spec = APIServiceSpec(
        group=group,
        version="v1",
        group_priority_minimum=100,
        version_priority=100,
        service=service,
        insecure_skip_tls_verify=True,
    )
    services = Api(APIService, client)
    await services.create(APIService(metadata=ObjectMeta(name=f"v1.{group}"), spec=spec))
    discovery = Discovery(client)
    with anyio.fail_after(TIMEOUT):
        while f"{group}/v1" not in await discovery.unavailable():
            await discovery.refresh()
    yield group
    await services.delete(f"v1.{group}")


@pytest.mark.covers("python-base-187")
@pytest.mark.parametrize("accept", [_source._ACCEPT, "application/json"], ids=["aggregated", "plain"])
async def test_unavailable_group_does_not_affect_the_others(
    client: Client, unavailable_group: str, accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_source, "_ACCEPT", accept)
    discovery = Discovery(client)
    assert api_resource(await discovery.resource("deploy")).api_version == "apps/v1"
    assert f"{unavailable_group}/v1" in await discovery.unavailable()
    with pytest.raises(KindUnavailable, match=f"the kinds of {unavailable_group}/v1 are not available"):
        await discovery.kind(f"{unavailable_group}/v1", "Widget")
    with pytest.raises(KindUnavailable):
        await discovery.resource(f"widgets.{unavailable_group}")
    with pytest.raises(NoSuchKind, match=unavailable_group):
        await discovery.resource("podz")


async def test_refresh_of_unchanged_kinds_receives_304(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    discovery = Discovery(embedded_client)
    kinds = await discovery.kinds()
    await discovery.refresh()
    assert await discovery.kinds() == kinds
    first, second = kubex_server.requests[:2], kubex_server.requests[2:]
    assert [request.target for request in (*first, *second)] == ["/api", "/apis"] * 2
    assert [request.header("if-none-match") for request in first] == ["", ""]
    assert all(request.header("if-none-match") for request in second)


async def test_many_tasks_cause_one_read(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    discovery, found = Discovery(embedded_client), list[type[Resource]]()

    async def find() -> None:
        found.append(await discovery.resource("deploy"))

    async with anyio.create_task_group() as tasks:
        for _ in range(100):
            tasks.start_soon(find)
    assert len(set(found)) == 1
    assert len(found) == 100
    assert len(kubex_server.requests) == 2


async def test_server_without_aggregated_discovery_is_supported(backend: Backend) -> None:
    with EmbeddedServer(settings=Settings(aggregated_discovery=False)) as handle:
        async with create_client(handle.configuration(), client_class=backend) as client:
            assert api_resource(await Discovery(client).resource("deploy")).plural == "deployments"


async def test_removed_definition_is_gone_after_the_next_miss(embedded_client: Client) -> None:
    crd = make_crd("Widget", "widgets", WIDGET_SCHEMA)
    await install_crd(embedded_client, crd)
    discovery = Discovery(embedded_client)
    assert await discovery.has("example.com/v1", "Widget")
    await Api(CustomResourceDefinition, embedded_client).delete("widgets.example.com")
    assert not await discovery.has("example.com/v1", "Missing")
    assert not await discovery.has("example.com/v1", "Widget")
