"""Which namespace a call is about."""

from collections.abc import Awaitable, Callable

import pytest

from behaviour.objects import config_map, named, take, told
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
async def other(client: Client) -> str:
    """Make another namespace, which nobody else knows."""
    made = await Api(Namespace, client).create(Namespace(metadata=ObjectMeta(generate_name="behaviour-other-")))
    return named(made)


async def test_without_a_word_it_is_that_of_the_configuration(client: Client, namespace: str) -> None:
    created = await Api(ConfigMap, client).create(config_map("one"))
    assert created.metadata.namespace == namespace


async def test_a_configuration_without_one_means_default(server: ServerHandle, backend: Backend) -> None:
    async with create_client(server.configuration(), client_class=backend) as client:
        created = await Api(ConfigMap, client).create(config_map("one"), dry_run=True)
    assert created.metadata.namespace == "default"


async def test_that_of_the_api_goes_before_that_of_the_configuration(client: Client, other: str) -> None:
    api = Api(ConfigMap, client, namespace=other)
    assert (await api.create(config_map("one"))).metadata.namespace == other
    assert (await api.get("one")).metadata.namespace == other
    assert repr(api) == f"Api(ConfigMap, namespace={other!r})"


async def test_that_of_the_call_goes_before_that_of_the_api(client: Client, namespace: str, other: str) -> None:
    api = Api(ConfigMap, client, namespace=other)
    assert (await api.create(config_map("one"), namespace=namespace)).metadata.namespace == namespace
    assert await api.get_or_none("one") is None
    assert await api.get_or_none("one", namespace=namespace) is not None
    await api.delete("one", namespace=namespace)
    assert await api.get_or_none("one", namespace=namespace) is None


async def test_the_object_s_own_counts_where_none_is_given(client: Client, other: str) -> None:
    api = Api(ConfigMap, client)
    created = await api.create(config_map("one", namespace=other))
    assert created.metadata.namespace == other
    created.data = {"a": "1"}
    replaced = await api.replace(created)
    assert (replaced.data, replaced.metadata.namespace) == ({"a": "1"}, other)
    assert (await Api(ConfigMap, client, namespace=None).replace(replaced)).metadata.namespace == other
    applied = await api.apply(config_map("two", namespace=other), field_manager="me")
    assert applied.metadata.namespace == other


async def test_none_is_all_namespaces(client: Client, namespace: str, other: str) -> None:
    api = Api(ConfigMap, client)
    label = {"marker": namespace}
    await api.create(config_map("one", labels=label))
    await api.create(config_map("two", labels=label), namespace=other)
    everywhere = await api.list(namespace=None, label_selector=label)
    assert {(item.metadata.namespace, named(item)) for item in everywhere.items} == {(namespace, "one"), (other, "two")}
    assert len((await api.list(label_selector=label)).items) == 1
    pages = [page async for page in api.pages(namespace=None, label_selector=label, page_size=1)]
    # A real server may have to look at the rest of the collection to find out that nothing else matches.
    assert sorted(named(item) for page in pages for item in page.items) == ["one", "two"]
    metadata = await Api(ConfigMap, client, namespace=None).metadata.list(label_selector=label)
    assert len(metadata.items) == 2
    async with api.watch(namespace=None, label_selector=label) as events:
        assert sorted(told(await take(events, 2))) == [("ADDED", "one"), ("ADDED", "two")]


async def test_an_asterisk_is_not_a_namespace(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    api = Api(ConfigMap, embedded_client)
    with pytest.raises(NamespaceError, match=r"configmaps: namespace '\*' is not a name; pass namespace=None for all"):
        await api.list(namespace="*")
    with pytest.raises(NamespaceError, match="pass namespace=None"):
        api.watch(namespace="*")
    with pytest.raises(ValueError, match="pass namespace=None"):
        Api(ConfigMap, embedded_client, namespace="*")
    assert kubex_server.requests == []


async def test_kinds_of_the_whole_cluster_have_none(client: Client, namespace: str) -> None:
    api = Api(Namespace, client)
    read = await api.get(namespace)
    assert read.metadata.namespace is None
    assert read.status is not None
    assert read.status.phase == "Active"
    listed = await api.list(field_selector={"metadata.name": namespace})
    assert [named(item) for item in listed.items] == [namespace]


async def test_one_object_needs_one_namespace(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
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


async def test_an_object_does_not_go_to_another_namespace(
    embedded_client: Client, kubex_server: EmbeddedServer
) -> None:
    api = Api(ConfigMap, embedded_client)
    with pytest.raises(NamespaceError, match="the object has namespace 'there', but the call uses namespace 'here'"):
        await api.create(config_map("one", namespace="there"), namespace="here")
    with pytest.raises(NamespaceError, match="replace: the object has namespace 'there'"):
        await Api(ConfigMap, embedded_client, namespace="here").replace(config_map("one", namespace="there"))
    assert kubex_server.requests == []


async def test_a_kind_of_the_whole_cluster_takes_none(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    with pytest.raises(NamespaceError, match="namespaces: is cluster-scoped, so namespace 'here' does not apply"):
        Api(Namespace, embedded_client, namespace="here")
    with pytest.raises(NamespaceError, match="cluster-scoped"):
        await create_api(Namespace, client=embedded_client, namespace="here")
    api = Api(Namespace, embedded_client)
    with pytest.raises(NamespaceError, match="cluster-scoped"):
        await api.get("default", namespace="here")
    assert kubex_server.requests == []
