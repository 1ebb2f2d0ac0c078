"""Apply random sets with an interruption and then again, and compare the result with an uninterrupted apply.

PYTHONPATH=tests uv run python -m ops.interrupted_applies 500
"""

import sys
from random import Random
from typing import Any

import anyio

from behaviour.manifests import config_map, custom_resource, definition
from kubex.client import Client, create_client
from kubex.discovery import Discovery
from kubex_ops import Result, apply
from kubex_ops._prepare import prepare
from kubex_ops._requests import ObjectRequests
from kubex_ops.errors import OperationError
from kubex_testing.embedded import Answer, Drop, EmbeddedServer, FaultAction, RecordedRequest
from runtime.machine.server_model import seeded

MANAGER = "tests"
_OF_ONE_OBJECT = ("uid", "resourceVersion", "creationTimestamp")
_FAULTS: tuple[FaultAction, ...] = (
    Answer(500, b"broken"),
    Answer(403, b"forbidden"),
    Drop("request"),
    Drop("response"),
)


def random_set(random: Random) -> list[dict[str, Any]]:
    """Return 1 to 20 objects in any order, with the namespaces and definitions that they need."""
    namespaces = [f"space-{number}" for number in range(random.randint(0, 2))]
    kinds = [f"Thing{number}" for number in range(random.randint(0, 2))]
    objects = [_namespace(name) for name in namespaces] + [definition(kind) for kind in kinds]
    for number in range(random.randint(1, 20 - len(objects))):
        name, namespace = f"object-{number}", random.choice(["default", *namespaces])
        kind = random.choice(["ConfigMap", "Role", "ServiceAccount", "Service", *kinds])
        objects.append(_object(kind, name, namespace, random))
    random.shuffle(objects)
    return objects


def _namespace(name: str) -> dict[str, Any]:
    # Without a label, the object would not have fields that a manager owns.
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"tests": "yes"}}}


def _object(kind: str, name: str, namespace: str, random: Random) -> dict[str, Any]:
    if kind == "ConfigMap":
        return config_map(name, {str(number): "x" for number in range(random.randint(1, 3))}, namespace=namespace)
    if kind.startswith("Thing"):
        return custom_resource(kind, name, namespace=namespace)
    metadata = {"name": name, "namespace": namespace, "labels": {"tests": "yes"}}
    if kind == "Service":
        return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": {"ports": [{"port": 80}]}}
    if kind == "Role":
        rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
        return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata, "rules": rules}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata}


async def stored_objects(client: Client, objects: list[dict[str, Any]]) -> list[Any]:
    """Return the stored objects, without what differs between two objects with the same content."""
    requests = ObjectRequests(client)
    items = await prepare(requests, Discovery(client), objects, None)
    return [None if item.path is None else content_of(await requests.get(item.path)) for item in items]


def content_of(stored: dict[str, Any] | None) -> object:
    """Return an object without its status, and without what differs between two objects with the same content."""
    if stored is None:
        return None
    metadata = {name: value for name, value in stored["metadata"].items() if name not in _OF_ONE_OBJECT}
    entries = [each for each in metadata.get("managedFields", ()) if each.get("subresource") != "status"]
    metadata["managedFields"] = [{name: value for name, value in each.items() if name != "time"} for each in entries]
    stored.get("spec", {}).pop("clusterIP", None)
    stored.get("spec", {}).pop("clusterIPs", None)
    stored.pop("status", None)
    return {**stored, "metadata": metadata}


async def apply_interrupted(
    client: Client, server: EmbeddedServer, objects: list[dict[str, Any]], random: Random
) -> str:
    """Apply a set with an interruption at a random request, and return its description."""
    position, concurrency = random.randint(1, len(objects)), random.choice([1, 2, 8])
    fault = random.choice([None, *_FAULTS])
    if fault is None:
        with anyio.CancelScope() as scope:
            seen: list[Result] = []

            def on_result(result: Result) -> None:
                seen.append(result)
                if len(seen) == position:
                    scope.cancel()

            await apply(client, objects, field_manager=MANAGER, on_result=on_result, concurrency=concurrency)
        return f"cancelled after {position} results"
    writes = 0

    def is_at_position(request: RecordedRequest) -> bool:
        nonlocal writes
        writes += request.method == "PATCH"
        return request.method == "PATCH" and writes >= position

    with server.inject(is_at_position, fault, times=random.choice([1, None])):
        try:
            await apply(client, objects, field_manager=MANAGER, concurrency=concurrency)
        except OperationError as error:
            return f"{fault!r} at write {position}: {error.report}"
    return f"{fault!r} at write {position}: no error"


async def check(client: Client, server: EmbeddedServer, seed: int) -> str:
    """Compare an interrupted apply that is repeated with one that is not; return what was interrupted."""
    random = seeded(seed)
    objects = random_set(random)
    server.reset()
    await apply(client, objects, field_manager=MANAGER)
    expected = await stored_objects(client, objects)
    assert None not in expected
    server.reset()
    interruption = await apply_interrupted(client, server, objects, random)
    await apply(client, objects, field_manager=MANAGER)
    assert await stored_objects(client, objects) == expected, f"seed {seed}: {interruption}"
    report = await apply(client, objects, field_manager=MANAGER)
    assert report.counts == {"unchanged": len(objects)}, f"seed {seed}: {interruption}"
    return interruption


async def main(count: int) -> None:
    """Check sets with the seeds from 0."""
    server = EmbeddedServer()
    async with server as handle, create_client(handle.configuration()) as client:
        for seed in range(count):
            await check(client, server, seed)
    sys.stdout.write(f"{count} sets: each repeated apply has the result of one that was not interrupted\n")


if __name__ == "__main__":
    anyio.run(main, int(sys.argv[1]))
