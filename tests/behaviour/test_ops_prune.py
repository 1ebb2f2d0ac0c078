"""`kubex_ops.apply()` with an apply set, and `adopt()` and `remove()`."""

import json

import pytest

from behaviour.apply_sets import PREFIX, Json, cluster_role, config_map, lists, members, outcomes, secret
from behaviour.namespace_factory import NamespaceFactory
from kubex.api import Api
from kubex.client import Client
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace, Secret
from kubex_k8s.v1_37.rbac.v1 import ClusterRole
from kubex_ops import ApplySet, adopt, apply, remove
from kubex_ops.errors import ApplySetError, OperationError
from kubex_testing.embedded import EmbeddedServer
from support.backend_pairs import PAIRS

pytestmark = pytest.mark.anyio

one_pair = pytest.mark.parametrize("pair", PAIRS[:1], ids=str)  # these tests do not depend on the HTTP library


async def applied(client: Client, documents: list[Json], **options: object) -> list[tuple[str, str]]:
    """Apply documents with the set `shop`, and return the outcomes."""
    options.setdefault("apply_set", ApplySet("shop"))
    return outcomes(await apply(client, documents, field_manager="me", **options))  # type: ignore[arg-type]


@pytest.mark.covers("kubernetes-110893")
async def test_objects_that_are_no_longer_in_the_documents_are_pruned(
    client: Client, namespace: str, namespace_factory: NamespaceFactory
) -> None:
    other, role = namespace_factory.create(), f"role-{namespace}"
    shop = ApplySet("shop", namespace)
    documents = [config_map("a", x="1"), config_map("b"), secret("c"), config_map("d", other), cluster_role(role)]
    assert {outcome for _, outcome in await applied(client, documents)} == {"created"}
    assert len(await members(client, shop.id, [namespace, other])) == 5
    assert await lists(client, "shop") == ("ClusterRole.rbac.authorization.k8s.io,ConfigMap,Secret", other)
    pruned = await applied(client, documents[:1])
    assert pruned[0] == ("a", "unchanged")
    assert set(pruned[1:-1]) == {("b", "pruned"), ("c", "pruned"), ("d", "pruned")}
    assert pruned[-1] == (role, "pruned"), "cluster-scoped objects are pruned at the end"
    assert await members(client, shop.id, [namespace, other]) == {("ConfigMap", namespace, "a")}
    assert await lists(client, "shop") == ("ConfigMap", "")
    assert await Api(ClusterRole, client).get_or_none(role) is None
    assert await applied(client, documents[:1]) == [("a", "unchanged")]


@one_pair
async def test_parent_can_be_a_config_map_that_lists_the_set(client: Client, namespace: str) -> None:
    shop = ApplySet("shop", namespace, parent="ConfigMap")
    await applied(client, [config_map("a")], apply_set=shop)
    parent = (await Api(ConfigMap, client).get("shop")).metadata
    assert parent.labels == {PREFIX + "id": shop.id}
    assert parent.annotations is not None
    assert parent.annotations[PREFIX + "tooling"].startswith("kubex/")
    assert await applied(client, [], apply_set=shop) == [("a", "pruned")]
    assert await lists(client, "shop", ConfigMap) == ("", "")


async def test_nothing_is_pruned_if_an_object_fails(client: Client, namespace: str) -> None:
    await applied(client, [config_map("a"), config_map("b")])
    invalid = {**config_map("c"), "data": {"not a key": "1"}}
    with pytest.raises(OperationError) as caught:
        await applied(client, [config_map("a"), invalid, secret("s")])
    assert set(outcomes(caught.value.report)) == {("a", "unchanged"), ("c", "failed"), ("s", "created")}
    assert await lists(client, "shop") == ("ConfigMap,Secret", "")
    assert await applied(client, [config_map("a")]) == [("a", "unchanged"), ("b", "pruned"), ("s", "pruned")]
    assert await lists(client, "shop") == ("ConfigMap", "")
    assert await members(client, ApplySet("shop", namespace).id, [namespace]) == {("ConfigMap", namespace, "a")}


async def test_dry_run_reports_what_would_be_pruned(client: Client) -> None:
    await applied(client, [config_map("a"), config_map("b")])
    dry = await applied(client, [config_map("a"), secret("c")], dry_run=True)
    assert dry == [("a", "unchanged"), ("c", "created"), ("b", "pruned")]
    assert await lists(client, "shop") == ("ConfigMap", "")
    assert await Api(ConfigMap, client).get_or_none("b") is not None
    assert await applied(client, [config_map("new")], apply_set=ApplySet("other"), dry_run=True) == [("new", "created")]
    assert await lists(client, "other") is None


async def test_object_of_another_set_is_an_error_before_anything_is_written(client: Client) -> None:
    await applied(client, [config_map("a")], apply_set=ApplySet("first"))
    with pytest.raises(ApplySetError, match=r"Secret .*/second: ConfigMap a.* belongs to another set"):
        await applied(client, [config_map("new"), config_map("a")], apply_set=ApplySet("second"))
    assert await Api(Secret, client).get_or_none("second") is None
    assert await Api(ConfigMap, client).get_or_none("new") is None
    labelled = config_map("b")
    labelled["metadata"]["labels"] = {PREFIX + "part-of": "applyset-x-v1"}
    with pytest.raises(ApplySetError, match=r"the document .*b.* with the id 'applyset-x-v1'"):
        await applied(client, [labelled], apply_set=ApplySet("second"))


@one_pair
async def test_set_of_another_tool_is_refused_until_it_is_handed_over(client: Client) -> None:
    await applied(client, [config_map("a")])
    tooling = MergePatch({"metadata": {"annotations": {PREFIX + "tooling": "kubectl/v1.37.2"}}})
    await Api(Secret, client).patch("shop", tooling)
    for call in (applied(client, [config_map("b")]), remove(client, ApplySet("shop"))):
        with pytest.raises(ApplySetError, match=r"managed by 'kubectl': continue with this tool, or set"):
            await call
    assert await Api(ConfigMap, client).get_or_none("b") is None
    tooling = MergePatch({"metadata": {"annotations": {PREFIX + "tooling": "kubex/v1"}}})
    await Api(Secret, client).patch("shop", tooling)
    assert await applied(client, [config_map("b")]) == [("b", "created"), ("a", "pruned")]


@one_pair
async def test_object_that_is_not_a_parent_is_refused(client: Client) -> None:
    await Api(Secret, client).create(Secret.model_validate({"metadata": {"name": "shop"}}))
    with pytest.raises(ApplySetError, match="is not a set: choose another name"):
        await applied(client, [config_map("a")])


@one_pair
async def test_missing_namespace_of_the_set_is_an_error_with_a_remedy(client: Client) -> None:
    with pytest.raises(ApplySetError, match=r"the namespace 'missing' does not exist: create it first"):
        await applied(client, [config_map("a")], apply_set=ApplySet("shop", "missing"))
    assert await Api(ConfigMap, client).get_or_none("a") is None


@one_pair
async def test_kinds_that_the_server_no_longer_has_do_not_block_pruning(client: Client) -> None:
    await applied(client, [config_map("a"), config_map("b")])
    kinds = MergePatch(
        {"metadata": {"annotations": {PREFIX + "contains-group-kinds": "ConfigMap,Gone.example.org,Old"}}}
    )
    await Api(Secret, client).patch("shop", kinds)
    assert await applied(client, [config_map("a")]) == [("a", "unchanged"), ("b", "pruned")]
    assert await lists(client, "shop") == ("ConfigMap", "")


@one_pair
async def test_namespace_with_objects_of_the_set_is_not_pruned(client: Client, namespace: str) -> None:
    other = f"{namespace}-x"
    space: Json = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": other}}
    await applied(client, [space, config_map("a", other), config_map("b")])
    with pytest.raises(
        OperationError, match=rf"Namespace {other}.* is not in the documents, .* also delete ConfigMap {other}/a"
    ):
        await applied(client, [config_map("a", other)])
    assert await Api(ConfigMap, client).get_or_none("b") is not None, "nothing is pruned"
    assert (await Api(Namespace, client).get(other)).metadata.deletion_timestamp is None
    created, *pruned, last = await applied(client, [config_map("c")])
    assert (created, set(pruned), last) == (("c", "created"), {("a", "pruned"), ("b", "pruned")}, (other, "pruned"))


async def test_adopted_objects_are_pruned_by_the_next_apply(client: Client, namespace: str) -> None:
    shop = ApplySet("shop", namespace)
    for name in ("a", "b"):
        await Api(ConfigMap, client).create(ConfigMap.model_validate(config_map(name, x="1")))
    with pytest.raises(ApplySetError, match=r"Secret missing.* does not exist: use apply\(\)"):
        await adopt(client, shop, [config_map("a"), secret("missing")])
    assert await lists(client, "shop") is None
    assert outcomes(await adopt(client, shop, [config_map("a")], dry_run=True)) == [("a", "configured")]
    assert outcomes(await adopt(client, shop, [config_map("a"), config_map("b")])) == [
        ("a", "configured"),
        ("b", "configured"),
    ]
    assert outcomes(await adopt(client, shop, [config_map("b")])) == [("b", "unchanged")]
    assert (await Api(ConfigMap, client).get("a")).data == {"x": "1"}
    with pytest.raises(ApplySetError, match="belongs to another set"):
        await adopt(client, ApplySet("other"), [config_map("a")])
    assert await applied(client, [config_map("a")]) == [("a", "configured"), ("b", "pruned")]


async def test_remove_deletes_the_objects_and_then_the_parent(client: Client, namespace: str) -> None:
    role = f"role-{namespace}"
    await applied(client, [config_map("a"), cluster_role(role)])
    expected = [("a", "deleted"), (role, "deleted"), ("shop", "deleted")]
    assert outcomes(await remove(client, ApplySet("shop"), dry_run=True)) == expected
    assert await lists(client, "shop") is not None
    assert outcomes(await remove(client, ApplySet("shop"))) == expected
    assert await lists(client, "shop") is None
    assert await members(client, ApplySet("shop", namespace).id, [namespace]) == set()
    assert outcomes(await remove(client, ApplySet("shop"))) == [("shop", "missing")]


@one_pair
async def test_deletions_have_the_uid_as_precondition(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    await applied(embedded_client, [config_map("a")])
    uid = (await Api(ConfigMap, embedded_client).get("a")).metadata.uid
    kubex_server.clear_requests()
    await applied(embedded_client, [])
    (request,) = [request for request in kubex_server.requests if request.method == "DELETE"]
    options = json.loads(request.body)
    assert (options["preconditions"], options["propagationPolicy"]) == ({"uid": uid}, "Background")
