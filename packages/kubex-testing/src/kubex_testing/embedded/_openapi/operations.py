"""The paths and operations of a resource."""

from collections.abc import Iterator, Mapping
from typing import Any

from kubex_testing._objects.json_types import JsonObject
from kubex_testing.embedded._registry import ResourceType
from kubex_testing.embedded._resource_table import Subresource

from .custom_schemas import add_custom_resource
from .definitions import GVK, PATCH, PREFIX, Definitions, gvk_of

_METHODS = {
    "get": "get",
    "list": "get",
    "create": "post",
    "update": "put",
    "patch": "patch",
    "delete": "delete",
    "deletecollection": "delete",
}
_COLLECTION_VERBS = ("list", "create", "deletecollection")
_OBJECT_VERBS = ("get", "update", "delete", "patch")
_CONNECT_SUBRESOURCES = ("attach", "exec", "portforward", "proxy")
_PATCH_TYPES = (
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
)
_WRITE = {"dryRun": "string", "fieldManager": "string", "fieldValidation": "string"}
_DELETE = {
    "dryRun": "string", "gracePeriodSeconds": "integer", "orphanDependents": "boolean", "propagationPolicy": "string",
}  # fmt: skip
_LIST = {
    "allowWatchBookmarks": "boolean", "continue": "string", "fieldSelector": "string", "labelSelector": "string",
    "limit": "integer", "resourceVersion": "string", "resourceVersionMatch": "string", "sendInitialEvents": "boolean",
    "timeoutSeconds": "integer", "watch": "boolean",
}  # fmt: skip
_COLLECTION_DELETE = {key: value for key, value in _LIST.items() if key not in ("allowWatchBookmarks", "watch")}
_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "list": _LIST,
    "create": _WRITE,
    "update": _WRITE,
    "patch": {**_WRITE, "force": "boolean"},
    "delete": _DELETE,
    "deletecollection": {**_DELETE, **_COLLECTION_DELETE},
}
_STATUS_TEXTS = {"200": "OK", "201": "Created", "202": "Accepted"}
_STATUSES = {"create": ("200", "201", "202"), "update": ("200", "201"), "delete": ("200", "202")}


def resource_paths(resource: ResourceType, definitions: Definitions) -> JsonObject:
    """Return the paths of a resource, and add the schemas that they refer to."""
    return dict(_Paths(resource, definitions).items())


class _Paths:
    def __init__(self, resource: ResourceType, definitions: Definitions) -> None:
        self._resource = resource
        self._definitions = definitions
        group, version = resource.group, resource.version
        self._root = f"/apis/{group}/{version}" if group else f"/api/{version}"
        self._gvk = gvk_of(group, version, resource.kind)
        self._schema = self._add_schema()

    def items(self) -> Iterator[tuple[str, JsonObject]]:
        resource, verbs = self._resource, self._resource.verbs
        collection = f"{self._root}/{resource.plural}"
        if resource.namespaced:
            if resource.is_stored:
                yield collection, self._path(["list"])
            collection = f"{self._root}/namespaces/{{namespace}}/{resource.plural}"
        names = ["namespace"] if resource.namespaced else []
        yield collection, self._path([verb for verb in _COLLECTION_VERBS if verb in verbs], *names)
        item = f"{collection}/{{name}}"
        if resource.is_stored:
            yield item, self._path([verb for verb in _OBJECT_VERBS if verb in verbs], *names, "name")
        for subresource in resource.subresources:
            yield f"{item}/{subresource.name}", self._subresource_path(subresource, *names, "name")

    def _path(self, verbs: list[str], *names: str) -> JsonObject:
        """Return the item of one path. `names` are the parameters in the path."""
        document: JsonObject = {_METHODS[verb]: self._operation(verb) for verb in verbs}
        document["parameters"] = [_path_parameter(name) for name in names]
        return document

    def _operation(self, verb: str) -> JsonObject:
        return self._document(verb, verb, self._gvk, self._response_schema(verb), self._schema)

    def _subresource_path(self, item: Subresource, *names: str) -> JsonObject:
        resource = self._resource
        kind, group, version = item.kind or resource.kind, item.group, item.version
        if not item.version:
            group, version = resource.group, resource.version
        schema = self._schema
        if item.kind:
            schema = self._definitions.builtin_kind(group, version, kind)
        # kube-apiserver names the custom resource in all operations, and a built-in subresource by its own kind.
        gvk = self._gvk if resource.custom else gvk_of(group, version, kind)
        connects = item.name in _CONNECT_SUBRESOURCES
        # A log is plain text.
        shown = None if connects or item.name == "log" else schema
        document: JsonObject = {
            _METHODS[verb]: self._document(verb, "connect" if connects else verb, gvk, shown, schema)
            for verb in item.verbs
            if verb in _METHODS
        }
        document["parameters"] = [_path_parameter(name) for name in names]
        return document

    def _document(
        self, verb: str, action: str, gvk: JsonObject, response: JsonObject | None, body: JsonObject | None
    ) -> JsonObject:
        """Return one operation. `response` and `body` are the schemas of the response and of the request."""
        content = {"content": {"application/json": {"schema": response}}} if response else {}
        document: JsonObject = {
            "responses": {
                status: {"description": _STATUS_TEXTS[status], **content} for status in _statuses(verb, action)
            },
            "x-kubernetes-action": {"create": "post", "update": "put"}.get(action, action),
            GVK: gvk,
        }
        if action == "connect":
            return document
        document["parameters"] = [_query_parameter(name, kind) for name, kind in _PARAMETERS.get(verb, {}).items()]
        if request_body := self._request_body(verb, body):
            document["requestBody"] = request_body
        return document

    def _response_schema(self, verb: str) -> JsonObject | None:
        if verb in ("delete", "deletecollection"):
            return None
        if verb == "list" and self._schema is not None:
            return self._definitions.add_list(self._resource, self._schema["$ref"].removeprefix(PREFIX))
        return self._schema

    def _request_body(self, verb: str, schema: JsonObject | None) -> JsonObject | None:
        if verb == "patch":
            media_types = [
                item
                for item in _PATCH_TYPES
                if not (self._resource.custom and item.endswith("/strategic-merge-patch+json"))
            ]
            patch = {"schema": self._definitions.common(PATCH)}
            return {"content": dict.fromkeys(media_types, patch), "required": True}
        if verb in ("create", "update") and schema:
            return {"content": {"*/*": {"schema": schema}}, "required": True}
        if verb in ("delete", "deletecollection"):
            return {"content": {"*/*": {"schema": self._definitions.builtin_kind("", "v1", "DeleteOptions")}}}
        return None

    def _add_schema(self) -> JsonObject | None:
        resource = self._resource
        if resource.custom is not None:
            return add_custom_resource(resource, resource.custom, self._definitions)
        return self._definitions.builtin_kind(resource.group, resource.version, resource.kind)


def _statuses(verb: str, action: str) -> tuple[str, ...]:
    return ("200",) if action == "connect" else _STATUSES.get(verb, ("200",))


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "uniqueItems": True}}


def _query_parameter(name: str, kind: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": kind, "uniqueItems": True}}
