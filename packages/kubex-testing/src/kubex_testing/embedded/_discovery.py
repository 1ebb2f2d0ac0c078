"""The discovery documents, the version, and the health endpoints."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from . import _errors as errors
from ._aggregated_discovery import accepts_aggregated_discovery, aggregated_discovery
from ._api_services import remote_versions
from ._cluster import Cluster
from ._encode import dumps, render
from ._health import HEALTH_ENDPOINTS, check_health
from ._messages import RecordedRequest, Response
from ._negotiation import Representation, negotiate
from ._registry import Registry, ResourceType
from ._resource_table import Subresource

RemoteVersions: TypeAlias = Mapping[str, Sequence[str]]

VERSION = {
    "major": "1",
    "minor": "37",
    # The suffix identifies this server, and the version selects the features of clients.
    "gitVersion": "v1.37.2+kubex-testing",
    "gitCommit": "",
    "gitTreeState": "",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "platform": "linux/amd64",
}


def discover(cluster: Cluster, request: RecordedRequest, address: str) -> Response | None:
    """Handle a path that is not a resource request. Returns None for unknown paths.

    Raises a 503 for a version of a group whose server is not available.
    """
    registry, remote = cluster.registry, remote_versions(cluster.store)
    groups = list(dict.fromkeys((*registry.groups(), *remote)))
    aggregated = cluster.settings.aggregated_discovery and accepts_aggregated_discovery(request)
    match request.segments():
        case []:
            return _json(request, {"paths": _paths(registry, remote)})
        case ["version"]:
            return _json(request, VERSION)
        case ["api"] if aggregated:
            return aggregated_discovery(registry, request, [""], {})
        case ["apis"] if aggregated:
            return aggregated_discovery(registry, request, groups, remote)
        case ["api"]:
            return _json(request, _legacy_versions(address))
        case ["apis"]:
            items = [_group(registry, remote, group) for group in groups]
            return _json(request, {"kind": "APIGroupList", "apiVersion": "v1", "groups": items})
        case ["apis", group] if group in groups:
            return _json(request, {"kind": "APIGroup", "apiVersion": "v1", **_group(registry, remote, group)})
        case ["apis", group, version] if version in remote.get(group, ()):
            raise errors.service_unavailable()
        case ["api", version] if registry.serves("", version):
            return _json(request, _resource_list(registry, "", version))
        case ["apis", group, version] if registry.serves(group, version):
            return _json(request, _resource_list(registry, group, version))
        case _:
            return check_health(request)


def accepts_any_method(request: RecordedRequest) -> bool:
    """Return whether kube-apiserver ignores the method of requests to this path."""
    segments = request.segments()
    return segments[0] in HEALTH_ENDPOINTS or (segments[0] == "apis" and len(segments) < 3)


def _json(request: RecordedRequest, document: Any) -> Response:
    representation: Representation = negotiate(request)
    return render(200, dumps(document), representation)


def _paths(registry: Registry, remote: RemoteVersions) -> list[str]:
    paths = ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]
    for group in registry.groups():
        paths.append(f"/apis/{group}")
        paths.extend(f"/apis/{group}/{version}" for version in registry.versions(group))
    for group, versions in remote.items():
        paths += [f"/apis/{group}", *(f"/apis/{group}/{version}" for version in versions)]
    return sorted(set(paths))


def _legacy_versions(address: str) -> dict[str, Any]:
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    }


def _group(registry: Registry, remote: RemoteVersions, group: str) -> dict[str, Any]:
    served = (*registry.versions(group), *remote.get(group, ()))
    versions = [{"groupVersion": f"{group}/{item}", "version": item} for item in served]
    return {"name": group, "versions": versions, "preferredVersion": versions[0]}


def _resource_list(registry: Registry, group: str, version: str) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": "APIResourceList"}
    if group:
        document["apiVersion"] = "v1"
    document["groupVersion"] = f"{group}/{version}" if group else version
    resources: list[dict[str, Any]] = []
    for resource in registry.resources(group, version):
        resources.append(_resource(resource))
        resources.extend(_subresource(resource, item) for item in resource.subresources)
    document["resources"] = resources
    return document


def _resource(resource: ResourceType) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": resource.plural,
        "singularName": resource.singular or resource.kind.lower(),
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        document["shortNames"] = list(resource.short_names)
    if resource.categories:
        document["categories"] = list(resource.categories)
    if "watch" in resource.verbs:
        document["storageVersionHash"] = _storage_version_hash(resource)
    return document


def _storage_version_hash(resource: ResourceType) -> str:
    """Return the hash of the version in etcd, as in kube-apiserver: clients compare it to find migrations."""
    group, _, version = (resource.storage or resource.stored_api_version).rpartition("/")
    digest = hashlib.sha256(f"{group}/{version}/{resource.kind}".encode()).digest()
    return base64.b64encode(digest[:8]).decode()


def _subresource(resource: ResourceType, subresource: Subresource) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": f"{resource.plural}/{subresource.name}",
        "singularName": "",
        "namespaced": resource.namespaced,
    }
    if subresource.version:
        document.update(group=subresource.group, version=subresource.version)
    document.update(kind=subresource.kind or resource.kind, verbs=list(subresource.verbs))
    return document
