"""Who may ask what, and what can be asked by anybody: tokens, health, version, discovery."""

from typing import Any

import pytest

JANE = "token-of-jane"


def test_without_credentials_one_is_anonymous_and_forbidden(wire: Any) -> None:
    answer = wire.request("GET", "/api/v1/namespaces", anonymous=True)
    assert (answer.status, answer.reason) == (403, "Forbidden")
    assert answer.document["message"] == (
        'namespaces is forbidden: User "system:anonymous" cannot list resource "namespaces" '
        'in API group "" at the cluster scope'
    )
    assert answer.document["details"] == {"kind": "namespaces"}


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_health_is_open_to_all(wire: Any, path: str) -> None:
    answer = wire.request("GET", path, anonymous=True)
    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.header("Content-Type") == "text/plain; charset=utf-8"


def test_the_version_is_open_to_all(wire: Any) -> None:
    answer = wire.request("GET", "/version", anonymous=True)
    assert answer.status == 200
    assert answer.document["major"] == "1"
    assert answer.document["gitVersion"].startswith("v1.")


@pytest.mark.parametrize("path", ["/version", "/api/v1/namespaces"])
def test_a_token_nobody_knows_is_unauthorized_everywhere(wire: Any, path: str) -> None:
    answer = wire.request("GET", path, token="bad")
    assert (answer.status, answer.reason, answer.document["message"]) == (401, "Unauthorized", "Unauthorized")
    assert "details" not in answer.document
    assert answer.header("WWW-Authenticate") is None


PODS = 'resource "pods" in API group "" in the namespace "default"'
LOGS = 'resource "pods/log" in API group "" in the namespace "default"'
NODES = 'resource "nodes" in API group "" at the cluster scope'
DEPLOYMENTS = 'resource "deployments" in API group "apps" in the namespace "default"'
BARS = 'resource "bars" in API group "foo" at the cluster scope'
CORE, APPS = "/api/v1/namespaces/default", "/apis/apps/v1/namespaces/default"
FORBIDDEN = [
    ("GET", f"{CORE}/pods", "pods is forbidden", f"list {PODS}", {"kind": "pods"}),
    ("GET", f"{CORE}/pods/x/log", 'pods "x" is forbidden', f"get {LOGS}", {"name": "x", "kind": "pods"}),
    ("GET", "/api/v1/nodes", "nodes is forbidden", f"list {NODES}", {"kind": "nodes"}),
    (
        "GET",
        f"{APPS}/deployments/x",
        'deployments.apps "x" is forbidden',
        f"get {DEPLOYMENTS}",
        {"name": "x", "group": "apps", "kind": "deployments"},
    ),
    ("POST", f"{CORE}/pods", "pods is forbidden", f"create {PODS}", {"kind": "pods"}),
    ("GET", "/metrics", "forbidden", 'get path "/metrics"', {}),
    ("GET", "/apis/foo/v1/bars", "bars.foo is forbidden", f"list {BARS}", {"group": "foo", "kind": "bars"}),
]


@pytest.mark.parametrize(("method", "path", "subject", "action", "details"), FORBIDDEN)
def test_a_user_without_rights_is_told_what_is_missing(
    wire: Any, method: str, path: str, subject: str, action: str, details: dict[str, str]
) -> None:
    body = {"metadata": {"name": "x"}} if method == "POST" else None
    answer = wire.request(method, path, body, token=JANE)
    assert (answer.status, answer.reason) == (403, "Forbidden")
    assert answer.document["message"] == f'{subject}: User "jane" cannot {action}'
    assert answer.document["details"] == details


def test_only_the_trusted_may_act_as_others(wire: Any) -> None:
    answer = wire.request("GET", "/api/v1/nodes", token=JANE, headers=(("Impersonate-User", "bob"),))
    assert (answer.status, answer.reason) == (403, "Forbidden")
    headers = (("Impersonate-User", "bob"), ("Impersonate-Group", "g1"))
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    review = wire.request("POST", path, body, headers=headers)
    assert review.status == 201
    info = review.document["status"]["userInfo"]
    assert (info["username"], info["groups"]) == ("bob", ["g1", "system:authenticated"])


def test_one_can_ask_what_one_may_do(wire: Any) -> None:
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    attributes = {"verb": "list", "resource": "pods", "namespace": "default"}
    body = {"spec": {"resourceAttributes": attributes}}
    assert wire.request("POST", path, body).document["status"]["allowed"] is True
    assert wire.request("GET", path).status == 405
    empty = wire.request("POST", path, {"spec": {}})
    assert (empty.status, empty.reason) == (422, "Invalid")


AUTHORIZATION = "/apis/authorization.k8s.io/v1"


def test_one_can_ask_what_others_may_do(wire: Any) -> None:
    asked = {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": wire.namespace}, "user": "jane"}
    answer = wire.request("POST", f"{AUTHORIZATION}/subjectaccessreviews", {"spec": asked})
    assert (answer.status, answer.document["status"]["allowed"]) == (201, False)
    path = f"{AUTHORIZATION}/namespaces/{wire.namespace}/localsubjectaccessreviews"
    local = wire.request("POST", path, {"metadata": {"namespace": wire.namespace}, "spec": asked})
    assert (local.status, local.document["status"]["allowed"]) == (201, False)
    assert local.document["metadata"]["namespace"] == wire.namespace


def test_a_token_says_whose_it_is(wire: Any) -> None:
    path = "/apis/authentication.k8s.io/v1/tokenreviews"
    known = wire.request("POST", path, {"spec": {"token": JANE}}).document["status"]
    assert (known["authenticated"], known["user"]["username"]) == (True, "jane")
    assert known["user"]["groups"] == ["devs", "system:authenticated"]
    unknown = wire.request("POST", path, {"spec": {"token": "zzz"}})
    assert (unknown.status, "authenticated" in unknown.document["status"]) == (201, False)
    assert unknown.document["status"]["error"].startswith("invalid bearer token")


def test_a_service_account_gets_tokens_to_sign_in_with(wire: Any) -> None:
    wire.create("serviceaccounts", {"metadata": {"name": "sa1"}})
    path = wire.path("serviceaccounts", "sa1", "token")
    answer = wire.request("POST", path, {"spec": {"expirationSeconds": 3600}})
    assert (answer.status, answer.document["kind"]) == (201, "TokenRequest")
    who = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    token = answer.document["status"]["token"]
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    review = wire.request("POST", who, body, token=token)
    assert review.document["status"]["userInfo"]["username"] == f"system:serviceaccount:{wire.namespace}:sa1"
    short = wire.request("POST", path, {"spec": {"expirationSeconds": 10}})
    assert (short.status, short.causes) == (422, [("FieldValueInvalid", "spec.expirationSeconds")])
    missing = wire.request("POST", wire.path("serviceaccounts", "nope", "token"), {"spec": {}})
    assert (missing.status, missing.reason) == (404, "NotFound")


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_the_core_group_has_one_version(wire: Any, path: str) -> None:
    document = wire.request("GET", path).document
    assert (document["kind"], document["versions"]) == ("APIVersions", ["v1"])


def test_groups_say_their_versions(wire: Any) -> None:
    document = wire.request("GET", "/apis").document
    assert document["kind"] == "APIGroupList"
    apps = {"groupVersion": "apps/v1", "version": "v1"}
    expected = {"name": "apps", "versions": [apps], "preferredVersion": apps}
    assert expected in document["groups"]
    one = wire.request("GET", "/apis/apps").document
    assert one == {"kind": "APIGroup", "apiVersion": "v1", **expected}


@pytest.mark.parametrize(("path", "group"), [("/api", None), ("/apis", "apps")])
def test_discovery_comes_in_one_document_with_an_etag(wire: Any, path: str, group: str | None) -> None:
    kind = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    answer = wire.request("GET", path, accept=f"{kind},application/json")
    assert (answer.status, answer.header("Content-Type"), answer.header("Vary")) == (200, kind, "Accept")
    assert answer.document["kind"] == "APIGroupDiscoveryList"
    (item,) = [item for item in answer.document["items"] if item["metadata"].get("name") == group]
    name, scale = ("deployments", "scale") if group else ("pods", "status")
    (resource,) = [resource for resource in item["versions"][0]["resources"] if resource["resource"] == name]
    assert resource["scope"] == "Namespaced"
    assert scale in [subresource["subresource"] for subresource in resource["subresources"]]
    etag = answer.header("ETag")
    again = wire.request("GET", path, accept=kind, headers=(("If-None-Match", etag),))
    assert (again.status, again.body, again.header("ETag")) == (304, b"", etag)
    assert wire.request("GET", path, accept="application/json").document["kind"] != "APIGroupDiscoveryList"


def test_resources_say_what_can_be_done_with_them(wire: Any) -> None:
    document = wire.request("GET", "/api/v1").document
    assert (document["kind"], document["groupVersion"]) == ("APIResourceList", "v1")
    by_name = {resource["name"]: resource for resource in document["resources"]}
    pods = by_name["pods"]
    assert (pods["kind"], pods["singularName"], pods["namespaced"], pods["shortNames"]) == ("Pod", "pod", True, ["po"])
    assert pods["verbs"] == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    assert by_name["pods/status"]["verbs"] == ["get", "patch", "update"]
    assert by_name["pods/eviction"]["kind"] == "Eviction"
    apps = {item["name"]: item for item in wire.request("GET", "/apis/apps/v1").document["resources"]}
    scale = apps["deployments/scale"]
    assert (scale["group"], scale["version"], scale["kind"]) == ("autoscaling", "v1", "Scale")


PARTS = [("Impersonate-Group", "devs"), ("Impersonate-Uid", "1"), ("Impersonate-Extra-Scopes", "view")]


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("path", ["/version", "/api/v1/namespaces"])
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part[0])
def test_impersonation_without_a_user_is_a_bad_request(
    wire: Any, part: tuple[str, str], path: str, anonymous: bool
) -> None:
    for headers in ((part,), (("Impersonate-User", ""), part)):
        answer = wire.request("GET", path, headers=headers, anonymous=anonymous)
        assert (answer.status, answer.reason) == (400, "BadRequest")
        assert answer.document["message"].endswith("without impersonating a user name")


@pytest.mark.parametrize(
    "headers",
    [
        (("Impersonate-User", "system:anonymous"),),
        (("Impersonate-User", "bob"), ("Impersonate-Group", "system:unauthenticated")),
    ],
)
def test_an_impersonated_anonymous_user_is_not_authenticated(wire: Any, headers: tuple[tuple[str, str], ...]) -> None:
    assert wire.request("GET", "/version", headers=headers).status == 200
    assert wire.request("GET", wire.path("configmaps"), headers=headers).status == 403
