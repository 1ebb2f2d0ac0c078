"""The controllers inside of the embedded server."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubex_testing.embedded import EmbeddedServer, Settings

CM = "configmaps"


@pytest.fixture
def local(make_wire: Any) -> Iterator[Any]:
    server = EmbeddedServer(tls=False, settings=Settings(controller_delay=0))
    with server as handle:
        yield make_wire(handle)
    assert server.failures == []


def until(check: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if check():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen within twenty seconds")


def gone(wire: Any, path: str) -> Callable[[], bool]:
    return lambda: wire.request("GET", path).status == 404


def owned(wire: Any, name: str, *owners: dict[str, Any], block: bool = False) -> dict[str, Any]:
    body: dict[str, Any] = wire.config_map(name)
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


def test_a_deleted_namespace_takes_its_contents_with_it(local: Any) -> None:
    local.create(CM, local.config_map("a"))
    namespace = f"/api/v1/namespaces/{local.namespace}"
    deleted = local.request("DELETE", namespace)
    assert deleted.document["status"]["phase"] == "Terminating"
    until(gone(local, namespace))
    assert local.request("GET", local.path(CM)).names == []


def test_a_finalizer_in_it_holds_a_namespace(local: Any) -> None:
    local.create(CM, local.config_map("held", finalizers=["example.com/x"]))
    namespace = f"/api/v1/namespaces/{local.namespace}"
    local.request("DELETE", namespace)

    def remaining() -> bool:
        conditions = local.request("GET", namespace).document["status"].get("conditions", [])
        return any(item["type"] == "NamespaceFinalizersRemaining" and item["status"] == "True" for item in conditions)

    until(remaining)
    local.patch(local.path(CM, "held"), {"metadata": {"finalizers": None}})
    until(gone(local, namespace))


def test_a_finalizer_of_its_own_holds_a_namespace(local: Any) -> None:
    namespace = f"/api/v1/namespaces/{local.namespace}"
    local.patch(namespace, {"metadata": {"finalizers": ["example.com/x"]}})
    local.request("DELETE", namespace)
    until(lambda: "finalizers" not in local.request("GET", namespace).document["spec"])
    local.patch(namespace, {"metadata": {"finalizers": None}})
    until(gone(local, namespace))


def test_what_was_under_way_when_the_server_stopped_goes_on(make_wire: Any) -> None:
    server = EmbeddedServer(tls=False, settings=Settings(controller_delay=1))
    with server as handle:
        wire = make_wire(handle)
        namespace = f"/api/v1/namespaces/{wire.namespace}"
        wire.request("DELETE", namespace)
        assert wire.request("GET", namespace).status == 200
    with server:
        until(gone(wire, namespace))


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_dependents_go_with_their_owner(local: Any, policy: str) -> None:
    owner = local.create(CM, local.config_map("owner")).document
    child = local.create(CM, owned(local, "child", owner, block=True)).document
    local.create(CM, owned(local, "grandchild", child))
    local.request("DELETE", local.path(CM, "owner", propagationPolicy=policy))
    for name in ("owner", "child", "grandchild"):
        until(gone(local, local.path(CM, name)))


def test_foreground_waits_for_a_dependent_that_blocks(local: Any) -> None:
    owner = local.create(CM, local.config_map("owner")).document
    body = owned(local, "child", owner, block=True)
    body["metadata"]["finalizers"] = ["example.com/x"]
    local.create(CM, body)
    local.request("DELETE", local.path(CM, "owner", propagationPolicy="Foreground"))
    until(lambda: "deletionTimestamp" in local.request("GET", local.path(CM, "child")).document["metadata"])
    assert local.request("GET", local.path(CM, "owner")).status == 200
    local.patch(local.path(CM, "child"), {"metadata": {"finalizers": None}})
    until(gone(local, local.path(CM, "owner")))


def test_orphans_stay_and_forget_their_owner(local: Any) -> None:
    owner = local.create(CM, local.config_map("owner")).document
    local.create(CM, owned(local, "child", owner))
    local.request("DELETE", local.path(CM, "owner", propagationPolicy="Orphan"))
    until(gone(local, local.path(CM, "owner")))
    assert "ownerReferences" not in local.request("GET", local.path(CM, "child")).document["metadata"]


def test_one_owner_left_is_enough(local: Any) -> None:
    first = local.create(CM, local.config_map("first")).document
    second = local.create(CM, local.config_map("second")).document
    local.create(CM, owned(local, "child", first, second))
    local.request("DELETE", local.path(CM, "first"))

    def one_left() -> bool:
        references = local.request("GET", local.path(CM, "child")).document["metadata"]["ownerReferences"]
        return [item["name"] for item in references] == ["second"]

    until(one_left)
    local.request("DELETE", local.path(CM, "second"))
    until(gone(local, local.path(CM, "child")))


def test_an_owner_that_never_was_takes_its_dependent(local: Any) -> None:
    stranger = {"metadata": {"name": "nobody", "uid": "00000000-0000-0000-0000-000000000000"}}
    local.create(CM, owned(local, "child", stranger))
    until(gone(local, local.path(CM, "child")))
