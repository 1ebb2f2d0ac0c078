"""Scripted responses of API discovery."""

from typing import Any

from kubex_testing import MockResponse

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def resource(kind: str, *short_names: str, plural: str = "", **fields: Any) -> dict[str, Any]:
    """Return a resource of aggregated discovery."""
    return {
        "resource": plural or f"{kind.lower()}s",
        "responseKind": {"group": "", "version": "", "kind": kind},
        "scope": "Namespaced",
        "singularResource": kind.lower(),
        "verbs": ["get", "list"],
        "shortNames": list(short_names),
        **fields,
    }


def group(name: str, *, freshness: str = "Current", **versions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a group of aggregated discovery with the resources of each version."""
    items = [
        {"version": version, "resources": resources, "freshness": freshness} for version, resources in versions.items()
    ]
    return {"metadata": {"name": name} if name else {}, "versions": items}


CORE = group("", v1=[resource("Pod", "po"), resource("Event", "ev"), resource("Node", "no", scope="Cluster")])
APPS = group("apps", v1=[resource("Deployment", "deploy", subresources=[{"subresource": "status"}])])


def aggregated(*groups: dict[str, Any], etag: str | None = None, **fields: Any) -> MockResponse:
    """Return a document of aggregated discovery."""
    headers = {"Content-Type": AGGREGATED, **({"ETag": etag} if etag else {})}
    return MockResponse(json={"items": list(groups)}, headers=headers, **fields)


def first_look(*groups: dict[str, Any]) -> tuple[MockResponse, MockResponse]:
    """Return the two responses with the core group, and with other groups."""
    return aggregated(CORE, expect="GET /api"), aggregated(*groups, expect="GET /apis")
