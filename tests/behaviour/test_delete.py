"""Deleting one object and many."""

from collections.abc import Callable

import pytest

from behaviour.objects import config_map, named, pod, revision, take, told
from kubex.api import Api
from kubex.client import Client
from kubex.core.params import Precondition, PropagationPolicy, PropagationPolicyTypes
from kubex.errors import Conflict, Invalid, MethodNotAllowed, NotFound
from kubex.models import OwnerReference, ResourceList, Status
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod

pytestmark = pytest.mark.anyio

FINALIZER = "example.com/hold"


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


async def test_delete_of_what_is_gone_then_is_a_status(api: Api[ConfigMap]) -> None:
    created = await api.create(config_map("one"))
    answer = await api.delete("one")
    assert isinstance(answer, Status)
    assert answer.status == "Success"
    assert answer.details is not None
    assert (answer.details.name, answer.details.kind) == ("one", "configmaps")
    assert answer.details.uid == created.metadata.uid
    assert await api.get_or_none("one") is None


async def test_delete_of_nothing_is_not_found(api: Api[ConfigMap]) -> None:
    with pytest.raises(NotFound, match='configmaps "none" not found'):
        await api.delete("none")


@pytest.mark.covers("pitfall-43")
async def test_a_finalizer_holds_the_object(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", finalizers=[FINALIZER]))
    held = await api.delete("one")
    assert isinstance(held, ConfigMap)
    assert held.metadata.deletion_timestamp is not None
    assert held.metadata.deletion_grace_period_seconds == 0
    assert (await api.get("one")).metadata.finalizers == [FINALIZER]
    await api.patch("one", MergePatch({"metadata": {"finalizers": None}}))
    assert await api.get_or_none("one") is None


async def test_a_pod_without_a_node_goes_at_once_and_is_returned(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    gone = await api.delete("one")
    assert isinstance(gone, Pod)
    assert named(gone) == "one"
    assert await api.get_or_none("one") is None


async def test_a_pod_on_a_node_has_its_grace_period(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", nodeName="node", terminationGracePeriodSeconds=40))
    leaving = await api.delete("one", grace_period_seconds=20)
    assert isinstance(leaving, Pod)
    assert leaving.metadata.deletion_grace_period_seconds == 20
    assert (await api.get("one")).metadata.deletion_timestamp is not None
    await api.delete("one", grace_period_seconds=0)
    assert await api.get_or_none("one") is None


async def test_a_precondition_on_the_uid_protects_a_namesake(api: Api[ConfigMap]) -> None:
    old = await api.create(config_map("one"))
    await api.delete("one")
    new = await api.create(config_map("one"))
    with pytest.raises(Conflict, match="the UID in the precondition"):
        await api.delete("one", precondition=Precondition(uid=old.metadata.uid))
    await api.delete("one", precondition=Precondition(uid=new.metadata.uid))
    assert await api.get_or_none("one") is None


async def test_a_precondition_on_the_revision_protects_a_change(api: Api[ConfigMap]) -> None:
    old = await api.create(config_map("one"))
    new = await api.patch("one", MergePatch({"data": {"a": "1"}}))
    with pytest.raises(Conflict, match="the ResourceVersion in the precondition"):
        await api.delete("one", precondition=Precondition(resource_version=revision(old)))
    await api.delete("one", precondition=Precondition(resource_version=revision(new)))
    assert await api.get_or_none("one") is None


@pytest.mark.covers("pitfall-3")
async def test_a_dry_run_deletes_nothing(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels={"mine": "yes"}))
    assert isinstance(await api.delete("one", dry_run=True), Status)
    would_be = await api.delete_collection(label_selector={"mine": "yes"}, dry_run=True)
    assert isinstance(would_be, ResourceList)
    assert [named(item) for item in would_be.items] == ["one"]
    assert await api.get_or_none("one") is not None


@pytest.mark.parametrize("policy", ["Background", "Foreground", "Orphan", *PropagationPolicy])
async def test_every_propagation_policy_is_taken(api: Api[ConfigMap], policy: PropagationPolicyTypes) -> None:
    await api.create(config_map("one"))
    answer = await api.delete("one", propagation_policy=policy)
    finalizers = {"Background": None, "Foreground": ["foregroundDeletion"], "Orphan": ["orphan"]}[policy]
    if finalizers is None:
        assert isinstance(answer, Status)
    else:
        assert isinstance(answer, ConfigMap)
        assert answer.metadata.finalizers == finalizers


async def test_an_unknown_propagation_policy_is_refused_by_the_server(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one"))
    with pytest.raises(Invalid, match="propagationPolicy"):
        await api.delete("one", propagation_policy="Sideways")  # type: ignore[arg-type]  # that is the point


async def test_dependents_go_with_their_owner(api: Api[ConfigMap], needs: Callable[[str], None]) -> None:
    needs("gc")
    owner = await api.create(config_map("owner"))
    assert owner.metadata.uid is not None
    reference = OwnerReference(api_version="v1", kind="ConfigMap", name="owner", uid=owner.metadata.uid)
    owned = await api.create(config_map("owned", owner_references=[reference]))
    assert owned.metadata.owner_references == [reference]
    async with api.watch(field_selector="metadata.name=owned", resource_version=revision(owned)) as events:
        await api.delete("owner", propagation_policy="Background")
        assert told(await take(events, 1)) == [("DELETED", "owned")]


async def test_orphans_stay_and_lose_their_reference(api: Api[ConfigMap], needs: Callable[[str], None]) -> None:
    needs("gc")
    owner = await api.create(config_map("owner"))
    assert owner.metadata.uid is not None
    reference = OwnerReference(api_version="v1", kind="ConfigMap", name="owner", uid=owner.metadata.uid)
    owned = await api.create(config_map("owned", owner_references=[reference]))
    async with api.watch(field_selector="metadata.name=owned", resource_version=revision(owned)) as events:
        await api.delete("owner", propagation_policy="Orphan")
        (event,) = await take(events, 1)
    assert (event.type, event.object.metadata.owner_references) == ("MODIFIED", None)


async def test_delete_collection_returns_what_it_deleted(api: Api[ConfigMap]) -> None:
    for name, color in (("a", "red"), ("b", "red"), ("c", "blue")):
        await api.create(config_map(name, labels={"color": color}))
    await api.create(config_map("held", labels={"color": "red"}, finalizers=[FINALIZER]))
    deleted = await api.delete_collection(label_selector="color=red")
    assert isinstance(deleted, ResourceList)
    assert sorted(named(item) for item in deleted.items) == ["a", "b", "held"]
    left = await api.list(label_selector="color")
    assert sorted(named(item) for item in left.items) == ["c", "held"]
    await api.patch("held", MergePatch({"metadata": {"finalizers": None}}))


async def test_delete_collection_takes_field_selectors(api: Api[ConfigMap]) -> None:
    for name in ("a", "b"):
        await api.create(config_map(name))
    await api.delete_collection(field_selector={"metadata.name": "a"})
    assert await api.get_or_none("a") is None
    assert await api.get_or_none("b") is not None


async def test_delete_collection_that_matches_nothing_is_an_empty_list(api: Api[ConfigMap]) -> None:
    deleted = await api.delete_collection(label_selector="no=where")
    assert isinstance(deleted, ResourceList)
    assert list(deleted.items) == []


async def test_no_server_deletes_in_all_namespaces_at_once(api: Api[ConfigMap]) -> None:
    with pytest.raises(MethodNotAllowed) as caught:
        await api.delete_collection(namespace=None, label_selector="no=where")
    assert caught.value.status == 405
