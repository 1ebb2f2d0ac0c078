"""Convert CustomResourceDefinitions to the OpenAPI document that a server publishes for them.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from kubex_codegen._document import KINDS, Document, Json, parse_document, require_list, require_object
from kubex_codegen._errors import CodegenError

KIND = "CustomResourceDefinition"
_API_GROUP = "apiextensions.k8s.io"
_API_VERSION = f"{_API_GROUP}/v1"
_OBJECT_META = {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
_SUBRESOURCE_ACTIONS = {"get": "get", "put": "put", "patch": "patch"}


@dataclass(frozen=True)
class Manifest:
    """A Kubernetes object from a file, with its location for error messages."""

    content: Mapping[str, Any]
    origin: str

    @property
    def kind(self) -> str:
        """The kind of the object, or an empty string."""
        return str(self.content.get("kind") or "")

    @property
    def is_definition(self) -> bool:
        """Whether the object is a CustomResourceDefinition of any version."""
        return self.kind == KIND and str(self.content.get("apiVersion")).startswith(f"{_API_GROUP}/")


def iterate_manifests(value: Json, origin: str) -> Iterator[Manifest]:
    """Yield the objects of one JSON or YAML document: the items of a list, or the document."""
    if not isinstance(value, dict):
        return
    found = Manifest(cast("dict[str, Any]", value), origin)
    if found.kind.endswith("List") and isinstance(found.content.get("items"), list):
        for number, item in enumerate(found.content["items"]):
            yield from iterate_manifests(item, f"{origin}: items[{number}]")
    else:
        yield found


def document_from_definitions(definitions: Iterable[Manifest]) -> Document:
    """Return the schemas and paths of the served versions of these definitions."""
    definitions_by_name: dict[tuple[str, str], Manifest] = {}
    documents: dict[str, Json] = {}
    for definition in definitions:
        spec = _spec(definition)
        group, names = (
            _text(spec, "group", definition),
            require_object(spec.get("names"), f"{definition.origin}: spec.names"),
        )
        kind, plural = (_text(names, key, definition, "names.") for key in ("kind", "plural"))
        other = definitions_by_name.setdefault((group, plural), definition)
        if other is not definition:
            if other.content == definition.content:
                continue
            raise CodegenError(
                f"{plural}.{group} is defined in {other.origin} and differently in {definition.origin}: "
                "remove one of them from the input"
            )
        documents[f"{plural}.{group}"] = _definition_document(definition, spec, group, kind, plural)
    return parse_document(documents, "the CustomResourceDefinitions")


def _spec(definition: Manifest) -> dict[str, Any]:
    version = definition.content.get("apiVersion")
    if version != _API_VERSION:
        raise CodegenError(
            f"{definition.origin} is a {KIND} of {version}, which API servers do not support any more; convert it to "
            f"{_API_VERSION}"
        )
    return require_object(definition.content.get("spec"), f"{definition.origin}: spec")


def _definition_document(
    definition: Manifest, spec: Mapping[str, Any], group: str, kind: str, plural: str
) -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    list_kind = str(
        require_object(spec.get("names"), f"{definition.origin}: spec.names").get("listKind") or f"{kind}List"
    )
    versions = require_list(spec.get("versions"), f"{definition.origin}: spec.versions")
    for number, entry in enumerate(versions):
        path = f"{definition.origin}: spec.versions[{number}]"
        version = require_object(entry, path)
        if not version.get("served"):
            continue
        name = _text(version, "name", definition, f"versions[{number}].")
        validation = require_object(version.get("schema"), f"{path}.schema")
        schema = require_object(validation.get("openAPIV3Schema"), f"{path}.schema.openAPIV3Schema")
        served = {"group": group, "version": name, "kind": kind}
        schemas[_schema_name(group, name, kind)] = _schema(schema, served, path)
        subresources = require_object(version.get("subresources") or {}, f"{path}.subresources")
        list_name = _schema_name(group, name, list_kind)
        schemas[list_name] = {"type": "object", KINDS: [{**served, "kind": list_kind}]}
        paths |= _paths(
            served, plural, list_name, namespaced=spec.get("scope") == "Namespaced", subresources=subresources
        )
    if not schemas:
        raise CodegenError(f"{definition.origin} does not serve any version; set `served: true` on one of them")
    return {"openapi": "3.0.0", "components": {"schemas": schemas}, "paths": paths}


def _schema_name(group: str, version: str, kind: str) -> str:
    return ".".join([*reversed(group.split(".")), version, kind])


def _schema(schema: Mapping[str, Any], served: Mapping[str, str], path: str) -> dict[str, Any]:
    """Add apiVersion, kind and metadata to the schema of one version."""
    declared = require_object(schema.get("properties") or {}, f"{path}.schema.openAPIV3Schema.properties")
    text = {"type": "string"}
    properties = {**declared, "apiVersion": text, "kind": text, "metadata": {"allOf": [_OBJECT_META]}}
    return {**schema, "properties": properties, KINDS: [served]}


def _paths(
    served: Mapping[str, str], plural: str, list_name: str, *, namespaced: bool, subresources: Mapping[str, Any]
) -> dict[str, Any]:
    root = f"/apis/{served['group']}/{served['version']}"
    collection = f"{root}/namespaces/{{namespace}}/{plural}" if namespaced else f"{root}/{plural}"
    scale = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    paths = {
        f"{root}/{plural}": _operations(served, {"get": "list"}),
        collection: _operations(served, {"get": "list", "post": "post", "delete": "deletecollection"}),
        f"{collection}/{{name}}": _operations(served, {**_SUBRESOURCE_ACTIONS, "delete": "delete"}),
    }
    schema = {"$ref": f"#/components/schemas/{list_name}"}
    for path in (f"{root}/{plural}", collection):
        paths[path]["get"]["responses"] = {"200": {"content": {"application/json": {"schema": schema}}}}
    for name, kind in (("status", served), ("scale", scale)):
        if subresources.get(name) is not None:
            paths[f"{collection}/{{name}}/{name}"] = _operations(kind, _SUBRESOURCE_ACTIONS)
    return paths


def _operations(kind: Mapping[str, str], actions: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {method: {"x-kubernetes-action": action, KINDS: kind} for method, action in actions.items()}


def _text(value: Mapping[str, Any], key: str, definition: Manifest, above: str = "") -> str:
    found = value.get(key)
    if not isinstance(found, str) or not found:
        raise CodegenError(f"{definition.origin}: spec.{above}{key} must be a non-empty string")
    return found
