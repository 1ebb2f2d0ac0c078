"""Authentication and authorization, and the endpoints that allow anonymous requests."""

from typing import Any

import pytest

JANE = "token-of-jane"


def test_request_without_credentials_is_anonymous_and_forbidden(client: Any) -> None:
    answer = client.request("GET", "/api/v1/namespaces", anonymous=True)
    assert (answer.status, answer.reason) == (403, "Forbidden")
    assert answer.document["message"] == (
        'namespaces is forbidden: User "system:anonymous" cannot list resource "namespaces" '
        'in API group "" at the cluster scope'
    )
    assert answer.document["details"] == {"kind": "namespaces"}


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
def test_health_endpoints_allow_anonymous_requests(client: Any, path: str) -> None:
    answer = client.request("GET", path, anonymous=True)
    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.header("Content-Type") == "text/plain; charset=utf-8"


def test_version_endpoint_allows_anonymous_requests(client: Any) -> None:
    answer = client.request("GET", "/version", anonymous=True)
    assert answer.status == 200
    assert answer.document["major"] == "1"
    assert answer.document["gitVersion"].startswith("v1.")


@pytest.mark.parametrize("path", ["/version", "/api/v1/namespaces"])
def test_unknown_token_is_unauthorized_on_every_path(client: Any, path: str) -> None:
    answer = client.request("GET", path, token="bad")
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
def test_forbidden_message_names_the_missing_permission(
    client: Any, method: str, path: str, subject: str, action: str, details: dict[str, str]
) -> None:
    body = {"metadata": {"name": "x"}} if method == "POST" else None
    answer = client.request(method, path, body, token=JANE)
    assert (answer.status, answer.reason) == (403, "Forbidden")
    assert answer.document["message"] == f'{subject}: User "jane" cannot {action}'
    assert answer.document["details"] == details


def test_only_administrators_can_impersonate(client: Any) -> None:
    answer = client.request("GET", "/api/v1/nodes", token=JANE, headers=(("Impersonate-User", "bob"),))
    assert (answer.status, answer.reason) == (403, "Forbidden")
    headers = (("Impersonate-User", "bob"), ("Impersonate-Group", "g1"))
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    review = client.request("POST", path, body, headers=headers)
    assert review.status == 201
    info = review.document["status"]["userInfo"]
    assert (info["username"], info["groups"]) == ("bob", ["g1", "system:authenticated"])


def test_self_subject_access_review_returns_the_permission_of_the_caller(client: Any) -> None:
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    attributes = {"verb": "list", "resource": "pods", "namespace": "default"}
    body = {"spec": {"resourceAttributes": attributes}}
    assert client.request("POST", path, body).document["status"]["allowed"] is True
    assert client.request("GET", path).status == 405
    empty = client.request("POST", path, {"spec": {}})
    assert (empty.status, empty.reason) == (422, "Invalid")


AUTHORIZATION = "/apis/authorization.k8s.io/v1"


def test_subject_access_review_returns_the_permission_of_another_user(client: Any) -> None:
    asked = {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": client.namespace}, "user": "jane"}
    answer = client.request("POST", f"{AUTHORIZATION}/subjectaccessreviews", {"spec": asked})
    assert (answer.status, answer.document["status"]["allowed"]) == (201, False)
    path = f"{AUTHORIZATION}/namespaces/{client.namespace}/localsubjectaccessreviews"
    local = client.request("POST", path, {"metadata": {"namespace": client.namespace}, "spec": asked})
    assert (local.status, local.document["status"]["allowed"]) == (201, False)
    assert local.document["metadata"]["namespace"] == client.namespace


def test_token_review_returns_the_user_of_a_token(client: Any) -> None:
    path = "/apis/authentication.k8s.io/v1/tokenreviews"
    known = client.request("POST", path, {"spec": {"token": JANE}}).document["status"]
    assert (known["authenticated"], known["user"]["username"]) == (True, "jane")
    assert known["user"]["groups"] == ["devs", "system:authenticated"]
    unknown = client.request("POST", path, {"spec": {"token": "zzz"}})
    assert (unknown.status, "authenticated" in unknown.document["status"]) == (201, False)
    assert unknown.document["status"]["error"].startswith("invalid bearer token")


def test_token_request_issues_a_token_for_a_service_account(client: Any) -> None:
    client.create("serviceaccounts", {"metadata": {"name": "sa1"}})
    path = client.path("serviceaccounts", "sa1", "token")
    answer = client.request("POST", path, {"spec": {"expirationSeconds": 3600}})
    assert (answer.status, answer.document["kind"]) == (201, "TokenRequest")
    who = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    token = answer.document["status"]["token"]
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    review = client.request("POST", who, body, token=token)
    assert review.document["status"]["userInfo"]["username"] == f"system:serviceaccount:{client.namespace}:sa1"
    short = client.request("POST", path, {"spec": {"expirationSeconds": 10}})
    assert (short.status, short.causes) == (422, [("FieldValueInvalid", "spec.expirationSeconds")])
    missing = client.request("POST", client.path("serviceaccounts", "nope", "token"), {"spec": {}})
    assert (missing.status, missing.reason) == (404, "NotFound")


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_core_group_has_one_version(client: Any, path: str) -> None:
    document = client.request("GET", path).document
    assert (document["kind"], document["versions"]) == ("APIVersions", ["v1"])


def test_group_list_contains_the_versions(client: Any) -> None:
    document = client.request("GET", "/apis").document
    assert document["kind"] == "APIGroupList"
    apps = {"groupVersion": "apps/v1", "version": "v1"}
    expected = {"name": "apps", "versions": [apps], "preferredVersion": apps}
    assert expected in document["groups"]
    one = client.request("GET", "/apis/apps").document
    assert one == {"kind": "APIGroup", "apiVersion": "v1", **expected}


@pytest.mark.parametrize(("path", "group"), [("/api", None), ("/apis", "apps")])
def test_aggregated_discovery_has_an_etag(client: Any, path: str, group: str | None) -> None:
    kind = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    answer = client.request("GET", path, accept=f"{kind},application/json")
    assert (answer.status, answer.header("Content-Type"), answer.header("Vary")) == (200, kind, "Accept")
    assert answer.document["kind"] == "APIGroupDiscoveryList"
    (item,) = [item for item in answer.document["items"] if item["metadata"].get("name") == group]
    name, scale = ("deployments", "scale") if group else ("pods", "status")
    (resource,) = [resource for resource in item["versions"][0]["resources"] if resource["resource"] == name]
    assert resource["scope"] == "Namespaced"
    assert scale in [subresource["subresource"] for subresource in resource["subresources"]]
    etag = answer.header("ETag")
    again = client.request("GET", path, accept=kind, headers=(("If-None-Match", etag),))
    assert (again.status, again.body, again.header("ETag")) == (304, b"", etag)
    assert client.request("GET", path, accept="application/json").document["kind"] != "APIGroupDiscoveryList"


def test_resource_list_contains_the_verbs(client: Any) -> None:
    document = client.request("GET", "/api/v1").document
    assert (document["kind"], document["groupVersion"]) == ("APIResourceList", "v1")
    by_name = {resource["name"]: resource for resource in document["resources"]}
    pods = by_name["pods"]
    assert (pods["kind"], pods["singularName"], pods["namespaced"], pods["shortNames"]) == ("Pod", "pod", True, ["po"])
    assert pods["verbs"] == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    assert by_name["pods/status"]["verbs"] == ["get", "patch", "update"]
    assert by_name["pods/eviction"]["kind"] == "Eviction"
    apps = {item["name"]: item for item in client.request("GET", "/apis/apps/v1").document["resources"]}
    scale = apps["deployments/scale"]
    assert (scale["group"], scale["version"], scale["kind"]) == ("autoscaling", "v1", "Scale")


DEPENDENT_HEADERS = [("Impersonate-Group", "devs"), ("Impersonate-Uid", "1"), ("Impersonate-Extra-Scopes", "view")]


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("path", ["/version", "/api/v1/namespaces"])
@pytest.mark.parametrize("part", DEPENDENT_HEADERS, ids=lambda part: part[0])
def test_impersonation_headers_without_a_user_are_a_bad_request(
    client: Any, part: tuple[str, str], path: str, anonymous: bool
) -> None:
    for headers in ((part,), (("Impersonate-User", ""), part)):
        answer = client.request("GET", path, headers=headers, anonymous=anonymous)
        assert (answer.status, answer.reason) == (400, "BadRequest")
        assert answer.document["message"].endswith("without impersonating a user name")


@pytest.mark.parametrize(
    "headers",
    [
        (("Impersonate-User", "system:anonymous"),),
        (("Impersonate-User", "bob"), ("Impersonate-Group", "system:unauthenticated")),
    ],
)
def test_impersonated_anonymous_user_is_not_in_the_authenticated_group(
    client: Any, headers: tuple[tuple[str, str], ...]
) -> None:
    assert client.request("GET", "/version", headers=headers).status == 200
    assert client.request("GET", client.path("configmaps"), headers=headers).status == 403
