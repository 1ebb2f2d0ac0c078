"""`kubex_ops.delete()` on both servers."""

from typing import Any

import pytest

from behaviour.manifests import config_map, custom_resource, definition
from kubex.api import Api
from kubex.client import Client, create_client
from kubex.discovery import Discovery
from kubex.errors import Forbidden
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.core.v1 import ConfigMap, Namespace
from kubex_ops import Report, Result, apply, delete
from kubex_ops.errors import OperationError
from kubex_runtime.errors import WaitTimeout
from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio

MANAGER = "tests"


def outcomes(report: Report) -> list[tuple[str | None, str]]:
    """Return the name and the outcome of each object."""
    return [(result.document.name, result.outcome) for result in report.results]


async def create(client: Client, *objects: dict[str, Any]) -> list[dict[str, Any]]:
    """Create objects, and return them."""
    await apply(client, objects, field_manager=MANAGER)
    return list(objects)


async def test_delete_removes_the_objects_of_a_set(client: Client) -> None:
    objects = await create(client, config_map("a"), config_map("b"))
    report = await delete(client, [*objects, config_map("c")])
    assert outcomes(report) == [("a", "deleted"), ("b", "deleted"), ("c", "missing")]
    assert await Api(ConfigMap, client).get_or_none("a") is None
    assert (await delete(client, objects)).counts == {"missing": 2}


async def test_delete_goes_backwards(embedded_client: Client, kubex_server: EmbeddedServer) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    objects = await create(
        embedded_client, config_map("a"), service, namespace, definition("Order"), custom_resource("Order", "one")
    )
    seen: list[Result] = []
    report = await delete(embedded_client, objects, concurrency=1, on_result=seen.append)
    assert report.counts == {"deleted": 5}
    assert [result.document.value for result in report.results] == objects
    assert [result.document.name for result in seen] == ["web", "one", "a", "shop", "orders.example.com"]
    deletions = [each.path.rpartition("/")[2] for each in kubex_server.requests if each.method == "DELETE"]
    assert deletions == ["web", "one", "a", "shop", "orders.example.com"]


async def test_delete_waits_until_objects_are_gone(client: Client) -> None:
    objects = await create(client, config_map("a"), config_map("b", finalizers=["example.com/wait"]))
    with pytest.raises(OperationError) as raised:
        await delete(client, objects, wait=True, timeout=1.5)
    report = raised.value.report
    assert outcomes(report) == [("a", "deleted"), ("b", "failed")]
    error = report.failures[0].error
    assert isinstance(error, WaitTimeout)
    assert "ConfigMap b did not fulfil deleted(" in str(raised.value)
    assert "within 1.5 s: the object is being deleted and waits for the finalizers example.com/wait" in str(error)
    await Api(ConfigMap, client).patch("b", MergePatch({"metadata": {"finalizers": None}}))
    assert outcomes(await delete(client, objects, wait=True, timeout=20)) == [("a", "missing"), ("b", "missing")]


async def test_delete_does_not_wait_for_an_object_that_was_created_again(client: Client) -> None:
    objects = await create(client, config_map("a", finalizers=["example.com/wait"]))
    api = Api(ConfigMap, client)
    first = await api.get("a")

    async def replace() -> None:
        await api.patch("a", MergePatch({"metadata": {"finalizers": None}}))
        await create(client, config_map("a"))

    # The callback cannot wait, so the object is replaced between two calls.
    await delete(client, objects)
    await replace()
    assert (await api.get("a")).metadata.uid != first.metadata.uid
    assert outcomes(await delete(client, objects, wait=True, timeout=20)) == [("a", "deleted")]


async def test_dry_run_deletes_nothing(client: Client) -> None:
    objects = await create(client, config_map("a"))
    report = await delete(client, [*objects, config_map("b")], dry_run=True, wait=True, timeout=1)
    assert outcomes(report) == [("a", "deleted"), ("b", "missing")]
    await Api(ConfigMap, client).get("a")


async def test_objects_of_kinds_that_the_server_does_not_have_are_missing(client: Client) -> None:
    objects = [custom_resource("Nothing", "x"), definition("Unknown"), custom_resource("Unknown", "y")]
    assert (await delete(client, objects)).counts == {"missing": 3}


async def test_the_same_object_twice_is_deleted_once(client: Client) -> None:
    await create(client, config_map("a", {"color": "red"}))
    report = await delete(client, [config_map("a"), config_map("a", {"color": "blue"})])
    assert outcomes(report) == [("a", "deleted"), ("a", "missing")]


async def test_a_failed_deletion_skips_earlier_phases(
    client: Client, server: ServerHandle, backend: Backend, namespace: str
) -> None:
    outer = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    async with create_client(server.anonymous().configuration(namespace=namespace), client_class=backend) as anonymous:
        with pytest.raises(OperationError, match="1 of 2 objects failed") as raised:
            await delete(anonymous, [outer, config_map("a")], discovery=Discovery(client))
    assert [result.outcome for result in raised.value.report.results] == ["skipped", "failed"]
    assert isinstance(raised.value.report.failures[0].error, Forbidden)
    await Api(Namespace, client).get(namespace)
