"""The verb, the resource and the object of a request, derived from its method, path and query."""

import pytest

from kubex.core._request_info import RequestInfo

CASES = [
    ("GET /api/v1/pods", "list", "", "v1", "pods", None, None, None, "/api/v1/pods"),
    (
        "GET /api/v1/namespaces/shop/pods/web-0",
        "get", "", "v1", "pods", None, "shop", "web-0",
        "/api/v1/namespaces/{namespace}/pods/{name}",
    ),
    (
        "GET /api/v1/namespaces/shop/pods/web-0/log",
        "get", "", "v1", "pods", "log", "shop", "web-0",
        "/api/v1/namespaces/{namespace}/pods/{name}/log",
    ),
    (
        "GET /api/v1/namespaces/shop/services/web/proxy/a/b",
        "get", "", "v1", "services", "proxy", "shop", "web",
        "/api/v1/namespaces/{namespace}/services/{name}/proxy/{path}",
    ),
    (
        "POST /apis/apps/v1/namespaces/shop/deployments",
        "create", "apps", "v1", "deployments", None, "shop", None,
        "/apis/apps/v1/namespaces/{namespace}/deployments",
    ),
    (
        "PUT /apis/apps/v1/namespaces/shop/deployments/web/status",
        "update", "apps", "v1", "deployments", "status", "shop", "web",
        "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/status",
    ),
    (
        "PATCH /apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aadmin",
        "patch", "rbac.authorization.k8s.io", "v1", "clusterroles", None, None, "system:admin",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}",
    ),
    (
        "DELETE /apis/example.com/v1/namespaces/shop/widgets",
        "deletecollection", "example.com", "v1", "widgets", None, "shop", None,
        "/apis/example.com/v1/namespaces/{namespace}/widgets",
    ),
    ("DELETE /api/v1/nodes/n1", "delete", "", "v1", "nodes", None, None, "n1", "/api/v1/nodes/{name}"),
    ("GET /api/v1/namespaces", "list", "", "v1", "namespaces", None, None, None, "/api/v1/namespaces"),
    ("GET /api/v1/namespaces/shop", "get", "", "v1", "namespaces", None, None, "shop", "/api/v1/namespaces/{name}"),
    (
        "PUT /api/v1/namespaces/shop/finalize",
        "update", "", "v1", "namespaces", "finalize", None, "shop",
        "/api/v1/namespaces/{name}/finalize",
    ),
    ("GET /version", "get", None, None, None, None, None, None, "/version"),
    ("GET /", "get", None, None, None, None, None, None, "/"),
    ("GET /api/v1", "get", None, None, None, None, None, None, "/api/v1"),
    ("GET /apis/apps/v1", "get", None, None, None, None, None, None, "/apis/apps/v1"),
    ("OPTIONS /api/v1/pods", "options", "", "v1", "pods", None, None, None, "/api/v1/pods"),
    ("POST /logs/x", "post", None, None, None, None, None, None, "/logs/x"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "verb", "group", "version", "resource", "subresource", "namespace", "name", "template"),
    CASES,
    ids=[case[0] for case in CASES],
)
def test_request_info_contains_the_verb_and_the_resource(
    line: str,
    verb: str,
    group: str | None,
    version: str | None,
    resource: str | None,
    subresource: str | None,
    namespace: str | None,
    name: str | None,
    template: str,
) -> None:
    method, path = line.split()
    info = RequestInfo(method, path, {})
    assert (info.method, info.path) == (method, path)
    assert (info.verb, info.api_group, info.api_version) == (verb, group, version)
    assert (info.resource, info.subresource, info.namespace, info.name) == (resource, subresource, namespace, name)
    assert info.template == template


@pytest.mark.parametrize(
    ("query", "verb"),
    [({"watch": True}, "watch"), ({"watch": "1"}, "watch"), ({"watch": False}, "list"), ({"limit": 1}, "list")],
)
def test_request_info_detects_a_watch(query: dict[str, bool | str], verb: str) -> None:
    assert RequestInfo("GET", "/api/v1/pods", query).verb == verb
