"""The verbs create, update and patch."""

from typing import Any

import pytest

CM = "configmaps"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


def test_created_object_has_the_fields_that_the_server_sets(client: Any) -> None:
    body = client.config_map("a", data={"k": "v"})
    body["metadata"].update(
        uid="mine", creationTimestamp="2000-01-01T00:00:00Z", deletionTimestamp="2000-01-01T00:00:00Z", generation=7
    )
    answer = client.create(CM, body)
    metadata = answer.document["metadata"]
    assert list(answer.document) == ["kind", "apiVersion", "metadata", "data"]
    assert metadata["uid"] != "mine"
    assert metadata["creationTimestamp"] > "2020"
    assert "deletionTimestamp" not in metadata
    assert metadata["generation"] == 7
    assert int(answer.resource_version) > 1
    (entry,) = metadata["managedFields"]
    assert entry.pop("time") == metadata["creationTimestamp"]
    assert entry == {
        "manager": "probe",
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:data": {".": {}, "f:k": {}}},
    }


def test_response_bodies_are_compact_json_with_a_newline(client: Any) -> None:
    client.create(CM, client.config_map("a"))
    answer = client.request("GET", client.path(CM, "a"))
    assert answer.body.startswith(b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a",')
    assert answer.body.endswith(b"}}]}}\n") or answer.body.endswith(b"}}\n") or answer.body.endswith(b"]}}\n")
    assert answer.header("Cache-Control") == "no-cache, private"
    assert answer.header("Audit-Id")
    pretty = client.request("GET", client.path(CM, "a", pretty="true"))
    assert pretty.body.startswith(b'{\n  "kind": "ConfigMap",\n  "apiVersion": "v1",\n')


def test_create_may_omit_the_kind(client: Any) -> None:
    answer = client.create(CM, {"metadata": {"name": "a"}})
    assert (answer.document["kind"], answer.document["apiVersion"]) == ("ConfigMap", "v1")


def test_body_without_a_content_type_is_json(client: Any) -> None:
    answer = client.request("POST", client.path(CM), '{"metadata":{"name":"a"}}', content_type=None)
    assert answer.status == 201


def test_yaml_is_accepted_in_requests_and_sent_in_responses(client: Any) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yy\ndata:\n  a: 'y'\n"
    assert client.request("POST", client.path(CM), text, content_type="application/yaml").status == 201
    answer = client.request("GET", client.path(CM, "yy"), accept="application/yaml")
    assert answer.header("Content-Type") == "application/yaml"
    assert b"\nkind: ConfigMap\nmetadata:\n" in answer.body


@pytest.mark.parametrize("accept", ["*/*", None])
def test_response_without_an_accept_header_is_json(client: Any, accept: str | None) -> None:
    answer = client.request("GET", client.path(CM), accept=accept)
    assert answer.header("Content-Type") == "application/json"


@pytest.mark.parametrize("dry_run", ["", "All"])
def test_generate_name_adds_five_characters(client: Any, dry_run: str) -> None:
    query = {"dryRun": dry_run} if dry_run else {}
    body = {"metadata": {"generateName": "g" * 250}}
    metadata = client.request("POST", client.path(CM, **query), body).document["metadata"]
    assert metadata["name"].startswith("g" * 58)
    assert len(metadata["name"]) == 63
    assert set(metadata["name"][58:]) <= set("bcdfghjklmnpqrstvwxz2456789")
    assert metadata["generateName"] == "g" * 250


def test_dry_run_of_create_returns_the_object_and_stores_nothing(client: Any) -> None:
    answer = client.request("POST", client.path(CM, dryRun="All"), client.config_map("dry"))
    assert answer.status == 201
    assert "resourceVersion" not in answer.document["metadata"]
    assert answer.document["metadata"]["uid"]
    assert client.request("GET", client.path(CM, "dry")).status == 404


UNKNOWN_FIELD_WARNING = '299 - "unknown field \\"foo\\""'


@pytest.mark.parametrize(
    ("validation", "warnings"), [("", [UNKNOWN_FIELD_WARNING]), ("Warn", [UNKNOWN_FIELD_WARNING]), ("Ignore", [])]
)
def test_unknown_fields_are_dropped_with_a_warning(client: Any, validation: str, warnings: list[str]) -> None:
    answer = client.request("POST", client.path(CM, fieldValidation=validation), client.config_map("a", foo=1))
    assert (answer.status, answer.warnings) == (201, warnings)
    assert "foo" not in answer.document


def test_strict_validation_rejects_unknown_and_duplicate_fields(client: Any) -> None:
    path = client.path(CM, fieldValidation="Strict")
    answer = client.request("POST", path, client.config_map("a", foo=1, bar={"x": 2}))
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert answer.document["message"].endswith('strict decoding error: unknown field "foo", unknown field "bar"')
    doubled = '{"metadata":{"name":"a"},"data":{"a":"1","a":"2"}}'
    answer = client.request("POST", path, doubled)
    assert (answer.status, answer.document["message"].rpartition(": ")[2]) == (400, 'duplicate field "data.a"')


def test_update_without_resource_version_overwrites_and_a_stale_one_conflicts(client: Any) -> None:
    stale = client.create(CM, client.config_map("u", data={"k": "v"})).resource_version
    replaced = client.request("PUT", client.path(CM, "u"), client.config_map("u", data={"k": "v2"}))
    assert (replaced.status, replaced.document["data"]) == (200, {"k": "v2"})
    assert int(replaced.resource_version) > int(stale)
    body = client.config_map("u", data={"k": "v3"})
    body["metadata"]["resourceVersion"] = stale
    answer = client.request("PUT", client.path(CM, "u"), body)
    assert (answer.status, answer.reason) == (409, "Conflict")
    assert answer.document["details"] == {"name": "u", "kind": CM}
    assert answer.document["message"] == (
        'Operation cannot be fulfilled on configmaps "u": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_write_without_a_change_keeps_the_resource_version(client: Any) -> None:
    before = client.create(CM, client.config_map("u", data={"k": "v"})).resource_version
    put = client.request("PUT", client.path(CM, "u"), client.config_map("u", data={"k": "v"}))
    assert (put.status, put.resource_version) == (200, before)
    patched = client.patch(client.path(CM, "u"), {"data": {"k": "v"}})
    assert (patched.status, patched.resource_version) == (200, before)


INVALID_UPDATES = [
    ("another name", {"name": "zz"}, 400, "BadRequest"),
    ("no name", {}, 400, "BadRequest"),
    ("another namespace", {"name": "u", "namespace": "kube-system"}, 400, "BadRequest"),
    ("another uid", {"name": "u", "uid": "wrong"}, 409, "Conflict"),
    ("a version that is not a number", {"name": "u", "resourceVersion": "abc"}, 500, None),
]


@pytest.mark.parametrize(
    ("metadata", "status", "reason"), [row[1:] for row in INVALID_UPDATES], ids=[r[0] for r in INVALID_UPDATES]
)
def test_update_body_must_match_the_path(
    client: Any, metadata: dict[str, str], status: int, reason: str | None
) -> None:
    client.create(CM, client.config_map("u"))
    answer = client.request("PUT", client.path(CM, "u"), {"metadata": metadata})
    assert (answer.status, answer.reason) == (status, reason)


def test_dry_run_of_update_stores_nothing(client: Any) -> None:
    before = client.create(CM, client.config_map("u", data={"k": "v"})).resource_version
    answer = client.request("PUT", client.path(CM, "u", dryRun="All"), client.config_map("u", data={"k": "dry"}))
    assert (answer.status, answer.document["data"], answer.resource_version) == (200, {"k": "dry"}, before)
    assert client.request("GET", client.path(CM, "u")).document["data"] == {"k": "v"}


def test_merge_patch_deletes_with_null(client: Any) -> None:
    client.create(CM, client.config_map("u", data={"k": "v"}))
    answer = client.patch(client.path(CM, "u"), {"data": {"k": None, "n": "1"}})
    assert (answer.status, answer.document["data"]) == (200, {"n": "1"})


def test_json_patch_applies_its_operations(client: Any) -> None:
    client.create(CM, client.config_map("u", data={"k": "v"}))
    operations = [{"op": "test", "path": "/data/k", "value": "v"}, {"op": "add", "path": "/data/j", "value": "1"}]
    answer = client.patch(client.path(CM, "u"), operations, JSON_PATCH)
    assert (answer.status, answer.document["data"]) == (200, {"j": "1", "k": "v"})


INVALID_PATCHES = [
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
    ("patch", "content_type", "status", "reason"),
    [row[1:] for row in INVALID_PATCHES],
    ids=[r[0] for r in INVALID_PATCHES],
)
def test_json_patch_that_does_not_apply_is_rejected(
    client: Any, patch: Any, content_type: str | None, status: int, reason: str | None
) -> None:
    client.create(CM, client.config_map("u", data={"k": "v"}))
    answer = client.patch(client.path(CM, "u"), patch, content_type)
    assert (answer.status, answer.reason) == (status, reason)


def test_unknown_fields_of_a_patch_are_a_warning_or_invalid(client: Any) -> None:
    before = client.create(CM, client.config_map("u")).resource_version
    answer = client.patch(client.path(CM, "u"), {"foo": 1})
    assert (answer.status, answer.warnings, answer.resource_version) == (200, [UNKNOWN_FIELD_WARNING], before)
    strict = client.patch(client.path(CM, "u", fieldValidation="Strict"), {"foo": 1})
    assert (strict.status, strict.causes) == (422, [("FieldValueInvalid", "patch")])


def test_force_is_allowed_only_for_apply(client: Any) -> None:
    client.create(CM, client.config_map("u"))
    answer = client.patch(client.path(CM, "u", force="true"), {"data": {"z": "1"}})
    assert (answer.status, answer.causes) == (422, [("FieldValueForbidden", "force")])
    assert answer.document["details"]["kind"] == "PatchOptions"


def test_strategic_merge_patch_merges_lists_by_key(client: Any) -> None:
    container = {"name": "c", "image": "nginx"}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    client.create("deployments", {"metadata": {"name": "d"}, "spec": spec}, group="apps/v1")
    path = client.path("deployments", "d", group="apps/v1")
    changes = [{"name": "c", "image": "nginx:2"}, {"name": "side", "image": "busybox"}]
    patched = client.patch(path, {"spec": {"template": {"spec": {"containers": changes}}}}, STRATEGIC)
    containers = patched.document["spec"]["template"]["spec"]["containers"]
    assert [(item["name"], item["image"]) for item in containers] == [("c", "nginx:2"), ("side", "busybox")]
    removal = {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}}
    patched = client.patch(path, removal, STRATEGIC)
    assert [item["name"] for item in patched.document["spec"]["template"]["spec"]["containers"]] == ["c"]
    replaced = client.patch(path, {"spec": {"strategy": {"$patch": "replace", "type": "Recreate"}}}, STRATEGIC)
    assert replaced.document["spec"]["strategy"] == {"type": "Recreate"}


SERVICE = {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}
LEASE = {"metadata": {"name": "s"}}


@pytest.mark.parametrize(
    ("plural", "group", "body"), [("services", "", SERVICE), ("leases", "coordination.k8s.io/v1", LEASE)]
)
def test_update_of_a_missing_object_creates_it_for_some_kinds(
    client: Any, plural: str, group: str, body: dict[str, Any]
) -> None:
    path = client.path(plural, "s", group=group)
    with_uid = {**body, "metadata": {"name": "s", "uid": "other"}}
    refused = client.request("PUT", path, with_uid)
    assert (refused.status, refused.reason) == (409, "Conflict")
    with_text = {**body, "metadata": {"name": "s", "resourceVersion": "text"}}
    assert client.request("PUT", path, with_text).status == 500
    with_revision = {**body, "metadata": {"name": "s", "resourceVersion": "5"}}
    assert client.request("PUT", path, with_revision).status == 201
    assert client.request("PUT", path, body).status in (200, 422)  # an existing Lease requires a resourceVersion


def test_status_update_of_a_missing_service_creates_it(client: Any) -> None:
    assert client.request("PUT", client.path("services", "s", "status"), SERVICE).status == 201


def test_update_in_a_missing_namespace_is_not_found(client: Any) -> None:
    answer = client.request("PUT", "/api/v1/namespaces/nowhere/services/s", SERVICE)
    assert (answer.status, answer.document["details"]) == (404, {"name": "nowhere", "kind": "namespaces"})
