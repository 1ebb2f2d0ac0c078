"""Aggregated discovery: one document with all groups, versions and resources, and an ETag.

See https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ._encode import dumps
from ._messages import RecordedRequest, Response
from ._negotiation import JSON, parse_accept
from ._registry import Registry, ResourceType
from ._resource_table import Subresource

_GROUP, _VERSION, _LIST = "apidiscovery.k8s.io", "v2", "APIGroupDiscoveryList"
_CONTENT_TYPE = f"{JSON};g={_GROUP};v={_VERSION};as={_LIST}"


def accepts_aggregated_discovery(request: RecordedRequest) -> bool:
    """Return whether the client prefers the aggregated format to the other supported formats."""
    for clause in parse_accept(request.header("accept")):
        requested = (clause.parameters.get("g"), clause.parameters.get("v"), clause.parameters.get("as"))
        if clause.media == JSON and requested == (_GROUP, _VERSION, _LIST):
            return True
        if not clause.parameters:
            return False
    return False


def aggregated_discovery(
    registry: Registry, request: RecordedRequest, groups: Sequence[str], remote: Mapping[str, Sequence[str]]
) -> Response:
    """Return the discovery document of these groups, or 304 if the client already has it.

    `remote` contains the versions whose servers are not available.
    """
    document: dict[str, Any] = {
        "kind": _LIST,
        "apiVersion": f"{_GROUP}/{_VERSION}",
        "metadata": {},
        "items": [_group(registry, group, remote.get(group, ())) for group in groups],
    }
    body = dumps(document) + b"\n"
    etag = f'"{hashlib.sha256(body).hexdigest().upper()}"'
    headers = [("Cache-Control", "public"), ("ETag", etag), ("Vary", "Accept")]
    if request.header("if-none-match") == etag:
        return Response(304, headers)
    return Response(200, [("Content-Type", _CONTENT_TYPE), *headers], body)


def _group(registry: Registry, group: str, remote: Sequence[str]) -> dict[str, Any]:
    versions: list[dict[str, Any]] = [
        {
            "version": version,
            "resources": [_resource(resource) for resource in registry.resources(group, version)],
            "freshness": "Current",
        }
        for version in registry.versions(group)
    ]
    versions += [{"version": version, "freshness": "Stale"} for version in remote]
    return {"metadata": {"name": group} if group else {}, "versions": versions}


def _resource(resource: ResourceType) -> dict[str, Any]:
    document: dict[str, Any] = {
        "resource": resource.plural,
        "responseKind": {"group": "", "version": "", "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular or resource.kind.lower(),
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        document["shortNames"] = list(resource.short_names)
    if resource.categories:
        document["categories"] = list(resource.categories)
    if resource.subresources:
        document["subresources"] = [_subresource(resource, item) for item in resource.subresources]
    return document


def _subresource(resource: ResourceType, item: Subresource) -> dict[str, Any]:
    kind = {"group": item.group, "version": item.version, "kind": item.kind or resource.kind}
    return {"subresource": item.name, "responseKind": kind, "verbs": list(item.verbs)}
