"""Error responses: the code, the reason and the details of kube-apiserver."""

from typing import Any

import pytest

CM = "configmaps"
DEFAULT_CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"


def details(**entries: Any) -> dict[str, Any]:
    return entries


NOT_FOUND = [
    ("an object", f"{DEFAULT_CONFIG_MAPS}/nope", 'configmaps "nope" not found', details(name="nope", kind=CM)),
    (
        "an object of a named group",
        "/apis/apps/v1/namespaces/default/deployments/x",
        'deployments.apps "x" not found',
        details(name="x", group="apps", kind="deployments"),
    ),
    (
        "an object in a namespace that is not there",
        "/api/v1/namespaces/nope/configmaps/x",
        'configmaps "x" not found',
        details(name="x", kind=CM),
    ),
    (
        "a resource of a known group",
        "/api/v1/namespaces/default/foos",
        "the server could not find the requested resource",
        {},
    ),
]


@pytest.mark.parametrize(
    ("path", "message", "details"), [row[1:] for row in NOT_FOUND], ids=[row[0] for row in NOT_FOUND]
)
def test_missing_object_is_a_404_status(client: Any, path: str, message: str, details: dict[str, Any]) -> None:
    answer = client.request("GET", path)
    assert answer.status == 404
    assert answer.header("Content-Type") == "application/json"
    assert answer.document == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": "NotFound",
        "details": details,
        "code": 404,
    }
    order = ["kind", "apiVersion", "metadata", "status", "message", "reason", "details", "code"]
    assert list(answer.document) == order


@pytest.mark.parametrize("path", ["/apis/foo.example/v1/bars", "/foo", "/readyz/nope"])
def test_unknown_group_or_path_is_a_plain_text_404(client: Any, path: str) -> None:
    answer = client.request("GET", path)
    assert (answer.status, answer.body) == (404, b"404 page not found\n")
    assert answer.header("Content-Type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_write_to_a_missing_object_is_404(client: Any, method: str) -> None:
    content_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
    body = {} if method == "DELETE" else client.config_map("missing")
    answer = client.request(method, client.path(CM, "missing"), body, content_type=content_type)
    assert (answer.status, answer.reason) == (404, "NotFound")
    assert answer.document["details"] == {"name": "missing", "kind": CM}


METHOD_NOT_ALLOWED = [
    ("PUT", DEFAULT_CONFIG_MAPS),
    ("PATCH", DEFAULT_CONFIG_MAPS),
    ("OPTIONS", DEFAULT_CONFIG_MAPS),
    ("POST", f"{DEFAULT_CONFIG_MAPS}/a"),
    ("DELETE", "/api/v1/namespaces"),
    ("POST", "/api/v1/pods"),
    ("POST", "/api/v1/namespaces/default/pods/x/status"),
    ("DELETE", "/api/v1/namespaces/default/pods/x/status"),
]


@pytest.mark.parametrize(("method", "path"), METHOD_NOT_ALLOWED)
def test_unsupported_verb_is_405(client: Any, method: str, path: str) -> None:
    content_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
    answer = client.request(method, path, {}, content_type=content_type)
    assert (answer.status, answer.reason, answer.document["details"]) == (405, "MethodNotAllowed", {})


def test_head_request_is_405_without_a_body(client: Any) -> None:
    answer = client.request("HEAD", f"{DEFAULT_CONFIG_MAPS}/a")
    assert (answer.status, answer.body) == (405, b"")


def test_creating_an_existing_name_is_already_exists(client: Any) -> None:
    client.create(CM, client.config_map("a"))
    answer = client.request("POST", client.path(CM), client.config_map("a"))
    assert (answer.status, answer.reason) == (409, "AlreadyExists")
    assert answer.document["message"] == 'configmaps "a" already exists'
    assert answer.document["details"] == {"name": "a", "kind": CM}


def test_missing_namespace_lists_nothing_and_rejects_creates(client: Any) -> None:
    listed = client.request("GET", "/api/v1/namespaces/nope/configmaps")
    assert (listed.status, listed.document["items"]) == (200, [])
    answer = client.request("POST", "/api/v1/namespaces/nope/configmaps", client.config_map("a"))
    assert (answer.status, answer.reason) == (404, "NotFound")
    assert answer.document["details"] == {"name": "nope", "kind": "namespaces"}


INVALID_BODIES = [
    ("another namespace", {"metadata": {"name": "b", "namespace": "kube-system"}}),
    ("another kind", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}}),
    ("another version", {"apiVersion": "v2", "kind": "ConfigMap", "metadata": {"name": "x"}}),
    ("broken JSON", "{bad"),
    ("nothing", ""),
    ("a wrong type", {"metadata": {"name": "x"}, "data": {"k": 1}}),
]


@pytest.mark.parametrize("body", [row[1] for row in INVALID_BODIES], ids=[row[0] for row in INVALID_BODIES])
def test_unreadable_body_is_a_bad_request(client: Any, body: Any) -> None:
    answer = client.request("POST", client.path(CM), body)
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert "details" not in answer.document


INVALID_OBJECTS = [
    ("no name", {}, [("FieldValueRequired", "metadata.name")]),
    ("a bad name", {"name": "Bad_Name"}, [("FieldValueInvalid", "metadata.name")]),
    ("a bad label", {"name": "x", "labels": {"a": "b c"}}, [("FieldValueInvalid", "metadata.labels")]),
    (
        "a bad finalizer",
        {"name": "x", "finalizers": ["nodomain"]},
        [("FieldValueInvalid", "metadata.finalizers[0]")],
    ),
    (
        "an owner without uid",
        {"name": "x", "ownerReferences": [{"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": ""}]},
        [("FieldValueRequired", "metadata.ownerReferences[0].uid")],
    ),
    (
        "two controllers",
        {
            "name": "x",
            "ownerReferences": [
                {"apiVersion": "v1", "kind": "ConfigMap", "name": name, "uid": name, "controller": True}
                for name in ("a", "b")
            ],
        },
        [("FieldValueInvalid", "metadata.ownerReferences")],
    ),
    (
        "huge annotations",
        {"name": "x", "annotations": {"a": "b" * 300_000}},
        [("FieldValueTooLong", "metadata.annotations")],
    ),
]


@pytest.mark.parametrize(
    ("metadata", "causes"), [row[1:] for row in INVALID_OBJECTS], ids=[row[0] for row in INVALID_OBJECTS]
)
def test_invalid_fields_are_named_in_the_causes(
    client: Any, metadata: dict[str, Any], causes: list[tuple[str, str]]
) -> None:
    answer = client.request("POST", client.path(CM), {"metadata": metadata})
    assert (answer.status, answer.reason) == (422, "Invalid")
    assert answer.causes == causes
    assert answer.document["details"]["kind"] == "ConfigMap"


def test_data_larger_than_one_mebibyte_is_invalid(client: Any) -> None:
    answer = client.request("POST", client.path(CM), client.config_map("big", data={"a": "b" * (1024 * 1024 + 1)}))
    assert (answer.status, answer.causes[0][0]) == (422, "FieldValueTooLong")


def test_body_larger_than_three_mebibytes_is_too_large(client: Any) -> None:
    answer = client.request("POST", client.path(CM), client.config_map("big", data={"a": "b" * (3 * 1024 * 1024 + 1)}))
    assert (answer.status, answer.reason) == (413, "RequestEntityTooLarge")


def test_create_with_a_resource_version_is_an_error(client: Any) -> None:
    body = {"metadata": {"name": "rv", "resourceVersion": "5"}}
    answer = client.request("POST", client.path(CM), body)
    assert (answer.status, answer.reason) == (500, None)
    assert answer.document["message"] == "resourceVersion should not be set on objects to be created"
    body["metadata"]["resourceVersion"] = "v1"
    assert client.request("POST", client.path(CM), body).status == 201


def test_unknown_content_type_is_415_and_unknown_accept_is_406(client: Any) -> None:
    refused = client.request("POST", client.path(CM), "x", content_type="text/plain")
    assert (refused.status, refused.reason) == (415, "UnsupportedMediaType")
    answer = client.request("GET", client.path(CM), accept="application/xml")
    assert (answer.status, answer.reason) == (406, "NotAcceptable")


INVALID_OPTIONS = [
    ("dryRun=Foo", "FieldValueNotSupported", "dryRun"),
    ("fieldValidation=Bad", "FieldValueNotSupported", "fieldValidation"),
    (f"fieldManager={'x' * 130}", "FieldValueTooLong", "fieldManager"),
]


@pytest.mark.parametrize(("query", "reason", "field"), INVALID_OPTIONS)
def test_invalid_create_options_are_rejected(client: Any, query: str, reason: str, field: str) -> None:
    answer = client.request("POST", f"{client.path(CM)}?{query}", client.config_map("x"))
    assert (answer.status, answer.causes) == (422, [(reason, field)])
    assert (answer.document["details"]["group"], answer.document["details"]["kind"]) == ("meta.k8s.io", "CreateOptions")


def test_default_namespace_cannot_be_deleted(client: Any) -> None:
    answer = client.request("DELETE", "/api/v1/namespaces/default")
    assert (answer.status, answer.reason) == (403, "Forbidden")
    assert answer.document["message"] == 'namespaces "default" is forbidden: this namespace may not be deleted'


def test_terminating_namespace_rejects_new_objects(client: Any) -> None:
    deleted = client.request("DELETE", f"/api/v1/namespaces/{client.namespace}")
    assert (deleted.status, deleted.document["status"]["phase"]) == (200, "Terminating")
    answer = client.request("POST", client.path(CM), client.config_map("x"))
    assert (answer.status, answer.reason) == (403, "Forbidden")
    assert answer.causes == [("NamespaceTerminating", "metadata.namespace")]


@pytest.mark.parametrize(
    ("method", "path", "body", "reason_phrase"),
    [
        ("GET", "/healthz", None, "OK"),
        ("POST", "/api/v1/namespaces/default/configmaps?dryRun=All", {"metadata": {"name": "a"}}, "Created"),
        ("POST", "/api/v1/namespaces/default/configmaps", {"metadata": {"name": "A"}}, "Unprocessable Entity"),
        ("POST", "/api/v1/namespaces/default/configmaps", "x" * (4 << 20), "Request Entity Too Large"),
        ("GET", "/api/v1/namespaces/default/configmaps/nope", None, "Not Found"),
        ("GET", "/nowhere", None, "Not Found"),
        ("PUT", "/api/v1/namespaces/default/configmaps", {}, "Method Not Allowed"),
    ],
)
def test_status_line_has_a_reason_phrase(client: Any, method: str, path: str, body: Any, reason_phrase: str) -> None:
    assert client.request(method, path, body).reason_phrase == reason_phrase
