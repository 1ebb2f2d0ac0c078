"""Tokens, reviews and certificate signing requests, as a real kube-apiserver takes them."""

import base64
from typing import Any

import pytest

JANE = "token-of-jane"
AUTHENTICATION = "/apis/authentication.k8s.io/v1"
AUTHORIZATION = "/apis/authorization.k8s.io/v1"
WHO = f"{AUTHENTICATION}/selfsubjectreviews"
REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
PODS = {"verb": "get", "resource": "pods"}
PATH = {"verb": "get", "path": "/metrics"}


def seen(answer: Any) -> tuple[int, str | None, list[str]]:
    """Return status, reason and the fields of the causes of a refusal."""
    details = answer.document.get("details") or {}
    return answer.status, answer.document.get("reason"), [cause["field"] for cause in details.get("causes", [])]


ONES_OWN = [
    ({}, ["spec"]),
    ({"spec": {"resourceAttributes": PODS, "nonResourceAttributes": PATH}}, ["spec"]),
    ({"metadata": {"name": "x"}, "spec": {"resourceAttributes": PODS}}, ["metadata"]),
    ({"metadata": {"labels": {"a": "b"}}, "spec": {"resourceAttributes": PODS}}, ["metadata"]),
]


@pytest.mark.parametrize(("body", "fields"), ONES_OWN)
def test_questions_about_oneself_that_are_invalid(wire: Any, body: dict[str, Any], fields: list[str]) -> None:
    answer = wire.request("POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", body)
    assert seen(answer) == (422, "Invalid", fields)
    assert answer.document["details"]["group"] == "authorization.k8s.io"
    assert "kind" not in answer.document["details"]


@pytest.mark.parametrize("attributes", ["resourceAttributes", "nonResourceAttributes"])
def test_attributes_may_be_empty(wire: Any, attributes: str) -> None:
    answer = wire.request("POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": {attributes: {}}})
    assert (answer.status, answer.document["status"]["allowed"]) == (201, True)


OTHERS = [
    ({"resourceAttributes": PODS}, ["spec.user"]),
    ({}, ["spec", "spec.user"]),
    ({"user": "jane", "resourceAttributes": PODS, "nonResourceAttributes": PATH}, ["spec"]),
]


@pytest.mark.parametrize(("spec", "fields"), OTHERS)
def test_questions_about_others_that_are_invalid(wire: Any, spec: dict[str, Any], fields: list[str]) -> None:
    answer = wire.request("POST", f"{AUTHORIZATION}/subjectaccessreviews", {"spec": spec})
    assert seen(answer) == (422, "Invalid", fields)


LOCAL = [
    ({"user": "jane", "resourceAttributes": PODS}, 422, ["spec.resourceAttributes.namespace"]),
    ({"user": "jane", "nonResourceAttributes": PATH}, 422, ["spec.nonResourceAttributes"]),
]


@pytest.mark.parametrize(("spec", "status", "fields"), LOCAL)
def test_questions_about_a_namespace_that_are_invalid(
    wire: Any, spec: dict[str, Any], status: int, fields: list[str]
) -> None:
    path = f"{AUTHORIZATION}/namespaces/{wire.namespace}/localsubjectaccessreviews"
    assert seen(wire.request("POST", path, {"spec": spec})) == (status, "Invalid", fields)
    assert wire.request("POST", path, {"metadata": {"namespace": "other"}, "spec": spec}).status == 400


def test_a_namespace_need_not_be_there_to_ask_about_it(wire: Any) -> None:
    spec = {"user": "jane", "resourceAttributes": {**PODS, "namespace": "nowhere"}}
    answer = wire.request("POST", f"{AUTHORIZATION}/namespaces/nowhere/localsubjectaccessreviews", {"spec": spec})
    assert (answer.status, answer.document["metadata"]["namespace"]) == (201, "nowhere")


NOWHERE = [
    ("GET", WHO, 405),
    ("DELETE", WHO, 405),
    ("GET", f"{WHO}/x", 404),
    ("PUT", f"{WHO}/x", 404),
    ("POST", f"{AUTHENTICATION}/tokenreviews/x", 404),
    ("POST", f"{AUTHORIZATION}/localsubjectaccessreviews", 404),
    ("POST", f"{AUTHORIZATION}/namespaces/default/selfsubjectaccessreviews", 404),
]


@pytest.mark.parametrize(("method", "path", "status"), NOWHERE)
def test_reviews_can_be_created_and_nothing_else(wire: Any, method: str, path: str, status: int) -> None:
    assert wire.request(method, path, {}).status == status


BODIES = [
    ({"apiVersion": "v1", "kind": "Pod"}, {}, 400),
    ({"color": "red"}, {"fieldValidation": "Strict"}, 400),
    ({}, {"dryRun": "X"}, 422),
    ({"metadata": {"name": "ignored"}}, {"dryRun": "All"}, 201),
]


@pytest.mark.parametrize(("body", "query", "status"), BODIES)
def test_bodies_and_options_of_reviews(wire: Any, body: dict[str, Any], query: dict[str, str], status: int) -> None:
    parameters = "&".join(f"{key}={value}" for key, value in query.items())
    answer = wire.request("POST", f"{WHO}?{parameters}", body)
    assert answer.status == status
    if status == 201:
        assert list(answer.document["metadata"]) == ["creationTimestamp"]


def test_everything_about_a_user_may_be_impersonated(wire: Any) -> None:
    headers = (
        ("Impersonate-User", "bob"),
        ("Impersonate-Uid", "77"),
        ("Impersonate-Extra-Example.com%2Fscopes", "view"),
    )
    user = wire.request("POST", WHO, {}, headers=headers).document["status"]["userInfo"]
    assert user == {
        "username": "bob",
        "uid": "77",
        "groups": ["system:authenticated"],
        "extra": {"example.com/scopes": ["view"]},
    }


def test_a_service_account_is_impersonated_with_its_groups(wire: Any) -> None:
    headers = (("Impersonate-User", "system:serviceaccount:a:b"),)
    user = wire.request("POST", WHO, {}, headers=headers).document["status"]["userInfo"]
    assert user["groups"] == ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"]


TOKENS = [
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


@pytest.mark.parametrize(("body", "status", "fields"), TOKENS)
def test_tokens_that_are_refused(wire: Any, body: dict[str, Any], status: int, fields: list[str]) -> None:
    wire.create("serviceaccounts", {"metadata": {"name": "robot"}})
    wire.create("pods", {"metadata": {"name": "default"}, "spec": {"containers": [{"name": "c", "image": "i"}]}})
    answer = wire.request("POST", wire.path("serviceaccounts", "robot", "token"), body)
    assert (answer.status, seen(answer)[2]) == (status, fields)


def test_a_token_that_names_nothing_is_for_the_server(wire: Any) -> None:
    wire.create("serviceaccounts", {"metadata": {"name": "robot"}})
    answer = wire.request("POST", wire.path("serviceaccounts", "robot", "token"), {})
    spec = answer.document["spec"]
    assert (len(spec["audiences"]), spec["expirationSeconds"], spec["boundObjectRef"]) == (1, 3600, None)
    assert list(answer.document["metadata"])[:4] == ["name", "namespace", "uid", "creationTimestamp"]
    token = answer.document["status"]["token"]
    review = wire.request("POST", f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": token}}).document
    assert review["status"]["audiences"] == spec["audiences"]
    claims = token.split(".")[1]
    assert f'"sub":"system:serviceaccount:{wire.namespace}:robot"' in base64.urlsafe_b64decode(claims + "==").decode()


def _signing_request(name: str, **spec: Any) -> dict[str, Any]:
    # Only the frame counts here; that a real request is taken is tested with the client.
    request = base64.b64encode(b"no PEM").decode()
    more = {"request": request, "signerName": "example.com/tests", "usages": ["client auth"], **spec}
    return {"metadata": {"name": name}, "spec": more}


SIGNING = [
    ({}, ["spec.request"]),
    ({"usages": None}, ["spec.request", "spec.usages"]),
    ({"usages": ["singing"]}, ["spec.request", "spec.usages[0]"]),
    ({"usages": ["any", "any"]}, ["spec.request", "spec.usages[1]"]),
    ({"signerName": ""}, ["spec.request", "spec.signerName"]),
    ({"signerName": "example"}, ["spec.request", "spec.signerName"]),
    ({"signerName": "example/tests"}, ["spec.request", "spec.signerName"]),
    ({"expirationSeconds": 10}, ["spec.request", "spec.expirationSeconds"]),
]


@pytest.mark.parametrize(("spec", "fields"), SIGNING)
def test_signing_requests_that_cannot_be(wire: Any, spec: dict[str, Any], fields: list[str]) -> None:
    answer = wire.request("POST", REQUESTS, _signing_request(wire.namespace, **spec))
    assert seen(answer) == (422, "Invalid", fields)
