"""The verbs delete and deletecollection: preconditions, finalizers and propagation policies."""

from typing import Any

import pytest

CM = "configmaps"


def test_delete_returns_a_success_status(client: Any) -> None:
    uid = client.create(CM, client.config_map("u")).document["metadata"]["uid"]
    expected = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": "u", "kind": CM, "uid": uid},
    }
    dry = client.request("DELETE", client.path(CM, "u", dryRun="All"))
    assert (dry.status, dry.document) == (200, expected)
    answer = client.request("DELETE", client.path(CM, "u"), {})
    assert (answer.status, answer.document) == (200, expected)
    assert client.request("GET", client.path(CM, "u")).status == 404


@pytest.mark.parametrize("precondition", ["uid", "resourceVersion"])
def test_failed_delete_precondition_is_a_conflict_that_names_the_kind(client: Any, precondition: str) -> None:
    client.create(CM, client.config_map("u"))
    answer = client.request("DELETE", client.path(CM, "u"), {"preconditions": {precondition: "1"}})
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.document["details"] == {"name": "u", "kind": "ConfigMap"}


INVALID_OPTIONS = [
    ("an unknown policy", {"propagationPolicy": "Foo"}, 422),
    ("both ways to orphan", {"orphanDependents": True, "propagationPolicy": "Background"}, 422),
    ("a dry run that is not a list", {"dryRun": "All"}, 400),
    ("another kind", {"kind": "ConfigMap", "apiVersion": "v1"}, 400),
]


@pytest.mark.parametrize(
    ("body", "status"), [row[1:] for row in INVALID_OPTIONS], ids=[row[0] for row in INVALID_OPTIONS]
)
def test_delete_options_are_validated(client: Any, body: dict[str, Any], status: int) -> None:
    client.create(CM, client.config_map("u"))
    answer = client.request("DELETE", client.path(CM, "u"), body)
    assert answer.status == status
    if status == 422:
        assert answer.document["details"]["kind"] == "DeleteOptions"


def test_object_is_removed_with_its_last_finalizer(client: Any) -> None:
    client.create(CM, client.config_map("fin", finalizers=["example.com/x"]))
    path = client.path(CM, "fin")
    deleted = client.request("DELETE", path)
    metadata = deleted.document["metadata"]
    assert (deleted.status, deleted.document["kind"]) == (200, "ConfigMap")
    assert metadata["deletionTimestamp"]
    assert metadata["deletionGracePeriodSeconds"] == 0
    assert client.request("DELETE", path).resource_version == deleted.resource_version
    again = client.request("POST", client.path(CM), client.config_map("fin"))
    assert again.document["message"] == 'object is being deleted: configmaps "fin" already exists'
    more = client.patch(path, {"metadata": {"finalizers": ["example.com/x", "example.com/y"]}})
    assert (more.status, more.causes) == (422, [("FieldValueForbidden", "metadata.finalizers")])
    kept = client.patch(path, {"metadata": {"deletionTimestamp": None}})
    assert (kept.status, kept.resource_version) == (200, deleted.resource_version)
    gone = client.patch(path, {"metadata": {"finalizers": None}})
    assert (gone.status, gone.resource_version) == (200, deleted.resource_version)
    assert "finalizers" not in gone.document["metadata"]
    assert client.request("GET", path).status == 404


@pytest.mark.parametrize(("policy", "finalizer"), [("Foreground", "foregroundDeletion"), ("Orphan", "orphan")])
def test_propagation_policy_adds_the_garbage_collector_finalizer(client: Any, policy: str, finalizer: str) -> None:
    client.create(CM, client.config_map("a"))
    answer = client.request("DELETE", client.path(CM, "a", propagationPolicy=policy))
    assert answer.document["metadata"]["finalizers"] == [finalizer]
    assert client.request("GET", client.path(CM, "a")).resource_version == answer.resource_version


def test_delete_collection_returns_the_deleted_objects(client: Any) -> None:
    for name, label in (("c0", "x"), ("c1", "x"), ("c2", "y")):
        client.create(CM, client.config_map(name, labels={"g": label}))
    dry = client.request("DELETE", client.path(CM, labelSelector="g=x", dryRun="All"))
    assert dry.names == ["c0", "c1"]
    answer = client.request("DELETE", client.path(CM, labelSelector="g=x"))
    assert (answer.status, answer.document["kind"], answer.names) == (200, "ConfigMapList", ["c0", "c1"])
    assert client.request("GET", client.path(CM)).names == ["c2"]
    assert client.request("DELETE", client.path(CM)).names == ["c2"]
    empty = client.request("DELETE", client.path(CM))
    assert (empty.status, empty.document["items"]) == (200, [])
