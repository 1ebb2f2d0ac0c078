"""delete and deletecollection: preconditions, finalizers, policies."""

from typing import Any

import pytest

CM = "configmaps"


def test_a_deleted_object_is_reported_as_a_bare_success(wire: Any) -> None:
    uid = wire.create(CM, wire.config_map("u")).document["metadata"]["uid"]
    expected = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": "u", "kind": CM, "uid": uid},
    }
    dry = wire.request("DELETE", wire.path(CM, "u", dryRun="All"))
    assert (dry.status, dry.document) == (200, expected)
    answer = wire.request("DELETE", wire.path(CM, "u"), {})
    assert (answer.status, answer.document) == (200, expected)
    assert wire.request("GET", wire.path(CM, "u")).status == 404


@pytest.mark.parametrize("precondition", ["uid", "resourceVersion"])
def test_a_precondition_that_fails_is_a_conflict_naming_the_kind(wire: Any, precondition: str) -> None:
    wire.create(CM, wire.config_map("u"))
    answer = wire.request("DELETE", wire.path(CM, "u"), {"preconditions": {precondition: "1"}})
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.document["details"] == {"name": "u", "kind": "ConfigMap"}


BAD_OPTIONS = [
    ("an unknown policy", {"propagationPolicy": "Foo"}, 422),
    ("both ways to orphan", {"orphanDependents": True, "propagationPolicy": "Background"}, 422),
    ("a dry run that is no list", {"dryRun": "All"}, 400),
    ("another kind", {"kind": "ConfigMap", "apiVersion": "v1"}, 400),
]


@pytest.mark.parametrize(("body", "status"), [row[1:] for row in BAD_OPTIONS], ids=[row[0] for row in BAD_OPTIONS])
def test_wrong_delete_options_are_refused(wire: Any, body: dict[str, Any], status: int) -> None:
    wire.create(CM, wire.config_map("u"))
    answer = wire.request("DELETE", wire.path(CM, "u"), body)
    assert answer.status == status
    if status == 422:
        assert answer.document["details"]["kind"] == "DeleteOptions"


def test_finalizers_keep_an_object_until_the_last_is_gone(wire: Any) -> None:
    wire.create(CM, wire.config_map("fin", finalizers=["example.com/x"]))
    path = wire.path(CM, "fin")
    deleted = wire.request("DELETE", path)
    metadata = deleted.document["metadata"]
    assert (deleted.status, deleted.document["kind"]) == (200, "ConfigMap")
    assert metadata["deletionTimestamp"]
    assert metadata["deletionGracePeriodSeconds"] == 0
    assert wire.request("DELETE", path).version == deleted.version
    again = wire.request("POST", wire.path(CM), wire.config_map("fin"))
    assert again.document["message"] == 'object is being deleted: configmaps "fin" already exists'
    more = wire.patch(path, {"metadata": {"finalizers": ["example.com/x", "example.com/y"]}})
    assert (more.status, more.causes) == (422, [("FieldValueForbidden", "metadata.finalizers")])
    kept = wire.patch(path, {"metadata": {"deletionTimestamp": None}})
    assert (kept.status, kept.version) == (200, deleted.version)
    gone = wire.patch(path, {"metadata": {"finalizers": None}})
    assert (gone.status, gone.version) == (200, deleted.version)
    assert "finalizers" not in gone.document["metadata"]
    assert wire.request("GET", path).status == 404


@pytest.mark.parametrize(("policy", "finalizer"), [("Foreground", "foregroundDeletion"), ("Orphan", "orphan")])
def test_policies_add_the_finalizer_of_the_garbage_collector(wire: Any, policy: str, finalizer: str) -> None:
    wire.create(CM, wire.config_map("a"))
    answer = wire.request("DELETE", wire.path(CM, "a", propagationPolicy=policy))
    assert answer.document["metadata"]["finalizers"] == [finalizer]
    assert wire.request("GET", wire.path(CM, "a")).version == answer.version


def test_delete_collection_answers_with_what_it_deleted(wire: Any) -> None:
    for name, label in (("c0", "x"), ("c1", "x"), ("c2", "y")):
        wire.create(CM, wire.config_map(name, labels={"g": label}))
    dry = wire.request("DELETE", wire.path(CM, labelSelector="g=x", dryRun="All"))
    assert dry.names == ["c0", "c1"]
    answer = wire.request("DELETE", wire.path(CM, labelSelector="g=x"))
    assert (answer.status, answer.document["kind"], answer.names) == (200, "ConfigMapList", ["c0", "c1"])
    assert wire.request("GET", wire.path(CM)).names == ["c2"]
    assert wire.request("DELETE", wire.path(CM)).names == ["c2"]
    empty = wire.request("DELETE", wire.path(CM))
    assert (empty.status, empty.document["items"]) == (200, [])
