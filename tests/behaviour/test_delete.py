"""`Api.delete` and `Api.delete_collection`."""

from collections.abc import Callable
from typing import Any

import pytest

from behaviour.objects import config_map, name_of, next_events, pod, resource_version_of, types_and_names
from kubex.api import Api
from kubex.client import Client
from kubex.core.params import Precondition, PropagationPolicy, PropagationPolicyTypes
from kubex.errors import ConfigurationError, Conflict, Invalid, MethodNotAllowed, NotFound
from kubex.models import OwnerReference, ResourceList, Status
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio

FINALIZER = "example.com/hold"


@pytest.fixture
def api(client: Client) -> Api[ConfigMap]:
    """Return the API of ConfigMaps."""
    return Api(ConfigMap, client)


async def test_delete_returns_a_status_if_the_object_was_removed(api: Api[ConfigMap]) -> None:
    created = await api.create(config_map("one"))
    result = await api.delete("one")
    assert isinstance(result, Status)
    assert result.status == "Success"
    assert result.details is not None
    assert (result.details.name, result.details.kind) == ("one", "configmaps")
    assert result.details.uid == created.metadata.uid
    assert await api.get_or_none("one") is None


async def test_delete_of_a_missing_object_raises_not_found(api: Api[ConfigMap]) -> None:
    with pytest.raises(NotFound, match='configmaps "none" not found'):
        await api.delete("none")


@pytest.mark.covers("pitfall-43")
async def test_delete_of_an_object_with_a_finalizer_returns_the_object(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", finalizers=[FINALIZER]))
    deleted = await api.delete("one")
    assert isinstance(deleted, ConfigMap)
    assert deleted.metadata.deletion_timestamp is not None
    assert deleted.metadata.deletion_grace_period_seconds == 0
    assert (await api.get("one")).metadata.finalizers == [FINALIZER]
    await api.patch("one", MergePatch({"metadata": {"finalizers": None}}))
    assert await api.get_or_none("one") is None


async def test_delete_of_a_pod_without_a_node_removes_and_returns_it(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one"))
    deleted = await api.delete("one")
    assert isinstance(deleted, Pod)
    assert name_of(deleted) == "one"
    assert await api.get_or_none("one") is None


async def test_delete_of_a_scheduled_pod_sets_the_grace_period(client: Client) -> None:
    api = Api(Pod, client)
    await api.create(pod("one", nodeName="node", terminationGracePeriodSeconds=40))
    deleted = await api.delete("one", grace_period_seconds=20)
    assert isinstance(deleted, Pod)
    assert deleted.metadata.deletion_grace_period_seconds == 20
    assert (await api.get("one")).metadata.deletion_timestamp is not None
    await api.delete("one", grace_period_seconds=0)
    assert await api.get_or_none("one") is None


async def test_delete_with_another_uid_raises_conflict(api: Api[ConfigMap]) -> None:
    old = await api.create(config_map("one"))
    await api.delete("one")
    new = await api.create(config_map("one"))
    with pytest.raises(Conflict, match="the UID in the precondition"):
        await api.delete("one", precondition=Precondition(uid=old.metadata.uid))
    await api.delete("one", precondition=Precondition(uid=new.metadata.uid))
    assert await api.get_or_none("one") is None


async def test_delete_with_a_stale_resource_version_raises_conflict(api: Api[ConfigMap]) -> None:
    old = await api.create(config_map("one"))
    new = await api.patch("one", MergePatch({"data": {"a": "1"}}))
    with pytest.raises(Conflict, match="the ResourceVersion in the precondition"):
        await api.delete("one", precondition=Precondition(resource_version=resource_version_of(old)))
    await api.delete("one", precondition=Precondition(resource_version=resource_version_of(new)))
    assert await api.get_or_none("one") is None


@pytest.mark.covers("pitfall-3")
async def test_delete_with_dry_run_deletes_nothing(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one", labels={"app": "web"}))
    assert isinstance(await api.delete("one", dry_run=True), Status)
    matched = await api.delete_collection(label_selector={"app": "web"}, dry_run=True)
    assert isinstance(matched, ResourceList)
    assert [name_of(item) for item in matched.items] == ["one"]
    assert await api.get_or_none("one") is not None


@pytest.mark.parametrize("policy", ["Background", "Foreground", "Orphan", *PropagationPolicy])
async def test_propagation_policy_determines_the_finalizers(
    api: Api[ConfigMap], policy: PropagationPolicyTypes
) -> None:
    await api.create(config_map("one"))
    result = await api.delete("one", propagation_policy=policy)
    finalizers = {"Background": None, "Foreground": ["foregroundDeletion"], "Orphan": ["orphan"]}[policy]
    if finalizers is None:
        assert isinstance(result, Status)
    else:
        assert isinstance(result, ConfigMap)
        assert result.metadata.finalizers == finalizers


async def test_unknown_propagation_policy_raises_invalid(api: Api[ConfigMap]) -> None:
    await api.create(config_map("one"))
    with pytest.raises(Invalid, match="propagationPolicy"):
        await api.delete("one", propagation_policy="Sideways")  # type: ignore[arg-type]  # the test needs an invalid policy


async def test_background_deletion_deletes_dependents(
    api: Api[ConfigMap], require_capability: Callable[[str], None]
) -> None:
    require_capability("gc")
    owner = await api.create(config_map("owner"))
    assert owner.metadata.uid is not None
    reference = OwnerReference(api_version="v1", kind="ConfigMap", name="owner", uid=owner.metadata.uid)
    owned = await api.create(config_map("owned", owner_references=[reference]))
    assert owned.metadata.owner_references == [reference]
    async with api.watch(field_selector="metadata.name=owned", resource_version=resource_version_of(owned)) as events:
        await api.delete("owner", propagation_policy="Background")
        assert types_and_names(await next_events(events, 1)) == [("DELETED", "owned")]


async def test_orphan_deletion_removes_owner_references(
    api: Api[ConfigMap], require_capability: Callable[[str], None]
) -> None:
    require_capability("gc")
    owner = await api.create(config_map("owner"))
    assert owner.metadata.uid is not None
    reference = OwnerReference(api_version="v1", kind="ConfigMap", name="owner", uid=owner.metadata.uid)
    owned = await api.create(config_map("owned", owner_references=[reference]))
    async with api.watch(field_selector="metadata.name=owned", resource_version=resource_version_of(owned)) as events:
        await api.delete("owner", propagation_policy="Orphan")
        (event,) = await next_events(events, 1)
    assert (event.type, event.object.metadata.owner_references) == ("MODIFIED", None)


async def test_delete_collection_returns_the_deleted_objects(api: Api[ConfigMap]) -> None:
    for name, color in (("a", "red"), ("b", "red"), ("c", "blue")):
        await api.create(config_map(name, labels={"color": color}))
    await api.create(config_map("finalized", labels={"color": "red"}, finalizers=[FINALIZER]))
    deleted = await api.delete_collection(label_selector="color=red")
    assert isinstance(deleted, ResourceList)
    assert sorted(name_of(item) for item in deleted.items) == ["a", "b", "finalized"]
    remaining = await api.list(label_selector="color")
    assert sorted(name_of(item) for item in remaining.items) == ["c", "finalized"]
    await api.patch("finalized", MergePatch({"metadata": {"finalizers": None}}))


async def test_delete_collection_accepts_field_selectors(api: Api[ConfigMap]) -> None:
    for name in ("a", "b"):
        await api.create(config_map(name))
    await api.delete_collection(field_selector={"metadata.name": "a"})
    assert await api.get_or_none("a") is None
    assert await api.get_or_none("b") is not None


async def test_delete_collection_without_matches_returns_an_empty_list(api: Api[ConfigMap]) -> None:
    deleted = await api.delete_collection(label_selector="no=where")
    assert isinstance(deleted, ResourceList)
    assert list(deleted.items) == []


async def test_delete_collection_in_all_namespaces_raises_method_not_allowed(api: Api[ConfigMap]) -> None:
    with pytest.raises(MethodNotAllowed) as caught:
        await api.delete_collection(namespace=None, label_selector="no=where")
    assert caught.value.status == 405


async def test_delete_collection_with_a_limit_deletes_at_most_that_many(api: Api[ConfigMap]) -> None:
    for name in ("a", "b", "c", "d", "e"):
        await api.create(config_map(name, labels={"app": "web"}))
    await api.create(config_map("other"))
    pages: list[list[str]] = []
    token = None
    while token is not None or not pages:
        deleted = await api.delete_collection(label_selector="app=web", limit=2, continue_token=token)
        assert isinstance(deleted, ResourceList)
        pages.append([name_of(item) for item in deleted])
        token = deleted.metadata.continue_
        remaining = await api.list(label_selector="app=web")
        assert len(remaining) == 5 - sum(map(len, pages))
    assert pages == [["a", "b"], ["c", "d"], ["e"]]
    assert await api.get_or_none("other") is not None


async def test_delete_collection_continues_after_objects_that_are_kept(api: Api[ConfigMap]) -> None:
    for name in ("a", "b", "c"):
        await api.create(config_map(name, labels={"app": "web"}, finalizers=[FINALIZER]))
    seen: list[str] = []
    token = None
    while token is not None or not seen:
        deleted = await api.delete_collection(label_selector="app=web", limit=1, continue_token=token)
        assert isinstance(deleted, ResourceList)
        seen += [name_of(item) for item in deleted]
        token = deleted.metadata.continue_
    assert seen == ["a", "b", "c"]
    again = await api.delete_collection(label_selector="app=web", limit=1)
    assert isinstance(again, ResourceList)
    assert [name_of(item) for item in again] == ["a"]
    for name in seen:
        await api.patch(name, MergePatch({"metadata": {"finalizers": None}}))


async def test_delete_collection_with_dry_run_and_a_limit_deletes_nothing(api: Api[ConfigMap]) -> None:
    for name in ("a", "b"):
        await api.create(config_map(name, labels={"app": "web"}))
    matched = await api.delete_collection(label_selector="app=web", limit=1, dry_run=True)
    assert isinstance(matched, ResourceList)
    assert [name_of(item) for item in matched] == ["a"]
    assert len(await api.list(label_selector="app=web")) == 2


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize("argument", ["limit", "timeout_seconds"])
async def test_delete_collection_with_a_limit_below_one_raises_before_sending(
    embedded_client: Client, kubex_server: EmbeddedServer, argument: str, number: int
) -> None:
    arguments: dict[str, Any] = {argument: number}  # a server would treat the limit as no limit
    with pytest.raises(ConfigurationError, match=f"{argument}: must be at least 1, not {number}"):
        await Api(ConfigMap, embedded_client).delete_collection(label_selector="app=web", **arguments)
    assert kubex_server.requests == []


async def test_timeout_seconds_is_a_query_parameter(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    api = Api(ConfigMap, embedded_client)
    await api.delete_collection(label_selector="app=web", limit=3, timeout_seconds=20)
    await api.list(timeout_seconds=30)
    with pytest.raises(ConfigurationError, match="timeout_seconds: must be at least 1, not 0"):
        await api.list(timeout_seconds=0)
    deleted, listed = kubex_server.requests
    assert deleted.query == {"labelSelector": ["app=web"], "limit": ["3"], "timeoutSeconds": ["20"]}
    assert listed.query == {"timeoutSeconds": ["30"]}
