"""Derive from a request what it does: the verb, the resource and the object. API servers use the same rules."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from kubex.core._urls import Query

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}
_COLLECTION_VERBS = {"get": "list", "delete": "deletecollection"}

# The parts of a path below a namespace that belong to the namespace itself.
_SUBRESOURCES_OF_NAMESPACES = ("status", "finalize")


class ResourcePath(NamedTuple):
    """The parts of a path below `/api` or `/apis`. `resource` is None for other paths, such as `/version`."""

    template: str
    api_group: str | None = None
    api_version: str | None = None
    resource: str | None = None
    subresource: str | None = None
    namespace: str | None = None
    name: str | None = None


class RequestInfo:
    """The verb, the resource and the object of a request, in the terms of the authorization of Kubernetes.

    See https://kubernetes.io/docs/reference/access-authn-authz/authorization/#request-verb-resource.
    """

    __slots__ = ("_is_watch", "_resource_path", "method", "path")

    def __init__(self, method: str, path: str, query: Query) -> None:
        self.method = method
        """The HTTP method."""
        self.path = path
        """The path, which is percent-encoded, without the query."""
        self._is_watch = "watch" in query and str(query["watch"]).lower() in ("true", "1")
        self._resource_path: ResourcePath | None = None

    @property
    def _parsed(self) -> ResourcePath:
        if self._resource_path is None:
            self._resource_path = parse_path(self.path)
        return self._resource_path

    @property
    def verb(self) -> str:
        """The verb, such as `get`, `list`, `watch`, `create`, `update`, `patch`, `delete` or `deletecollection`.

        For a path without a resource, it is the HTTP method in lower case.
        """
        if self._parsed.resource is None:
            return self.method.lower()
        if self._is_watch:
            return "watch"
        verb = _VERBS.get(self.method, self.method.lower())
        return verb if self._parsed.name is not None else _COLLECTION_VERBS.get(verb, verb)

    @property
    def template(self) -> str:
        """The path with placeholders, such as `/api/v1/namespaces/{namespace}/pods/{name}`.

        Use it for metrics, because the number of its values is small. A path without a resource does not change.
        """
        return self._parsed.template

    @property
    def api_group(self) -> str | None:
        """The API group, such as `apps`. It is empty for the core group, and None for a path without a resource."""
        return self._parsed.api_group

    @property
    def api_version(self) -> str | None:
        """The version in the API group, such as `v1`."""
        return self._parsed.api_version

    @property
    def resource(self) -> str | None:
        """The plural name of the resource, such as `pods`. It is None for a path such as `/version`."""
        return self._parsed.resource

    @property
    def subresource(self) -> str | None:
        """The subresource, such as `status`."""
        return self._parsed.subresource

    @property
    def namespace(self) -> str | None:
        """The namespace in the path."""
        return self._parsed.namespace

    @property
    def name(self) -> str | None:
        """The name of the object in the path. When an object is created, the path does not contain a name."""
        return self._parsed.name


@lru_cache(maxsize=256)
def parse_path(path: str) -> ResourcePath:
    """Split a percent-encoded path into its parts."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if parts[0] == "api" and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return ResourcePath(path)
    namespace = None
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in _SUBRESOURCES_OF_NAMESPACES:
        namespace, rest = rest[1], rest[2:]
    resource, name, subresource, *remaining = (*rest, None, None)[: max(3, len(rest))]
    template = [
        *parts[: 2 if parts[0] == "api" else 3],
        *(("namespaces", "{namespace}") if namespace is not None else ()),
        str(resource),
        *(("{name}",) if name is not None else ()),
        *((subresource,) if subresource is not None else ()),
        *(("{path}",) if remaining else ()),
    ]
    return ResourcePath("/" + "/".join(template), group, version, resource, subresource, namespace, name)
