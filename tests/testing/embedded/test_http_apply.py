"""Server-side apply."""

import json
from typing import Any

import pytest

CM = "configmaps"
APPLY = "application/apply-patch+yaml"


def config(data: dict[str, str] | None = None, **metadata: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ap", **metadata}}
    return body if data is None else {**body, "data": data}


def apply(client: Any, body: Any, name: str = "ap", **query: str) -> Any:
    return client.patch(client.path(CM, name, **query), body, APPLY)


def test_first_apply_creates_and_an_equal_apply_changes_nothing(client: Any) -> None:
    created = apply(client, config({"a": "1", "b": "2"}), fieldManager="m1")
    assert created.status == 201
    (entry,) = created.document["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"]) == ("m1", "Apply")
    assert entry["fieldsV1"] == {"f:data": {"f:a": {}, "f:b": {}}}
    again = apply(client, config({"a": "1", "b": "2"}), fieldManager="m1")
    assert (again.status, again.resource_version) == (200, created.resource_version)


def test_an_equal_apply_of_an_empty_map_keeps_the_time_of_the_manager(client: Any) -> None:
    apply(client, config({}), fieldManager="m1")
    old = [{"op": "replace", "path": "/metadata/managedFields/0/time", "value": "2026-01-01T00:00:00Z"}]
    changed = client.patch(client.path(CM, "ap"), old, "application/json-patch+json")
    again = apply(client, config({}), fieldManager="m1")
    assert again.document["metadata"] == changed.document["metadata"]


def test_apply_accepts_yaml(client: Any) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ap\ndata:\n  c: '1'\n"
    assert apply(client, text, fieldManager="m1").status == 201


def test_apply_removes_a_field_that_the_manager_no_longer_sets(client: Any) -> None:
    apply(client, config({"a": "1", "b": "2"}), fieldManager="m1")
    assert apply(client, config({"a": "1"}), fieldManager="m1").document["data"] == {"a": "1"}


def test_apply_to_a_field_of_another_manager_conflicts_unless_forced(client: Any) -> None:
    apply(client, config({"a": "1"}), fieldManager="m1")
    answer = apply(client, config({"a": "x"}), fieldManager="m2")
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.document["message"] == 'Apply failed with 1 conflict: conflict with "m1": .data.a'
    cause = {"reason": "FieldManagerConflict", "message": 'conflict with "m1"', "field": ".data.a"}
    assert answer.document["details"] == {"causes": [cause]}
    forced = apply(client, config({"a": "x"}), fieldManager="m2", force="true")
    assert (forced.status, forced.document["data"]) == (200, {"a": "x"})
    assert [entry["manager"] for entry in forced.document["metadata"]["managedFields"]] == ["m2"]


def test_managers_share_ownership_of_equal_values(client: Any) -> None:
    apply(client, config({"a": "x"}), fieldManager="m2")
    answer = apply(client, config({"a": "x"}), fieldManager="m3")
    assert answer.status == 200
    assert {entry["manager"] for entry in answer.document["metadata"]["managedFields"]} == {"m2", "m3"}


def test_update_takes_ownership_of_changed_fields(client: Any) -> None:
    apply(client, config({"a": "x"}), fieldManager="m2")
    answer = client.patch(client.path(CM, "ap", fieldManager="upd"), {"data": {"a": "y"}})
    (entry,) = answer.document["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"], entry["fieldsV1"]) == ("upd", "Update", {"f:data": {"f:a": {}}})
    cleared = client.patch(client.path(CM, "ap"), {"metadata": {"managedFields": [{}]}})
    assert "managedFields" not in cleared.document["metadata"]


INVALID_CONFIGURATIONS = [
    ("no manager", config(), {}, 422, "Invalid"),
    ("no kind", {"metadata": {"name": "ap"}}, {"fieldManager": "m1"}, 400, "BadRequest"),
    ("managed fields", config(managedFields=[{"manager": "x"}]), {"fieldManager": "m1"}, 400, "BadRequest"),
    ("an unknown field", {**config(), "foo": 1}, {"fieldManager": "m1"}, 500, None),
    ("a uid without an object", config(uid="1"), {"fieldManager": "m1"}, 409, "Conflict"),
]


@pytest.mark.parametrize(
    ("body", "query", "status", "reason"),
    [row[1:] for row in INVALID_CONFIGURATIONS],
    ids=[row[0] for row in INVALID_CONFIGURATIONS],
)
def test_invalid_apply_configurations_are_rejected(
    client: Any, body: Any, query: dict[str, str], status: int, reason: str | None
) -> None:
    answer = apply(client, body, **query)
    assert (answer.status, answer.reason) == (status, reason)


def test_apply_with_a_resource_version_creates_or_conflicts(client: Any) -> None:
    assert apply(client, config({"c": "1"}, resourceVersion="1"), fieldManager="m1").status == 201
    answer = apply(client, config({"c": "2"}, resourceVersion="1"), fieldManager="m1", force="true")
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.document["details"] == {"name": "ap", "kind": CM}


def test_apply_to_an_existing_object_may_omit_the_name(client: Any) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "x"}}
    missing = apply(client, body, fieldManager="m1")
    assert (missing.status, missing.reason) == (400, "BadRequest")
    apply(client, config(), fieldManager="m1")
    answer = apply(client, body, fieldManager="m1")
    assert (answer.status, answer.document["metadata"]["name"]) == (200, "ap")


def test_dry_run_of_apply_creates_nothing(client: Any) -> None:
    answer = apply(client, config({"c": "1"}), fieldManager="m1", dryRun="All")
    assert answer.status == 201
    assert "resourceVersion" not in answer.document["metadata"]
    assert client.request("GET", client.path(CM, "ap")).status == 404


ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"


def last_applied(data: dict[str, str], api_version: str = "v1") -> str:
    return json.dumps({"apiVersion": api_version, "kind": "ConfigMap", "metadata": {"name": "ap"}, "data": data})


def create_with_annotation(client: Any, data: dict[str, str], annotation: str) -> None:
    """Create an object as client-side apply does."""
    body = config(data, annotations={ANNOTATION: annotation, "more": "1"})
    path = client.path(CM, fieldManager="kubectl-client-side-apply")
    assert client.request("POST", path, body).status == 201


def test_kubectl_may_change_the_fields_of_client_side_apply(client: Any) -> None:
    create_with_annotation(client, {"a": "x", "b": "x"}, last_applied({"a": "x", "b": "y"}))
    assert apply(client, config({"a": "z"}), fieldManager="other").status == 409
    answer = apply(client, config({"a": "z", "b": "z"}), fieldManager="kubectl")
    assert [cause["field"] for cause in answer.document["details"]["causes"]] == [".data.b"]
    answer = apply(client, config({"a": "<ä&>"}), fieldManager="kubectl")
    assert (answer.status, answer.document["data"]) == (200, {"a": "<ä&>", "b": "x"})
    annotations = answer.document["metadata"]["annotations"]
    data = r'{"a":"\u003cä\u0026\u003e"}'
    expected = f'{{"apiVersion":"v1","data":{data},"kind":"ConfigMap","metadata":{{"name":"ap"}}}}\n'
    assert annotations == {ANNOTATION: expected, "more": "1"}


@pytest.mark.parametrize("annotation", ["", "{", "[]", last_applied({"a": "x"}, "v2"), last_applied({"a": "y"})])
def test_kubectl_conflicts_with_client_side_apply_if_the_annotation_does_not_match(
    client: Any, annotation: str
) -> None:
    create_with_annotation(client, {"a": "x"}, annotation)
    assert apply(client, config({"a": "z"}), fieldManager="kubectl").status == 409


def test_kubectl_does_not_add_the_annotation_of_client_side_apply(client: Any) -> None:
    apply(client, config({"a": "x"}), fieldManager="kubectl")
    answer = apply(client, config({"a": "y"}), fieldManager="kubectl")
    assert "annotations" not in answer.document["metadata"]


def test_kubectl_removes_an_annotation_that_would_be_too_large(client: Any) -> None:
    create_with_annotation(client, {"a": "x"}, last_applied({"a": "x"}))
    answer = apply(client, config({"a": "x" * 300_000}), fieldManager="kubectl")
    assert (answer.status, answer.document["metadata"]["annotations"]) == (200, {"more": "1"})


def test_kubectl_applies_the_annotation_itself(client: Any) -> None:
    create_with_annotation(client, {"a": "x"}, last_applied({"a": "x"}))
    answer = apply(client, config({"a": "x"}, annotations={ANNOTATION: "old"}), fieldManager="kubectl", force="true")
    assert json.loads(answer.document["metadata"]["annotations"][ANNOTATION])["metadata"] == {
        "annotations": {},
        "name": "ap",
    }
