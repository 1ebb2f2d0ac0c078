"""Objects of client-side apply that `kubex_ops.apply()` migrates. The reference is `kubectl apply --server-side`."""

import json
from pathlib import Path
from typing import Any

import pytest

from behaviour.namespace_factory import NamespaceFactory
from kubex.api import Api
from kubex.client import Client
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_ops import apply
from kubex_ops._plan.managed_fields import LAST_APPLIED
from kubex_testing import ServerHandle
from support.backend_pairs import PAIRS
from support.kubectl import Kubectl, require_kubectl
from support.resources import ManagedConfigMap

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


def config_map(data: Json, **metadata: Any) -> Json:
    """Return a document of a ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", **metadata}, "data": data}


def deployment(image: str, *, replicas: int | None = None, **containers: str) -> Json:
    """Return a document of a Deployment with a container `main`, and containers for the other arguments."""
    images = {"main": image, **containers}
    spec: Json = {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": name, "image": each} for name, each in images.items()]},
        },
    }
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


# The documents before and after, the first command of kubectl, and the field manager of the server-side apply.
CASES: dict[str, tuple[Json, Json, tuple[str, ...], str]] = {
    "a key is removed": (config_map({"a": "1", "b": "2"}), config_map({"a": "1"}), ("apply",), "kubectl"),
    "a value is changed": (config_map({"a": "1"}), config_map({"a": "2"}), ("apply",), "kubectl"),
    "labels": (config_map({}, labels={"a": "1", "b": "2"}), config_map({}, labels={"b": "2"}), ("apply",), "kubectl"),
    "saved by create": (
        config_map({"a": "1", "b": "2"}),
        config_map({"a": "1"}),
        ("create", "--save-config"),
        "kubectl",
    ),
    "another manager": (config_map({"a": "1", "b": "2"}), config_map({"a": "1"}), ("apply",), "deployer"),
    "the name of client-side apply": (
        config_map({"a": "1", "b": "2"}),
        config_map({"a": "1"}),
        ("apply", "--field-manager=deployer"),
        "deployer",
    ),
    "a container is removed": (
        deployment("app:1", replicas=2, proxy="proxy:1"),
        deployment("app:2"),
        ("apply",),
        "kubectl",
    ),
    "server-side before": (
        config_map({"a": "1", "b": "2"}),
        config_map({"a": "1"}),
        ("apply", "--server-side"),
        "kubectl",
    ),
}


def comparable(kubectl: Kubectl, document: Json) -> Json:
    """Return a stored object without the values that differ between two objects with the same content."""
    resource = f"{document['kind']}/{document['metadata']['name']}"
    stored: Json = json.loads(kubectl.output("get", resource, "-o", "json", "--show-managed-fields"))
    metadata = stored["metadata"]
    for name in ("uid", "resourceVersion", "creationTimestamp", "namespace"):
        del metadata[name]
    if LAST_APPLIED in metadata.get("annotations", {}):
        annotation = json.loads(metadata["annotations"][LAST_APPLIED])
        metadata["annotations"][LAST_APPLIED] = {**annotation, "metadata": {**annotation["metadata"], "namespace": ""}}
    # Controllers write the status of Deployments later.
    metadata["managedFields"] = [
        {**entry, "time": ""} for entry in metadata["managedFields"] if "subresource" not in entry
    ]
    annotations = metadata.get("annotations", {})
    annotations.pop("deployment.kubernetes.io/revision", None)
    return {**stored, "status": None}


@pytest.mark.parametrize("pair", PAIRS[:1], ids=str)  # the requests do not depend on the HTTP library
@pytest.mark.parametrize("case", CASES)
async def test_migration_has_the_result_of_kubectl(
    client: Client, server: ServerHandle, namespace: str, namespace_factory: NamespaceFactory, tmp_path: Path, case: str
) -> None:
    old, new, command, field_manager = CASES[case]
    states: list[Json] = []
    for each in (namespace, namespace_factory.create()):
        kubeconfig = server.write_kubeconfig(tmp_path / each, each)
        kubectl = Kubectl(require_kubectl(), kubeconfig, each)
        kubectl.output(*command, "-f", "-", stdin=json.dumps(old).encode())
        if each == namespace:
            await apply(client, [new], field_manager=field_manager, force=True)
        else:
            options = ("--server-side", "--force-conflicts", f"--field-manager={field_manager}")
            kubectl.output("apply", *options, "-f", "-", stdin=json.dumps(new).encode())
        states.append(comparable(kubectl, new))
    assert states[0] == states[1]


async def create_client_side(client: Client, manager: str = "kubectl-client-side-apply") -> None:
    """Create the ConfigMap `one` with the keys a and b as client-side apply does."""
    document = config_map({"a": "1", "b": "2"}, annotations={LAST_APPLIED: "{}"})
    await Api(ConfigMap, client).create(ConfigMap.model_validate(document), field_manager=manager)


async def stored(client: Client) -> tuple[Any, set[Any]]:
    """Return the data of the ConfigMap `one`, and its managers."""
    obj = await Api(ManagedConfigMap, client).get("one")
    return obj.data, {(entry.manager, entry.operation) for entry in obj.metadata.managed_fields or []}


async def test_apply_removes_fields_that_client_side_apply_has_set(client: Client) -> None:
    await create_client_side(client)
    report = await apply(client, [config_map({"a": "1"})], field_manager="me")
    assert [result.outcome for result in report.results] == ["configured"]
    assert await stored(client) == ({"a": "1"}, {("me", "Apply")})
    report = await apply(client, [config_map({"a": "1"})], field_manager="me")
    assert [result.outcome for result in report.results] == ["unchanged"]


async def test_migrate_from_names_other_managers(client: Client) -> None:
    await create_client_side(client, "old-tool")
    document = config_map({"a": "1"}, annotations={LAST_APPLIED: "{}"})
    await apply(client, [document], field_manager="me", migrate_from=())
    assert await stored(client) == ({"a": "1", "b": "2"}, {("me", "Apply"), ("old-tool", "Update")})
    await apply(client, [document], field_manager="me", migrate_from=("old-tool",))
    assert await stored(client) == ({"a": "1"}, {("me", "Apply")})


async def test_dry_run_does_not_migrate(client: Client) -> None:
    await create_client_side(client)
    await apply(client, [config_map({"a": "1"})], field_manager="me", dry_run=True)
    assert await stored(client) == ({"a": "1", "b": "2"}, {("kubectl-client-side-apply", "Update")})
