"""Tokens, reviews and certificate signing requests, compared with kube-apiserver."""

import base64
from typing import Any

import pytest

JANE = "token-of-jane"
AUTHENTICATION = "/apis/authentication.k8s.io/v1"
AUTHORIZATION = "/apis/authorization.k8s.io/v1"
SELF_SUBJECT_REVIEWS = f"{AUTHENTICATION}/selfsubjectreviews"
SIGNING_REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
PODS = {"verb": "get", "resource": "pods"}
PATH = {"verb": "get", "path": "/metrics"}


def error_summary(answer: Any) -> tuple[int, str | None, list[str]]:
    """Return the status, the reason, and the fields of the causes of an error response."""
    details = answer.document.get("details") or {}
    return answer.status, answer.document.get("reason"), [cause["field"] for cause in details.get("causes", [])]


SELF_REVIEWS = [
    ({}, ["spec"]),
    ({"spec": {"resourceAttributes": PODS, "nonResourceAttributes": PATH}}, ["spec"]),
    ({"metadata": {"name": "x"}, "spec": {"resourceAttributes": PODS}}, ["metadata"]),
    ({"metadata": {"labels": {"a": "b"}}, "spec": {"resourceAttributes": PODS}}, ["metadata"]),
]


@pytest.mark.parametrize(("body", "fields"), SELF_REVIEWS)
def test_invalid_self_subject_access_reviews_are_rejected(client: Any, body: dict[str, Any], fields: list[str]) -> None:
    answer = client.request("POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", body)
    assert error_summary(answer) == (422, "Invalid", fields)
    assert answer.document["details"]["group"] == "authorization.k8s.io"
    assert "kind" not in answer.document["details"]


@pytest.mark.parametrize("attributes", ["resourceAttributes", "nonResourceAttributes"])
def test_access_review_attributes_may_be_empty(client: Any, attributes: str) -> None:
    answer = client.request("POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": {attributes: {}}})
    assert (answer.status, answer.document["status"]["allowed"]) == (201, True)


SUBJECT_REVIEWS = [
    ({"resourceAttributes": PODS}, ["spec.user"]),
    ({}, ["spec", "spec.user"]),
    ({"user": "jane", "resourceAttributes": PODS, "nonResourceAttributes": PATH}, ["spec"]),
]


@pytest.mark.parametrize(("spec", "fields"), SUBJECT_REVIEWS)
def test_invalid_subject_access_reviews_are_rejected(client: Any, spec: dict[str, Any], fields: list[str]) -> None:
    answer = client.request("POST", f"{AUTHORIZATION}/subjectaccessreviews", {"spec": spec})
    assert error_summary(answer) == (422, "Invalid", fields)


LOCAL_REVIEWS = [
    ({"user": "jane", "resourceAttributes": PODS}, 422, ["spec.resourceAttributes.namespace"]),
    ({"user": "jane", "nonResourceAttributes": PATH}, 422, ["spec.nonResourceAttributes"]),
]


@pytest.mark.parametrize(("spec", "status", "fields"), LOCAL_REVIEWS)
def test_invalid_local_subject_access_reviews_are_rejected(
    client: Any, spec: dict[str, Any], status: int, fields: list[str]
) -> None:
    path = f"{AUTHORIZATION}/namespaces/{client.namespace}/localsubjectaccessreviews"
    assert error_summary(client.request("POST", path, {"spec": spec})) == (status, "Invalid", fields)
    assert client.request("POST", path, {"metadata": {"namespace": "other"}, "spec": spec}).status == 400


def test_local_access_review_does_not_require_the_namespace_to_exist(client: Any) -> None:
    spec = {"user": "jane", "resourceAttributes": {**PODS, "namespace": "nowhere"}}
    answer = client.request("POST", f"{AUTHORIZATION}/namespaces/nowhere/localsubjectaccessreviews", {"spec": spec})
    assert (answer.status, answer.document["metadata"]["namespace"]) == (201, "nowhere")


MISSING_NAMESPACE_REVIEWS = [
    ("GET", SELF_SUBJECT_REVIEWS, 405),
    ("DELETE", SELF_SUBJECT_REVIEWS, 405),
    ("GET", f"{SELF_SUBJECT_REVIEWS}/x", 404),
    ("PUT", f"{SELF_SUBJECT_REVIEWS}/x", 404),
    ("POST", f"{AUTHENTICATION}/tokenreviews/x", 404),
    ("POST", f"{AUTHORIZATION}/localsubjectaccessreviews", 404),
    ("POST", f"{AUTHORIZATION}/namespaces/default/selfsubjectaccessreviews", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), MISSING_NAMESPACE_REVIEWS)
def test_reviews_support_only_create(client: Any, method: str, path: str, status: int) -> None:
    assert client.request(method, path, {}).status == status


REVIEW_BODIES = [
    ({"apiVersion": "v1", "kind": "Pod"}, {}, 400),
    ({"color": "red"}, {"fieldValidation": "Strict"}, 400),
    ({}, {"dryRun": "X"}, 422),
    ({"metadata": {"name": "ignored"}}, {"dryRun": "All"}, 201),
]


@pytest.mark.parametrize(("body", "query", "status"), REVIEW_BODIES)
def test_bodies_and_options_of_reviews_are_validated(
    client: Any, body: dict[str, Any], query: dict[str, str], status: int
) -> None:
    parameters = "&".join(f"{key}={value}" for key, value in query.items())
    answer = client.request("POST", f"{SELF_SUBJECT_REVIEWS}?{parameters}", body)
    assert answer.status == status
    if status == 201:
        assert list(answer.document["metadata"]) == ["creationTimestamp"]


def test_name_uid_groups_and_extra_can_be_impersonated(client: Any) -> None:
    headers = (
        ("Impersonate-User", "bob"),
        ("Impersonate-Uid", "77"),
        ("Impersonate-Extra-Example.com%2Fscopes", "view"),
    )
    user = client.request("POST", SELF_SUBJECT_REVIEWS, {}, headers=headers).document["status"]["userInfo"]
    assert user == {
        "username": "bob",
        "uid": "77",
        "groups": ["system:authenticated"],
        "extra": {"example.com/scopes": ["view"]},
    }


def test_impersonated_service_account_has_its_groups(client: Any) -> None:
    headers = (("Impersonate-User", "system:serviceaccount:a:b"),)
    user = client.request("POST", SELF_SUBJECT_REVIEWS, {}, headers=headers).document["status"]["userInfo"]
    assert user["groups"] == ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"]


TOKEN_REQUESTS = [
    ({"spec": {"expirationSeconds": 599}}, 422, ["spec.expirationSeconds"]),
    ({"spec": {"expirationSeconds": 2**33}}, 422, ["spec.expirationSeconds"]),
    ({"metadata": {"name": "other"}}, 422, ["metadata.name"]),
    ({"metadata": {"namespace": "other"}}, 400, []),
    ({"metadata": {"uid": "other"}}, 409, []),
    ({"spec": {"expirationSeconds": "long"}}, 400, []),
    ({"kind": "Pod", "apiVersion": "v1"}, 400, []),
    ({"spec": {"boundObjectRef": {"kind": "ConfigMap", "apiVersion": "v1", "name": "a"}}}, 400, []),
    ({"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1"}}}, 400, []),
    ({"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "default"}}}, 400, []),
    ({"spec": {"boundObjectRef": {"kind": "Secret", "apiVersion": "v1", "name": "none"}}}, 404, []),
    ({"spec": {"boundObjectRef": {"kind": "Node", "apiVersion": "v1", "name": "none"}}}, 404, []),
]


@pytest.mark.parametrize(("body", "status", "fields"), TOKEN_REQUESTS)
def test_invalid_token_requests_are_rejected(client: Any, body: dict[str, Any], status: int, fields: list[str]) -> None:
    client.create("serviceaccounts", {"metadata": {"name": "robot"}})
    client.create("pods", {"metadata": {"name": "default"}, "spec": {"containers": [{"name": "c", "image": "i"}]}})
    answer = client.request("POST", client.path("serviceaccounts", "robot", "token"), body)
    assert (answer.status, error_summary(answer)[2]) == (status, fields)


def test_token_without_audience_is_issued_for_the_api_server(client: Any) -> None:
    client.create("serviceaccounts", {"metadata": {"name": "robot"}})
    answer = client.request("POST", client.path("serviceaccounts", "robot", "token"), {})
    spec = answer.document["spec"]
    assert (len(spec["audiences"]), spec["expirationSeconds"], spec["boundObjectRef"]) == (1, 3600, None)
    assert list(answer.document["metadata"])[:4] == ["name", "namespace", "uid", "creationTimestamp"]
    token = answer.document["status"]["token"]
    review = client.request("POST", f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": token}}).document
    assert review["status"]["audiences"] == spec["audiences"]
    claims = token.split(".")[1]
    assert f'"sub":"system:serviceaccount:{client.namespace}:robot"' in base64.urlsafe_b64decode(claims + "==").decode()


def _signing_request(name: str, **spec: Any) -> dict[str, Any]:
    # Only the fields of the object matter here. The tests of the client send a real certificate request.
    request = base64.b64encode(b"no PEM").decode()
    more = {"request": request, "signerName": "example.com/tests", "usages": ["client auth"], **spec}
    return {"metadata": {"name": name}, "spec": more}


INVALID_SIGNING_REQUESTS = [
    ({}, ["spec.request"]),
    ({"usages": None}, ["spec.request", "spec.usages"]),
    ({"usages": ["singing"]}, ["spec.request", "spec.usages[0]"]),
    ({"usages": ["any", "any"]}, ["spec.request", "spec.usages[1]"]),
    ({"signerName": ""}, ["spec.request", "spec.signerName"]),
    ({"signerName": "example"}, ["spec.request", "spec.signerName"]),
    ({"signerName": "example/tests"}, ["spec.request", "spec.signerName"]),
    ({"expirationSeconds": 10}, ["spec.request", "spec.expirationSeconds"]),
]


@pytest.mark.parametrize(("spec", "fields"), INVALID_SIGNING_REQUESTS)
def test_invalid_certificate_signing_requests_are_rejected(
    client: Any, spec: dict[str, Any], fields: list[str]
) -> None:
    answer = client.request("POST", SIGNING_REQUESTS, _signing_request(client.namespace, **spec))
    assert error_summary(answer) == (422, "Invalid", fields)
