"""The controllers of the embedded server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer, Settings
from support.polling import wait_until

CM = "configmaps"


@pytest.fixture
def client(make_client: Any) -> Iterator[Any]:
    server = EmbeddedServer(tls=False, settings=Settings(controller_delay=0))
    with server as handle:
        yield make_client(handle)
    assert server.failures == []


def is_deleted(client: Any, path: str) -> Callable[[], bool]:
    return lambda: client.request("GET", path).status == 404


def create_dependent(client: Any, name: str, *owners: dict[str, Any], block: bool = False) -> dict[str, Any]:
    body: dict[str, Any] = client.config_map(name)
    body["metadata"]["ownerReferences"] = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "blockOwnerDeletion": block,
        }
        for owner in owners
    ]
    return body


def test_deleting_a_namespace_deletes_its_contents(client: Any) -> None:
    client.create(CM, client.config_map("a"))
    namespace = f"/api/v1/namespaces/{client.namespace}"
    deleted = client.request("DELETE", namespace)
    assert deleted.document["status"]["phase"] == "Terminating"
    wait_until(is_deleted(client, namespace))
    assert client.request("GET", client.path(CM)).names == []


def test_finalizer_of_an_object_blocks_deletion_of_its_namespace(client: Any) -> None:
    client.create(CM, client.config_map("held", finalizers=["example.com/x"]))
    namespace = f"/api/v1/namespaces/{client.namespace}"
    client.request("DELETE", namespace)

    def remaining() -> bool:
        conditions = client.request("GET", namespace).document["status"].get("conditions", [])
        return any(item["type"] == "NamespaceFinalizersRemaining" and item["status"] == "True" for item in conditions)

    wait_until(remaining)
    client.patch(client.path(CM, "held"), {"metadata": {"finalizers": None}})
    wait_until(is_deleted(client, namespace))


def test_finalizer_of_a_namespace_blocks_its_deletion(client: Any) -> None:
    namespace = f"/api/v1/namespaces/{client.namespace}"
    client.patch(namespace, {"metadata": {"finalizers": ["example.com/x"]}})
    client.request("DELETE", namespace)
    wait_until(lambda: "finalizers" not in client.request("GET", namespace).document["spec"])
    client.patch(namespace, {"metadata": {"finalizers": None}})
    wait_until(is_deleted(client, namespace))


def test_pending_controller_work_resumes_after_a_restart(make_client: Any) -> None:
    server = EmbeddedServer(tls=False, settings=Settings(controller_delay=1))
    with server as handle:
        client = make_client(handle)
        namespace = f"/api/v1/namespaces/{client.namespace}"
        client.request("DELETE", namespace)
        assert client.request("GET", namespace).status == 200
    with server:
        wait_until(is_deleted(client, namespace))


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_deleting_an_owner_deletes_its_dependents(client: Any, policy: str) -> None:
    owner = client.create(CM, client.config_map("owner")).document
    child = client.create(CM, create_dependent(client, "child", owner, block=True)).document
    client.create(CM, create_dependent(client, "grandchild", child))
    client.request("DELETE", client.path(CM, "owner", propagationPolicy=policy))
    for name in ("owner", "child", "grandchild"):
        wait_until(is_deleted(client, client.path(CM, name)))


def test_foreground_deletion_waits_for_a_blocking_dependent(client: Any) -> None:
    owner = client.create(CM, client.config_map("owner")).document
    body = create_dependent(client, "child", owner, block=True)
    body["metadata"]["finalizers"] = ["example.com/x"]
    client.create(CM, body)
    client.request("DELETE", client.path(CM, "owner", propagationPolicy="Foreground"))
    wait_until(lambda: "deletionTimestamp" in client.request("GET", client.path(CM, "child")).document["metadata"])
    assert client.request("GET", client.path(CM, "owner")).status == 200
    client.patch(client.path(CM, "child"), {"metadata": {"finalizers": None}})
    wait_until(is_deleted(client, client.path(CM, "owner")))


def test_orphan_policy_keeps_dependents_and_removes_the_owner_reference(client: Any) -> None:
    owner = client.create(CM, client.config_map("owner")).document
    client.create(CM, create_dependent(client, "child", owner))
    client.request("DELETE", client.path(CM, "owner", propagationPolicy="Orphan"))
    wait_until(is_deleted(client, client.path(CM, "owner")))
    assert "ownerReferences" not in client.request("GET", client.path(CM, "child")).document["metadata"]


def test_dependent_with_one_remaining_owner_is_kept(client: Any) -> None:
    first = client.create(CM, client.config_map("first")).document
    second = client.create(CM, client.config_map("second")).document
    client.create(CM, create_dependent(client, "child", first, second))
    client.request("DELETE", client.path(CM, "first"))

    def has_one_owner() -> bool:
        references = client.request("GET", client.path(CM, "child")).document["metadata"]["ownerReferences"]
        return [item["name"] for item in references] == ["second"]

    wait_until(has_one_owner)
    client.request("DELETE", client.path(CM, "second"))
    wait_until(is_deleted(client, client.path(CM, "child")))


def test_dependent_of_an_owner_that_never_existed_is_deleted(client: Any) -> None:
    stranger = {"metadata": {"name": "nobody", "uid": "00000000-0000-0000-0000-000000000000"}}
    client.create(CM, create_dependent(client, "child", stranger))
    wait_until(is_deleted(client, client.path(CM, "child")))
