"""Owners of objects on servers: the garbage collector deletes dependents."""

from collections.abc import Callable

import pytest

from behaviour.namespace_factory import NamespaceFactory
from behaviour.objects import config_map, name_of, next_events, resource_version_of, types_and_names
from kubex.api import Api
from kubex.client import Client
from kubex.errors import Invalid, NamespaceError
from kubex.models import ObjectMeta, Resource, controller_of, dynamic_resource, is_owned_by, owner_reference, set_owner
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from support.resources import Widget

pytestmark = pytest.mark.anyio

DynamicWidget = dynamic_resource("example.com/v1", "Widget", plural="widgets")


@pytest.fixture
def maps(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


async def create_owner(client: Client, kind: type[Resource]) -> Resource:
    """Create an object, and read it from a list, in which objects do not have a kind."""
    api = Api(kind, client)
    document = {"metadata": {"name": "owner", "labels": {"role": "owner"}}, "spec": {"size": 1}}
    await api.create(kind.model_validate(document if kind is not ConfigMap else {"metadata": document["metadata"]}))
    (owner,) = await api.list(label_selector="role=owner")
    return owner


@pytest.mark.usefixtures("widget_crd")
@pytest.mark.parametrize("kind", [ConfigMap, Widget, DynamicWidget], ids=["typed", "hand-written", "dynamic"])
async def test_owner_of_each_kind_of_model_is_stored(
    client: Client, maps: Api[ConfigMap], kind: type[Resource]
) -> None:
    owner = await create_owner(client, kind)
    dependent = config_map("dependent")
    assert set_owner(dependent, owner)
    stored = await maps.create(dependent)
    assert controller_of(stored) == owner_reference(owner)
    assert is_owned_by(stored, owner)
    assert not set_owner(stored, owner)


async def test_dependents_are_deleted_with_their_owner(
    maps: Api[ConfigMap], require_capability: Callable[[str], None]
) -> None:
    require_capability("gc")
    owner = await maps.create(config_map("owner"))
    dependent = config_map("dependent")
    set_owner(dependent, owner)
    version = resource_version_of(await maps.create(dependent))
    async with maps.watch(field_selector="metadata.name=dependent", resource_version=version) as events:
        await maps.delete("owner", propagation_policy="Background")
        assert types_and_names(await next_events(events, 1)) == [("DELETED", "dependent")]


async def test_dependent_with_another_owner_remains(
    maps: Api[ConfigMap], require_capability: Callable[[str], None]
) -> None:
    require_capability("gc")
    owners = [await maps.create(config_map(name)) for name in ("a", "b")]
    dependent = config_map("dependent")
    for owner in owners:
        set_owner(dependent, owner, controller=False)
    stored = await maps.create(dependent)
    version = resource_version_of(stored)
    async with maps.watch(field_selector="metadata.name=dependent", resource_version=version) as events:
        await maps.delete("a")
        (event,) = await next_events(events, 1)
    assert event.type == "MODIFIED"
    assert not is_owned_by(event.object, owners[0])
    assert is_owned_by(event.object, owners[1])


async def test_owner_can_be_set_on_a_stored_object(maps: Api[ConfigMap]) -> None:
    owner = await maps.create(config_map("owner"))
    await maps.create(config_map("dependent"))
    stored = await maps.get("dependent")
    assert set_owner(stored, owner)
    assert is_owned_by(await maps.replace(stored), owner)
    assert not set_owner(await maps.get("dependent"), owner)


async def test_cluster_scoped_owner_of_a_namespaced_object(
    client: Client, maps: Api[ConfigMap], namespace: str
) -> None:
    owner = await Api(Namespace, client).get(namespace)
    dependent = config_map("dependent")
    assert set_owner(dependent, owner)
    assert is_owned_by(await maps.create(dependent), owner)


async def test_create_in_another_namespace_than_the_owner_is_not_sent(client: Client, maps: Api[ConfigMap]) -> None:
    dependent = config_map("dependent")
    set_owner(dependent, await maps.create(config_map("owner")))
    with pytest.raises(NamespaceError):
        await maps.create(dependent, namespace="default")
    assert name_of(await maps.create(dependent)) == "dependent"


async def test_servers_delete_an_object_with_an_owner_in_another_namespace(
    maps: Api[ConfigMap], namespace: str, namespace_factory: NamespaceFactory, require_capability: Callable[[str], None]
) -> None:
    require_capability("gc")
    owner = await maps.create(config_map("owner"), namespace=namespace_factory.create())
    dependent = config_map("dependent", namespace=namespace)
    with pytest.raises(ValueError, match="an owner must be in the same namespace or cluster-scoped"):
        set_owner(dependent, owner)
    dependent.metadata.owner_references = [owner_reference(owner)]
    version = resource_version_of(await maps.create(dependent))
    async with maps.watch(field_selector="metadata.name=dependent", resource_version=version) as events:
        assert types_and_names(await next_events(events, 1)) == [("DELETED", "dependent")]


async def test_servers_reject_the_second_controller_that_set_owner_rejects(maps: Api[ConfigMap]) -> None:
    first, second = [await maps.create(config_map(name)) for name in ("a", "b")]
    dependent = config_map("dependent")
    set_owner(dependent, first)
    with pytest.raises(ValueError, match="ConfigMap dependent already has the controller ConfigMap a"):
        set_owner(dependent, second)
    dependent.metadata.owner_references = [owner_reference(first), owner_reference(second)]
    with pytest.raises(Invalid, match="Only one reference can have Controller set to true"):
        await maps.create(dependent)


async def test_metadata_of_objects_has_owners_but_cannot_be_one(maps: Api[ConfigMap]) -> None:
    owner = await maps.create(config_map("owner"))
    dependent = ConfigMap(metadata=ObjectMeta(name="dependent"))
    set_owner(dependent, owner)
    await maps.create(dependent)
    metadata = await maps.metadata.get("dependent")
    assert controller_of(metadata) == owner_reference(owner)
    assert is_owned_by(metadata, await maps.metadata.get("owner"))
    with pytest.raises(TypeError, match="the class NamespacedObjectMetadata of the owner does not have a __resource__"):
        set_owner(config_map("other"), await maps.metadata.get("owner"))
