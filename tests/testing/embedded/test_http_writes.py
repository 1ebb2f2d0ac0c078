"""create, replace and patch."""

from typing import Any

import pytest

CM = "configmaps"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


def test_a_created_object_gets_what_the_server_sets(wire: Any) -> None:
    body = wire.config_map("a", data={"k": "v"})
    body["metadata"].update(
        uid="mine", creationTimestamp="2000-01-01T00:00:00Z", deletionTimestamp="2000-01-01T00:00:00Z", generation=7
    )
    answer = wire.create(CM, body)
    metadata = answer.document["metadata"]
    assert list(answer.document) == ["kind", "apiVersion", "metadata", "data"]
    assert metadata["uid"] != "mine"
    assert metadata["creationTimestamp"] > "2020"
    assert "deletionTimestamp" not in metadata
    assert metadata["generation"] == 7
    assert int(answer.version) > 1
    (entry,) = metadata["managedFields"]
    assert entry.pop("time") == metadata["creationTimestamp"]
    assert entry == {
        "manager": "probe",
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:data": {".": {}, "f:k": {}}},
    }


def test_bodies_are_compact_json_with_a_newline(wire: Any) -> None:
    wire.create(CM, wire.config_map("a"))
    answer = wire.request("GET", wire.path(CM, "a"))
    assert answer.body.startswith(b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a",')
    assert answer.body.endswith(b"}}]}}\n") or answer.body.endswith(b"}}\n") or answer.body.endswith(b"]}}\n")
    assert answer.header("Cache-Control") == "no-cache, private"
    assert answer.header("Audit-Id")
    pretty = wire.request("GET", wire.path(CM, "a", pretty="true"))
    assert pretty.body.startswith(b'{\n  "kind": "ConfigMap",\n  "apiVersion": "v1",\n')


def test_a_kind_need_not_be_said(wire: Any) -> None:
    answer = wire.create(CM, {"metadata": {"name": "a"}})
    assert (answer.document["kind"], answer.document["apiVersion"]) == ("ConfigMap", "v1")


def test_a_body_without_a_content_type_is_json(wire: Any) -> None:
    answer = wire.request("POST", wire.path(CM), '{"metadata":{"name":"a"}}', content_type=None)
    assert answer.status == 201


def test_yaml_goes_in_and_comes_out(wire: Any) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yy\ndata:\n  a: 'y'\n"
    assert wire.request("POST", wire.path(CM), text, content_type="application/yaml").status == 201
    answer = wire.request("GET", wire.path(CM, "yy"), accept="application/yaml")
    assert answer.header("Content-Type") == "application/yaml"
    assert b"\nkind: ConfigMap\nmetadata:\n" in answer.body


@pytest.mark.parametrize("accept", ["*/*", None])
def test_without_a_wish_the_answer_is_json(wire: Any, accept: str | None) -> None:
    answer = wire.request("GET", wire.path(CM), accept=accept)
    assert answer.header("Content-Type") == "application/json"


@pytest.mark.parametrize("dry_run", ["", "All"])
def test_generate_name_adds_five_characters(wire: Any, dry_run: str) -> None:
    query = {"dryRun": dry_run} if dry_run else {}
    body = {"metadata": {"generateName": "g" * 250}}
    metadata = wire.request("POST", wire.path(CM, **query), body).document["metadata"]
    assert metadata["name"].startswith("g" * 58)
    assert len(metadata["name"]) == 63
    assert set(metadata["name"][58:]) <= set("bcdfghjklmnpqrstvwxz2456789")
    assert metadata["generateName"] == "g" * 250


def test_a_dry_run_answers_like_a_create_and_stores_nothing(wire: Any) -> None:
    answer = wire.request("POST", wire.path(CM, dryRun="All"), wire.config_map("dry"))
    assert answer.status == 201
    assert "resourceVersion" not in answer.document["metadata"]
    assert answer.document["metadata"]["uid"]
    assert wire.request("GET", wire.path(CM, "dry")).status == 404


UNKNOWN = '299 - "unknown field \\"foo\\""'


@pytest.mark.parametrize(("validation", "warnings"), [("", [UNKNOWN]), ("Warn", [UNKNOWN]), ("Ignore", [])])
def test_unknown_fields_are_dropped_with_a_warning(wire: Any, validation: str, warnings: list[str]) -> None:
    answer = wire.request("POST", wire.path(CM, fieldValidation=validation), wire.config_map("a", foo=1))
    assert (answer.status, answer.warnings) == (201, warnings)
    assert "foo" not in answer.document


def test_strict_validation_refuses_unknown_and_doubled_fields(wire: Any) -> None:
    path = wire.path(CM, fieldValidation="Strict")
    answer = wire.request("POST", path, wire.config_map("a", foo=1, bar={"x": 2}))
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert answer.document["message"].endswith('strict decoding error: unknown field "foo", unknown field "bar"')
    doubled = '{"metadata":{"name":"a"},"data":{"a":"1","a":"2"}}'
    answer = wire.request("POST", path, doubled)
    assert (answer.status, answer.document["message"].rpartition(": ")[2]) == (400, 'duplicate field "data.a"')


def test_a_put_without_version_wins_and_a_stale_one_conflicts(wire: Any) -> None:
    stale = wire.create(CM, wire.config_map("u", data={"k": "v"})).version
    replaced = wire.request("PUT", wire.path(CM, "u"), wire.config_map("u", data={"k": "v2"}))
    assert (replaced.status, replaced.document["data"]) == (200, {"k": "v2"})
    assert int(replaced.version) > int(stale)
    body = wire.config_map("u", data={"k": "v3"})
    body["metadata"]["resourceVersion"] = stale
    answer = wire.request("PUT", wire.path(CM, "u"), body)
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.document["details"] == {"name": "u", "kind": CM}
    assert answer.document["message"] == (
        'Operation cannot be fulfilled on configmaps "u": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_a_write_that_changes_nothing_keeps_the_version(wire: Any) -> None:
    before = wire.create(CM, wire.config_map("u", data={"k": "v"})).version
    put = wire.request("PUT", wire.path(CM, "u"), wire.config_map("u", data={"k": "v"}))
    assert (put.status, put.version) == (200, before)
    patched = wire.patch(wire.path(CM, "u"), {"data": {"k": "v"}})
    assert (patched.status, patched.version) == (200, before)


BAD_PUTS = [
    ("another name", {"name": "zz"}, 400, "BadRequest"),
    ("no name", {}, 400, "BadRequest"),
    ("another namespace", {"name": "u", "namespace": "kube-system"}, 400, "BadRequest"),
    ("another uid", {"name": "u", "uid": "wrong"}, 409, "Conflict"),
    ("a version that is no number", {"name": "u", "resourceVersion": "abc"}, 500, None),
]


@pytest.mark.parametrize(("metadata", "status", "reason"), [row[1:] for row in BAD_PUTS], ids=[r[0] for r in BAD_PUTS])
def test_a_put_must_mean_the_object_of_its_path(
    wire: Any, metadata: dict[str, str], status: int, reason: str | None
) -> None:
    wire.create(CM, wire.config_map("u"))
    answer = wire.request("PUT", wire.path(CM, "u"), {"metadata": metadata})
    assert (answer.status, answer.reason) == (status, reason)


def test_a_dry_run_of_an_update_keeps_the_object(wire: Any) -> None:
    before = wire.create(CM, wire.config_map("u", data={"k": "v"})).version
    answer = wire.request("PUT", wire.path(CM, "u", dryRun="All"), wire.config_map("u", data={"k": "dry"}))
    assert (answer.status, answer.document["data"], answer.version) == (200, {"k": "dry"}, before)
    assert wire.request("GET", wire.path(CM, "u")).document["data"] == {"k": "v"}


def test_a_merge_patch_deletes_with_null(wire: Any) -> None:
    wire.create(CM, wire.config_map("u", data={"k": "v"}))
    answer = wire.patch(wire.path(CM, "u"), {"data": {"k": None, "n": "1"}})
    assert (answer.status, answer.document["data"]) == (200, {"n": "1"})


def test_a_json_patch_applies_its_operations(wire: Any) -> None:
    wire.create(CM, wire.config_map("u", data={"k": "v"}))
    operations = [{"op": "test", "path": "/data/k", "value": "v"}, {"op": "add", "path": "/data/j", "value": "1"}]
    answer = wire.patch(wire.path(CM, "u"), operations, JSON_PATCH)
    assert (answer.status, answer.document["data"]) == (200, {"j": "1", "k": "v"})


BAD_PATCHES = [
    ("a failing test", [{"op": "test", "path": "/data/k", "value": "2"}], JSON_PATCH, 422, "Invalid"),
    ("a missing path", [{"op": "remove", "path": "/data/zzz"}], JSON_PATCH, 422, "Invalid"),
    ("no array", {"op": "remove", "path": "/data/k"}, JSON_PATCH, 400, "BadRequest"),
    ("broken JSON", "[{", JSON_PATCH, 400, "BadRequest"),
    ("an array to merge", "[1]", MERGE, 400, "BadRequest"),
    ("a wrong type", {"data": "x"}, MERGE, 422, "Invalid"),
    ("no patch type", {"data": {}}, "application/json", 415, "UnsupportedMediaType"),
    ("no type at all", '{"data":{}}', None, 415, "UnsupportedMediaType"),
    ("another name", {"metadata": {"name": "other"}}, MERGE, 400, "BadRequest"),
    ("another uid", {"metadata": {"uid": "other"}}, MERGE, 422, "Invalid"),
    ("a deletion time", {"metadata": {"deletionTimestamp": "2000-01-01T00:00:00Z"}}, MERGE, 422, "Invalid"),
    ("a stale version", {"metadata": {"resourceVersion": "1"}}, MERGE, 409, "Conflict"),
    ("an unknown directive", {"data": {"s": "1", "$patch": "merge"}}, STRATEGIC, 500, None),
]


@pytest.mark.parametrize(
    ("patch", "content_type", "status", "reason"), [row[1:] for row in BAD_PATCHES], ids=[r[0] for r in BAD_PATCHES]
)
def test_a_patch_that_does_not_apply_is_refused(
    wire: Any, patch: Any, content_type: str | None, status: int, reason: str | None
) -> None:
    wire.create(CM, wire.config_map("u", data={"k": "v"}))
    answer = wire.patch(wire.path(CM, "u"), patch, content_type)
    assert (answer.status, answer.reason) == (status, reason)


def test_unknown_fields_of_a_patch_warn_or_are_invalid(wire: Any) -> None:
    before = wire.create(CM, wire.config_map("u")).version
    answer = wire.patch(wire.path(CM, "u"), {"foo": 1})
    assert (answer.status, answer.warnings, answer.version) == (200, [UNKNOWN], before)
    strict = wire.patch(wire.path(CM, "u", fieldValidation="Strict"), {"foo": 1})
    assert (strict.status, strict.causes) == (422, [("FieldValueInvalid", "patch")])


def test_force_is_for_apply_alone(wire: Any) -> None:
    wire.create(CM, wire.config_map("u"))
    answer = wire.patch(wire.path(CM, "u", force="true"), {"data": {"z": "1"}})
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", "force")])
    assert answer.document["details"]["kind"] == "PatchOptions"


def test_a_strategic_patch_merges_lists_by_their_keys(wire: Any) -> None:
    container = {"name": "c", "image": "nginx"}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    wire.create("deployments", {"metadata": {"name": "d"}, "spec": spec}, group="apps/v1")
    path = wire.path("deployments", "d", group="apps/v1")
    changes = [{"name": "c", "image": "nginx:2"}, {"name": "side", "image": "busybox"}]
    patched = wire.patch(path, {"spec": {"template": {"spec": {"containers": changes}}}}, STRATEGIC)
    containers = patched.document["spec"]["template"]["spec"]["containers"]
    assert [(item["name"], item["image"]) for item in containers] == [("c", "nginx:2"), ("side", "busybox")]
    removal = {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}}
    patched = wire.patch(path, removal, STRATEGIC)
    assert [item["name"] for item in patched.document["spec"]["template"]["spec"]["containers"]] == ["c"]
    replaced = wire.patch(path, {"spec": {"strategy": {"$patch": "replace", "type": "Recreate"}}}, STRATEGIC)
    assert replaced.document["spec"]["strategy"] == {"type": "Recreate"}


SERVICE = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}
LEASE = {"metadata": {"name": "s"}}


@pytest.mark.parametrize(
    ("plural", "group", "body"), [("services", "", SERVICE), ("leases", "coordination.k8s.io/v1", LEASE)]
)
def test_a_replacement_of_a_missing_object_creates_it_for_some_kinds(
    wire: Any, plural: str, group: str, body: dict[str, Any]
) -> None:
    path = wire.path(plural, "s", group=group)
    with_uid = {**body, "metadata": {"name": "s", "uid": "other"}}
    refused = wire.request("PUT", path, with_uid)
    assert (refused.status, refused.reason) == (409, "Conflict")
    with_text = {**body, "metadata": {"name": "s", "resourceVersion": "text"}}
    assert wire.request("PUT", path, with_text).status == 500
    with_revision = {**body, "metadata": {"name": "s", "resourceVersion": "5"}}
    assert wire.request("PUT", path, with_revision).status == 201
    assert wire.request("PUT", path, body).status in (200, 422)  # a Lease must name its resourceVersion from now on


def test_a_replacement_of_the_status_of_a_missing_service_creates_it(wire: Any) -> None:
    assert wire.request("PUT", wire.path("services", "s", "status"), SERVICE).status == 201


def test_a_replacement_in_a_missing_namespace_is_not_found(wire: Any) -> None:
    answer = wire.request("PUT", "/api/v1/namespaces/nowhere/services/s", SERVICE)
    assert (answer.status, answer.document["details"]) == (404, {"name": "nowhere", "kind": "namespaces"})
