"""Server-side apply."""

from typing import Any

import pytest

CM = "configmaps"
APPLY = "application/apply-patch+yaml"


def config(data: dict[str, str] | None = None, **metadata: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ap", **metadata}}
    return body if data is None else {**body, "data": data}


def apply(wire: Any, body: Any, name: str = "ap", **query: str) -> Any:
    return wire.patch(wire.path(CM, name, **query), body, APPLY)


def test_the_first_apply_creates_and_the_next_changes_nothing(wire: Any) -> None:
    created = apply(wire, config({"a": "1", "b": "2"}), fieldManager="m1")
    assert created.status == 201
    (entry,) = created.document["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"]) == ("m1", "Apply")
    assert entry["fieldsV1"] == {"f:data": {"f:a": {}, "f:b": {}}}
    again = apply(wire, config({"a": "1", "b": "2"}), fieldManager="m1")
    assert (again.status, again.version) == (200, created.version)


def test_yaml_is_what_apply_reads(wire: Any) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ap\ndata:\n  c: '1'\n"
    assert apply(wire, text, fieldManager="m1").status == 201


def test_a_field_left_out_is_removed(wire: Any) -> None:
    apply(wire, config({"a": "1", "b": "2"}), fieldManager="m1")
    assert apply(wire, config({"a": "1"}), fieldManager="m1").document["data"] == {"a": "1"}


def test_the_field_of_another_manager_conflicts_unless_forced(wire: Any) -> None:
    apply(wire, config({"a": "1"}), fieldManager="m1")
    answer = apply(wire, config({"a": "x"}), fieldManager="m2")
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.document["message"] == 'Apply failed with 1 conflict: conflict with "m1": .data.a'
    cause = {"reason": "FieldManagerConflict", "message": 'conflict with "m1"', "field": ".data.a"}
    assert answer.document["details"] == {"causes": [cause]}
    forced = apply(wire, config({"a": "x"}), fieldManager="m2", force="true")
    assert (forced.status, forced.document["data"]) == (200, {"a": "x"})
    assert [entry["manager"] for entry in forced.document["metadata"]["managedFields"]] == ["m2"]


def test_equal_values_are_owned_together(wire: Any) -> None:
    apply(wire, config({"a": "x"}), fieldManager="m2")
    answer = apply(wire, config({"a": "x"}), fieldManager="m3")
    assert answer.status == 200
    assert {entry["manager"] for entry in answer.document["metadata"]["managedFields"]} == {"m2", "m3"}


def test_an_update_takes_the_field_it_changes(wire: Any) -> None:
    apply(wire, config({"a": "x"}), fieldManager="m2")
    answer = wire.patch(wire.path(CM, "ap", fieldManager="upd"), {"data": {"a": "y"}})
    (entry,) = answer.document["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"], entry["fieldsV1"]) == ("upd", "Update", {"f:data": {"f:a": {}}})
    cleared = wire.patch(wire.path(CM, "ap"), {"metadata": {"managedFields": [{}]}})
    assert "managedFields" not in cleared.document["metadata"]


BAD = [
    ("no manager", config(), {}, 422, "Invalid"),
    ("no kind", {"metadata": {"name": "ap"}}, {"fieldManager": "m1"}, 400, "BadRequest"),
    ("managed fields", config(managedFields=[{"manager": "x"}]), {"fieldManager": "m1"}, 400, "BadRequest"),
    ("an unknown field", {**config(), "foo": 1}, {"fieldManager": "m1"}, 500, None),
    ("a uid where nothing is", config(uid="1"), {"fieldManager": "m1"}, 409, "Conflict"),
]


@pytest.mark.parametrize(("body", "query", "status", "reason"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_configuration_of_the_wrong_form_is_refused(
    wire: Any, body: Any, query: dict[str, str], status: int, reason: str | None
) -> None:
    answer = apply(wire, body, **query)
    assert (answer.status, answer.reason) == (status, reason)


def test_a_version_creates_and_a_stale_one_conflicts(wire: Any) -> None:
    assert apply(wire, config({"c": "1"}, resourceVersion="1"), fieldManager="m1").status == 201
    answer = apply(wire, config({"c": "2"}, resourceVersion="1"), fieldManager="m1", force="true")
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.document["details"] == {"name": "ap", "kind": CM}


def test_the_name_of_an_existing_object_may_be_left_to_the_path(wire: Any) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "x"}}
    missing = apply(wire, body, fieldManager="m1")
    assert (missing.status, missing.reason) == (400, "BadRequest")
    apply(wire, config(), fieldManager="m1")
    answer = apply(wire, body, fieldManager="m1")
    assert (answer.status, answer.document["metadata"]["name"]) == (200, "ap")


def test_a_dry_run_of_an_apply_creates_nothing(wire: Any) -> None:
    answer = apply(wire, config({"c": "1"}), fieldManager="m1", dryRun="All")
    assert answer.status == 201
    assert "resourceVersion" not in answer.document["metadata"]
    assert wire.request("GET", wire.path(CM, "ap")).status == 404
