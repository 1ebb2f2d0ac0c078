"""Find the kinds of a document, and their verbs and subresources, in its paths."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from kubex_codegen._document import KINDS, Document
from kubex_codegen._structs import EXISTING_TYPES

MARKERS: Mapping[str, str] = {
    "approval": "HasApproval",
    "attach": "HasAttach",
    "ephemeralcontainers": "HasEphemeralContainers",
    "eviction": "HasEviction",
    "exec": "HasExec",
    "log": "HasLogs",
    "portforward": "HasPortForward",
    "resize": "HasResize",
    "scale": "HasScale",
    "status": "HasStatus",
    "token": "HasTokenRequest",
}

_VERBS: Mapping[str, str] = {"post": "create", "put": "update"}


@dataclass
class Resource:
    """A kind with a path on the server."""

    group: str
    version: str
    plural: str
    kind: str = ""
    schema: str = ""
    list_kind: str = ""
    """The kind of its lists, empty if it is the kind and `List`."""
    namespaced: bool = False
    verbs: set[str] = field(default_factory=set[str])
    subresources: set[str] = field(default_factory=set[str])
    body_schemas: set[str] = field(default_factory=set[str])
    """The schemas of the bodies of its subresources that are other kinds."""

    @property
    def stored(self) -> bool:
        """Whether the server stores objects. Reviews and bindings can only be created."""
        return "get" in self.verbs or "list" in self.verbs

    @property
    def markers(self) -> list[str]:
        """The marker classes for its subresources."""
        return sorted(MARKERS[name] for name in self.subresources if name in MARKERS)


def find_resources(document: Document) -> list[Resource]:
    """Return the kinds in the paths of a document, sorted by group, version and plural."""
    found: dict[tuple[str, str, str], Resource] = {}
    schemas = dict(_schemas_by_kind(document))
    watchable: set[tuple[str, str]] = set()
    for path, operations in sorted(document.paths.items()):
        parsed = _parse_path(path)
        if parsed is None:
            continue
        group, version, watch, namespaced, plural, subresource = parsed
        if watch:
            watchable.add((group, version))
        resource = found.setdefault((group, version, plural), Resource(group, version, plural))
        resource.namespaced |= namespaced
        actions = dict(_actions(operations))
        if subresource:
            resource.subresources.add(subresource)
            resource.body_schemas |= {schemas[kind] for kind in actions.values() if kind in schemas}
            continue
        resource.verbs |= {"watch"} if watch else {_VERBS.get(action, action) for action in actions}
        for group_version_kind in actions.values():
            resource.kind = group_version_kind[2]
            resource.schema = schemas.get(group_version_kind, "")
        list_kind = _list_kind(document, operations)
        if list_kind and list_kind != f"{resource.kind}List":
            resource.list_kind = list_kind
    for resource in found.values():
        # Custom resources do not have paths below /watch/. Clients watch them through the list.
        if "list" in resource.verbs and (resource.group, resource.version) not in watchable:
            resource.verbs.add("watch")
    return [resource for _, resource in sorted(found.items()) if resource.kind and resource.schema]


def body_schemas(document: Document, resources: Iterable[Resource]) -> list[tuple[str, str, str]]:
    """Return the schema, apiVersion and kind of bodies that only subresources use, such as Eviction."""
    found = list(resources)
    resource_schemas = {resource.schema for resource in found}
    names = sorted(
        {name for resource in found for name in resource.body_schemas} - resource_schemas - set(EXISTING_TYPES)
    )
    kinds = {schema: kind for kind, schema in _schemas_by_kind(document)}
    return [(name, "/".join(filter(None, kinds[name][:2])), kinds[name][2]) for name in names]


def _schemas_by_kind(document: Document) -> Iterator[tuple[tuple[str, str, str], str]]:
    for name, schema in document.schemas.items():
        for group, version, kind in kinds_of_schema(schema):
            # Skip DeleteOptions and WatchEvent, which belong to all groups and do not have a path.
            if name.rpartition(".")[2] == kind and len(schema[KINDS]) == 1:
                yield (group, version, kind), name


def kinds_of_schema(schema: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the groups, versions and kinds of a schema."""
    return [(kind["group"], kind["version"], kind["kind"]) for kind in schema.get(KINDS, ())]


def _actions(operations: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for operation in operations.values():
        if isinstance(operation, dict) and KINDS in operation:
            found = cast("dict[str, Any]", operation)
            kind = found[KINDS]
            yield str(found.get("x-kubernetes-action", "")), (kind["group"], kind["version"], kind["kind"])


def _list_kind(document: Document, operations: Mapping[str, Any]) -> str:
    """Return the kind of the list of a collection, or an empty string if the document does not contain it."""
    if _inside(operations, "get").get("x-kubernetes-action") != "list":
        return ""
    response = _inside(operations, "get", "responses", "200")
    # Version 2 has the schema in the response, version 3 below the content type.
    schema = _inside(response, "schema") or _inside(response, "content", "application/json", "schema")
    kinds = kinds_of_schema(document.schemas.get(str(schema.get("$ref")).rpartition("/")[2], {}))
    return kinds[0][2] if len(kinds) == 1 else ""


def _inside(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return an object inside of others, an empty one if it is not there."""
    found: Any = value
    for key in keys:
        found = cast("dict[str, Any]", found).get(key) if isinstance(found, dict) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _parse_path(path: str) -> tuple[str, str, bool, bool, str, str] | None:
    """Parse a path into group, version, watch, namespaced, plural and subresource."""
    head, *rest = path.strip("/").split("/")
    if head == "api":
        rest = ["", *rest]
    elif head != "apis":
        return None
    if len(rest) < 3:
        return None
    group, version, *rest = rest
    watch = rest[0] == "watch"
    rest = rest[1:] if watch else rest
    namespaced = rest[:2] == ["namespaces", "{namespace}"] and len(rest) > 2
    rest = rest[2:] if namespaced else rest
    if not rest or (len(rest) > 1 and rest[1] != "{name}") or len(rest) > 3:
        return None
    return group, version, watch, namespaced, rest[0], rest[2] if len(rest) > 2 else ""
