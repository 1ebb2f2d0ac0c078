"""The namespace that a call uses."""

from collections.abc import Awaitable, Callable

import pytest

from behaviour.objects import config_map, name_of, next_events, types_and_names
from kubex.api import Api, create_api
from kubex.client import Client, create_client
from kubex.errors import NamespaceError
from kubex.models import ObjectMeta
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, Pod
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio


@pytest.fixture
async def other_namespace(client: Client) -> str:
    """Create another namespace that only this test uses."""
    created = await Api(Namespace, client).create(Namespace(metadata=ObjectMeta(generate_name="behaviour-other-")))
    return name_of(created)


async def test_default_namespace_comes_from_the_configuration(client: Client, namespace: str) -> None:
    created = await Api(ConfigMap, client).create(config_map("one"))
    assert created.metadata.namespace == namespace


async def test_configuration_without_a_namespace_uses_default(server: ServerHandle, backend: Backend) -> None:
    async with create_client(server.configuration(), client_class=backend) as client:
        created = await Api(ConfigMap, client).create(config_map("one"), dry_run=True)
    assert created.metadata.namespace == "default"


async def test_namespace_of_the_api_overrides_the_configuration(client: Client, other_namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=other_namespace)
    assert (await api.create(config_map("one"))).metadata.namespace == other_namespace
    assert (await api.get("one")).metadata.namespace == other_namespace
    assert repr(api) == f"Api(ConfigMap, namespace={other_namespace!r})"


async def test_namespace_of_the_call_overrides_the_api(client: Client, namespace: str, other_namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=other_namespace)
    assert (await api.create(config_map("one"), namespace=namespace)).metadata.namespace == namespace
    assert await api.get_or_none("one") is None
    assert await api.get_or_none("one", namespace=namespace) is not None
    await api.delete("one", namespace=namespace)
    assert await api.get_or_none("one", namespace=namespace) is None


async def test_namespace_of_the_object_overrides_the_configuration(client: Client, other_namespace: str) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", namespace=other_namespace))
    assert created.metadata.namespace == other_namespace
    created.data = {"a": "1"}
    replaced = await api.replace(created)
    assert (replaced.data, replaced.metadata.namespace) == ({"a": "1"}, other_namespace)
    assert (await Api(ConfigMap, client, namespace=None).replace(replaced)).metadata.namespace == other_namespace
    applied = await api.apply(config_map("two", namespace=other_namespace), field_manager="me")
    assert applied.metadata.namespace == other_namespace


async def test_namespace_none_reads_all_namespaces(client: Client, namespace: str, other_namespace: str) -> None:
    api = Api(ConfigMap, client)
    label = {"marker": namespace}
    await api.create(config_map("one", labels=label))
    await api.create(config_map("two", labels=label), namespace=other_namespace)
    all_namespaces = await api.list(namespace=None, label_selector=label)
    assert {(item.metadata.namespace, name_of(item)) for item in all_namespaces.items} == {
        (namespace, "one"),
        (other_namespace, "two"),
    }
    assert len((await api.list(label_selector=label)).items) == 1
    pages = [page async for page in api.pages(namespace=None, label_selector=label, page_size=1)]
    # A real server may return an empty last page, so this test does not count pages.
    assert sorted(name_of(item) for page in pages for item in page.items) == ["one", "two"]
    metadata = await Api(ConfigMap, client, namespace=None).metadata.list(label_selector=label)
    assert len(metadata.items) == 2
    async with api.watch(namespace=None, label_selector=label) as events:
        assert sorted(types_and_names(await next_events(events, 2))) == [("ADDED", "one"), ("ADDED", "two")]


async def test_asterisk_as_namespace_raises(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    api = Api(ConfigMap, embedded_client)
    with pytest.raises(NamespaceError, match=r"configmaps: namespace '\*' is not a name; pass namespace=None for all"):
        await api.list(namespace="*")
    with pytest.raises(NamespaceError, match="pass namespace=None"):
        api.watch(namespace="*")
    with pytest.raises(ValueError, match="pass namespace=None"):
        Api(ConfigMap, embedded_client, namespace="*")
    assert kubex_server.requests == []


async def test_cluster_scoped_kinds_have_no_namespace(client: Client, namespace: str) -> None:
    api = Api(Namespace, client)
    read = await api.get(namespace)
    assert read.metadata.namespace is None
    assert read.status is not None
    assert read.status.phase == "Active"
    listed = await api.list(field_selector={"metadata.name": namespace})
    assert [name_of(item) for item in listed.items] == [namespace]


async def test_namespace_none_raises_for_verbs_of_one_object(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(Pod, embedded_client, namespace=None)
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "get": lambda: api.get("one"),
        "delete": lambda: api.delete("one"),
        "logs": lambda: api.logs.get("one"),
    }
    for verb, call in calls.items():
        with pytest.raises(NamespaceError, match=rf"pods: {verb} needs one namespace: pass namespace="):
            await call()
    with pytest.raises(NamespaceError, match="pods: get needs one namespace"):
        await api.metadata.get("one")
    with pytest.raises(NamespaceError, match="configmaps: create needs one namespace"):
        await Api(ConfigMap, embedded_client).create(config_map("one"), namespace=None)
    assert kubex_server.requests == []


async def test_namespace_that_contradicts_the_object_raises(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(ConfigMap, embedded_client)
    with pytest.raises(NamespaceError, match="the object has namespace 'there', but the call uses namespace 'here'"):
        await api.create(config_map("one", namespace="there"), namespace="here")
    with pytest.raises(NamespaceError, match="replace: the object has namespace 'there'"):
        await Api(ConfigMap, embedded_client, namespace="here").replace(config_map("one", namespace="there"))
    assert kubex_server.requests == []


async def test_namespace_for_a_cluster_scoped_kind_raises(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    with pytest.raises(NamespaceError, match="namespaces: is cluster-scoped, so namespace 'here' does not apply"):
        Api(Namespace, embedded_client, namespace="here")
    with pytest.raises(NamespaceError, match="cluster-scoped"):
        await create_api(Namespace, client=embedded_client, namespace="here")
    api = Api(Namespace, embedded_client)
    with pytest.raises(NamespaceError, match="cluster-scoped"):
        await api.get("default", namespace="here")
    assert kubex_server.requests == []
