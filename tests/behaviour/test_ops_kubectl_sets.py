"""kubectl continues apply sets of `kubex_ops`, and the other way round, after the set is handed over."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from behaviour.apply_sets import PREFIX, Json, cluster_role, config_map, lists, members, outcomes, secret
from behaviour.namespace_factory import NamespaceFactory
from kubex.api import Api
from kubex.client import Client
from kubex.errors import NotFound
from kubex.patch import MergePatch
from kubex_k8s.v1_37.core.v1 import Secret
from kubex_ops import ApplySet, apply
from kubex_ops.errors import ApplySetError
from kubex_testing import ServerHandle
from support.backend_pairs import PAIRS
from support.kubectl import LIMIT, Kubectl, environment, require_kubectl

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("pair", PAIRS[:1], ids=str),  # the requests do not depend on the HTTP library
]

KubectlApply = Callable[[list[Json]], "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def kubectl_apply(server: ServerHandle, namespace: str, tmp_path: Path) -> KubectlApply:
    """Return a function that applies documents with kubectl and the set `shop`."""
    kubectl = Kubectl(require_kubectl(), server.write_kubeconfig(tmp_path / "kubeconfig", namespace), namespace)
    options = ("--server-side", "--prune", "--applyset=shop", f"--namespace={namespace}", "-f", "-")

    def run(documents: list[Json]) -> "subprocess.CompletedProcess[bytes]":
        stdin = b"\n---\n".join(json.dumps(document).encode() for document in documents)
        return subprocess.run(
            kubectl.command("apply", *options),
            input=stdin,
            capture_output=True,
            timeout=LIMIT,
            check=False,
            env={**environment(), "KUBECTL_APPLYSET": "true"},
        )

    return run


async def hand_over(client: Client, tool: str) -> None:
    """Set the tool that manages the set."""
    await Api(Secret, client).patch("shop", MergePatch({"metadata": {"annotations": {PREFIX + "tooling": tool}}}))


async def test_kubectl_continues_a_set_after_it_is_handed_over(
    client: Client, namespace: str, kubectl_apply: KubectlApply
) -> None:
    role, shop = f"role-{namespace}", ApplySet("shop", namespace)
    await apply(
        client, [config_map("a", x="1"), config_map("b", x="1"), cluster_role(role)], field_manager="me", apply_set=shop
    )
    refused = kubectl_apply([config_map("a", x="1")])
    assert b'managed by tooling "kubex" instead of "kubectl"' in refused.stderr
    await hand_over(client, "kubectl/v1.37.2")
    done = kubectl_apply([config_map("a", x="1"), secret("c")])
    assert done.returncode == 0, done.stderr
    assert await members(client, shop.id, [namespace]) == {("ConfigMap", namespace, "a"), ("Secret", namespace, "c")}
    with pytest.raises(ApplySetError, match="managed by 'kubectl'"):
        await apply(client, [config_map("a", x="1")], field_manager="me", apply_set=shop)
    await hand_over(client, "kubex/v1")
    report = await apply(client, [config_map("a", x="1")], field_manager="kubectl", apply_set=shop)
    assert outcomes(report) == [("a", "unchanged"), ("c", "pruned")]


async def test_sets_of_kubectl_are_continued_after_they_are_handed_over(
    client: Client, namespace: str, namespace_factory: NamespaceFactory, kubectl_apply: KubectlApply
) -> None:
    shop = ApplySet("shop", namespace)
    # kubectl rejects objects of other namespaces, so the set has one.
    done = kubectl_apply([config_map("a", x="1"), config_map("b", x="1"), secret("c")])
    assert done.returncode == 0, done.stderr
    before = await Api(Secret, client).metadata.get("shop")
    await hand_over(client, "kubex/v1")
    documents = [config_map("a", x="1"), config_map("b", x="1"), secret("c")]
    report = await apply(client, documents, field_manager="kubectl", apply_set=shop)
    assert {result.outcome for result in report.results} == {"unchanged"}, outcomes(report)
    after = await Api(Secret, client).metadata.get("shop")
    assert before.metadata.labels == after.metadata.labels
    for name in ("contains-group-kinds", "additional-namespaces"):
        assert (before.metadata.annotations or {})[PREFIX + name] == (after.metadata.annotations or {})[PREFIX + name]
    await apply(client, documents[:1], field_manager="kubectl", apply_set=shop)
    assert await members(client, shop.id, [namespace]) == {("ConfigMap", namespace, "a")}
    assert await lists(client, "shop") == ("ConfigMap", "")
    with pytest.raises(NotFound):
        await Api(Secret, client).get("c")
