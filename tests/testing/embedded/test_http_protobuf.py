"""Requests with bodies in protobuf, which client-go sends for built-in kinds. Both servers get the same bytes."""

from typing import Any

import pytest

from support.protobuf_messages import MAGIC, MEDIA_TYPE, envelope, field, object_meta, string_map

NOT_PROTOBUF = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"
ACCEPTED = "the body of the request was in an unknown format - accepted media types include:"
TEXT_TYPES = "application/json, application/yaml"


def send(client: Any, method: str, path: str, body: bytes) -> Any:
    return client.request(method, path, body, content_type=MEDIA_TYPE)


def unregistered(kind: str, version: str) -> str:
    return f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty data (<empty>)"),
        (b"hello", f"{NOT_PROTOBUF} (68656c6c6f)"),
        (b"x" * 30, f"{NOT_PROTOBUF} ({'78' * 30})"),
        (b"x" * 31, f"{NOT_PROTOBUF} ({'78' * 30} ...)"),
        (MAGIC, "empty body (6b387300)"),
        (MAGIC + field(1, 5), "proto: wrong wireType = 0 for field TypeMeta (6b3873000805)"),
        (MAGIC + b"\x0a\x05", "unexpected EOF (6b3873000a05)"),
    ],
    ids=range(7),
)
def test_body_without_a_message_is_400(client: Any, body: bytes, message: str) -> None:
    answer = send(client, "POST", client.path("configmaps"), body)
    assert (answer.status, answer.reason) == (400, "BadRequest")
    assert answer.document["message"] == f"the object provided is unrecognized (must be of type ConfigMap): {message}"


@pytest.mark.parametrize(
    ("kind", "version", "detail"),
    [
        ("Nope", "v1", unregistered("Nope", "v1")),
        ("Nope", "ex.io/v1", unregistered("Nope", "ex.io/v1")),
        ("ConfigMap", "v9", unregistered("ConfigMap", "v9")),
        ("Secret", "v1", "converting (v1.Secret) to (core.ConfigMap): unknown conversion"),
        ("ConfigMapList", "v1", "converting (v1.ConfigMapList) to (core.ConfigMap): unknown conversion"),
        ("DeleteOptions", "v1", "converting (v1.DeleteOptions) to (core.ConfigMap): unknown conversion"),
    ],
)
def test_body_of_another_kind_is_400(client: Any, kind: str, version: str, detail: str) -> None:
    answer = send(client, "POST", client.path("configmaps"), envelope(kind, version))
    short = version.rpartition("/")[2]
    message = f'{kind} in version "{short}" cannot be handled as a ConfigMap: {detail}'
    assert (answer.status, answer.reason, answer.document["message"]) == (400, "BadRequest", message)


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (field(1, 5), "proto: wrong wireType = 0 for field ObjectMeta"),
        (field(1, field(5, 5)), "proto: wrong wireType = 0 for field UID"),
        (object_meta("a")[:-1], "unexpected EOF"),
        (b"\x02\x00", "proto: ConfigMap: illegal tag 0 (wire type 2)"),
        (b"\xff" * 11, "proto: integer overflow"),
        (b"\x7e", "proto: illegal wireType 6"),
    ],
    ids=range(6),
)
def test_invalid_message_is_400(client: Any, raw: bytes, detail: str) -> None:
    answer = send(client, "POST", client.path("configmaps"), envelope("ConfigMap", "v1", raw))
    message = f'ConfigMap in version "v1" cannot be handled as a ConfigMap: {detail}'
    assert (answer.status, answer.reason, answer.document["message"]) == (400, "BadRequest", message)


def test_objects_are_created_and_replaced(client: Any) -> None:
    path = client.path("configmaps")
    created = send(client, "POST", path, envelope("ConfigMap", "v1", object_meta("a") + string_map(k="v", empty="")))
    assert (created.status, created.document["data"]) == (201, {"k": "v", "empty": ""})
    assert created.header("content-type") == "application/json"
    [entry] = created.document["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {"f:data": {".": {}, "f:empty": {}, "f:k": {}}}
    replaced = send(client, "PUT", f"{path}/a", envelope("ConfigMap", "v1", object_meta("a") + string_map(k="w")))
    assert (replaced.status, replaced.document["data"]) == (200, {"k": "w"})


@pytest.mark.parametrize(("kind", "version"), [("", ""), ("ConfigMap", ""), ("", "v1")])
def test_kind_and_version_of_the_path_are_the_defaults(client: Any, kind: str, version: str) -> None:
    answer = send(client, "POST", client.path("configmaps"), envelope(kind, version, object_meta("a")))
    assert (answer.status, answer.document["kind"], answer.document["apiVersion"]) == (201, "ConfigMap", "v1")


def test_media_type_can_have_parameters_and_capital_letters(client: Any) -> None:
    for name, media in (("a", f"{MEDIA_TYPE};charset=utf-8"), ("b", MEDIA_TYPE.upper())):
        body = envelope("ConfigMap", "v1", object_meta(name))
        assert client.request("POST", client.path("configmaps"), body, content_type=media).status == 201


def test_unknown_fields_are_skipped_with_strict_validation(client: Any) -> None:
    body = envelope("ConfigMap", "v1", object_meta("a") + field(99, "x"))
    answer = send(client, "POST", client.path("configmaps", fieldValidation="Strict"), body)
    assert (answer.status, answer.warnings) == (201, [])


def test_invalid_quantity_is_400(client: Any) -> None:
    container = field(1, "c") + field(2, "i") + field(8, field(1, field(1, "cpu") + field(2, field(1, "abc"))))
    body = envelope("Pod", "v1", object_meta("a") + field(2, field(2, container)))
    answer = send(client, "POST", client.path("pods"), body)
    assert answer.status == 400
    assert answer.document["message"].startswith(
        'Pod in version "v1" cannot be handled as a Pod: quantities must match the regular '
    )


def test_missing_object_in_the_body_is_validated(client: Any) -> None:
    answer = send(client, "POST", client.path("configmaps"), MAGIC + field(1, field(1, "v1")))
    assert (answer.status, answer.reason) == (422, "Invalid")


def test_patch_with_protobuf_is_415(client: Any) -> None:
    client.create("configmaps", client.config_map("a"))
    answer = send(client, "PATCH", client.path("configmaps", "a"), envelope("ConfigMap", "v1", object_meta("a")))
    assert (answer.status, answer.document["message"]) == (415, "415: Unsupported Media Type")


def test_415_of_other_media_types_lists_protobuf(client: Any) -> None:
    client.create("configmaps", client.config_map("a"))
    for method, path in (("POST", client.path("configmaps")), ("DELETE", client.path("configmaps", "a"))):
        answer = client.request(method, path, b"x", content_type="text/plain")
        assert (answer.status, answer.document["message"]) == (415, f"{ACCEPTED} {TEXT_TYPES}, {MEDIA_TYPE}")


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("DeleteOptions", "v1"),
        ("DeleteOptions", "apps/v1"),
        ("DeleteOptions", "ex.io/v1"),
        ("DeleteOptions", ""),
        ("", ""),
    ],
)
def test_delete_options_have_the_version_of_any_group(client: Any, kind: str, version: str) -> None:
    client.create("configmaps", client.config_map("a"))
    wrong_uid = envelope(kind, version, field(2, field(1, "other")))
    assert send(client, "DELETE", client.path("configmaps", "a"), wrong_uid).status == 409
    assert send(client, "DELETE", client.path("configmaps", "a"), envelope(kind, version, field(1, 0))).status == 200
    assert client.request("GET", client.path("configmaps", "a")).status == 404


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"hello", NOT_PROTOBUF),
        (b"  ", NOT_PROTOBUF),
        (MAGIC, "empty body"),
        (envelope("DeleteOptions", "v1", field(2, 7)), "proto: wrong wireType = 0 for field Preconditions"),
        (envelope("Pod", "v1"), unregistered("Pod", "v1")),
    ],
)
def test_invalid_delete_options_are_400(client: Any, body: bytes, message: str) -> None:
    client.create("configmaps", client.config_map("a"))
    answer = send(client, "DELETE", client.path("configmaps", "a"), body)
    assert (answer.status, answer.document["message"]) == (400, message)


def test_delete_options_of_a_collection_are_decoded(client: Any) -> None:
    client.create("configmaps", client.config_map("a"))
    dry_run = envelope("DeleteOptions", "v1", field(5, "All"))
    answer = send(client, "DELETE", client.path("configmaps", labelSelector="!keep"), dry_run)
    assert (answer.status, answer.document["kind"]) == (200, "ConfigMapList")
    assert client.request("GET", client.path("configmaps", "a")).status == 200


def test_subresources_accept_protobuf(client: Any) -> None:
    pod = {"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    for name in ("p", "q"):
        client.create("pods", {**pod, "metadata": {"name": name}})
    target = field(2, field(1, "Node") + field(3, "node-1"))
    bound = send(
        client, "POST", client.path("pods", "p", "binding"), envelope("Binding", "v1", object_meta("p") + target)
    )
    assert bound.status == 201
    assert client.request("GET", client.path("pods", "p")).document["spec"]["nodeName"] == "node-1"
    for version in ("policy/v1", "policy/v1beta1"):
        body = envelope("Eviction", version, object_meta("q") + field(2, field(5, "All")))
        assert send(client, "POST", client.path("pods", "q", "eviction"), body).status == 201
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    client.create("deployments", {"metadata": {"name": "d"}, "spec": spec}, group="apps/v1")
    scale = envelope("Scale", "autoscaling/v1", object_meta("d", client.namespace) + field(2, field(1, 3)))
    scaled = send(client, "PUT", client.path("deployments", "d", "scale", group="apps/v1"), scale)
    assert (scaled.status, scaled.document["spec"]) == (200, {"replicas": 3})


def test_reviews_and_tokens_accept_protobuf(client: Any) -> None:
    attributes = field(2, field(1, field(2, "get") + field(5, "pods")))
    review = envelope("SelfSubjectAccessReview", "authorization.k8s.io/v1", attributes)
    answer = send(client, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
    assert (answer.status, answer.document["status"]["allowed"]) == (201, True)
    client.create("serviceaccounts", {"metadata": {"name": "sa"}})
    request = envelope("TokenRequest", "authentication.k8s.io/v1", field(2, field(4, 3600)))
    token = send(client, "POST", client.path("serviceaccounts", "sa", "token"), request)
    assert (token.status, token.document["spec"]["expirationSeconds"]) == (201, 3600)
