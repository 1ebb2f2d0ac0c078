"""CustomResourceDefinitions, brought into the form of the document that a server publishes for them.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from kubex_codegen._document import KINDS, Document, Json, list_in, object_in, parse_document
from kubex_codegen._errors import CodegenError

KIND = "CustomResourceDefinition"
_API_GROUP = "apiextensions.k8s.io"
_API_VERSION = f"{_API_GROUP}/v1"
_OBJECT_META = {"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
_READ_AND_WRITTEN = {"get": "get", "put": "put", "patch": "patch"}


@dataclass(frozen=True)
class Manifest:
    """A Kubernetes object of a file, and where it is, for error messages."""

    content: Mapping[str, Any]
    origin: str

    @property
    def kind(self) -> str:
        """Its kind, or the empty text."""
        return str(self.content.get("kind") or "")

    @property
    def is_definition(self) -> bool:
        """Whether it is a CustomResourceDefinition, of whatever version."""
        return self.kind == KIND and str(self.content.get("apiVersion")).startswith(f"{_API_GROUP}/")


def manifests(value: Json, origin: str) -> Iterator[Manifest]:
    """Yield the objects of one JSON or YAML document: the items of a list, or the document."""
    if not isinstance(value, dict):
        return
    found = Manifest(cast("dict[str, Any]", value), origin)
    if found.kind.endswith("List") and isinstance(found.content.get("items"), list):
        for number, item in enumerate(found.content["items"]):
            yield from manifests(item, f"{origin}: items[{number}]")
    else:
        yield found


def document_of(definitions: Iterable[Manifest]) -> Document:
    """Return what a server publishes for these definitions: the schemas and paths of their served versions."""
    known: dict[tuple[str, str], Manifest] = {}
    parts: dict[str, Json] = {}
    for definition in definitions:
        spec = _spec(definition)
        group, names = (
            _text(spec, "group", definition),
            object_in(spec.get("names"), f"{definition.origin}: spec.names"),
        )
        kind, plural = (_text(names, key, definition, "names.") for key in ("kind", "plural"))
        other = known.setdefault((group, plural), definition)
        if other is not definition:
            if other.content == definition.content:
                continue
            raise CodegenError(
                f"{plural}.{group} is defined in {other.origin} and differently in {definition.origin}: "
                "generate from one of them"
            )
        parts[f"{plural}.{group}"] = _part(definition, spec, group, kind, plural)
    return parse_document(parts, "the CustomResourceDefinitions")


def _spec(definition: Manifest) -> dict[str, Any]:
    version = definition.content.get("apiVersion")
    if version != _API_VERSION:
        raise CodegenError(
            f"{definition.origin} is a {KIND} of {version}, which servers do not accept any more: convert it to "
            f"{_API_VERSION}"
        )
    return object_in(definition.content.get("spec"), f"{definition.origin}: spec")


def _part(definition: Manifest, spec: Mapping[str, Any], group: str, kind: str, plural: str) -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    list_kind = str(object_in(spec.get("names"), f"{definition.origin}: spec.names").get("listKind") or f"{kind}List")
    versions = list_in(spec.get("versions"), f"{definition.origin}: spec.versions")
    for number, entry in enumerate(versions):
        where = f"{definition.origin}: spec.versions[{number}]"
        version = object_in(entry, where)
        if not version.get("served"):
            continue
        name = _text(version, "name", definition, f"versions[{number}].")
        validation = object_in(version.get("schema"), f"{where}.schema")
        schema = object_in(validation.get("openAPIV3Schema"), f"{where}.schema.openAPIV3Schema")
        served = {"group": group, "version": name, "kind": kind}
        schemas[_schema_name(group, name, kind)] = _schema(schema, served, where)
        subresources = object_in(version.get("subresources") or {}, f"{where}.subresources")
        list_name = _schema_name(group, name, list_kind)
        schemas[list_name] = {"type": "object", KINDS: [{**served, "kind": list_kind}]}
        paths |= _paths(
            served, plural, list_name, namespaced=spec.get("scope") == "Namespaced", subresources=subresources
        )
    if not schemas:
        raise CodegenError(f"{definition.origin} serves no version: set `served: true` on one")
    return {"openapi": "3.0.0", "components": {"schemas": schemas}, "paths": paths}


def _schema_name(group: str, version: str, kind: str) -> str:
    return ".".join([*reversed(group.split(".")), version, kind])


def _schema(schema: Mapping[str, Any], served: Mapping[str, str], where: str) -> dict[str, Any]:
    """Add what every object has to the schema of one version."""
    declared = object_in(schema.get("properties") or {}, f"{where}.schema.openAPIV3Schema.properties")
    text = {"type": "string"}
    properties = {**declared, "apiVersion": text, "kind": text, "metadata": {"allOf": [_OBJECT_META]}}
    return {**schema, "properties": properties, KINDS: [served]}


def _paths(
    served: Mapping[str, str], plural: str, list_name: str, *, namespaced: bool, subresources: Mapping[str, Any]
) -> dict[str, Any]:
    root = f"/apis/{served['group']}/{served['version']}"
    home = f"{root}/namespaces/{{namespace}}/{plural}" if namespaced else f"{root}/{plural}"
    scale = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
    paths = {
        f"{root}/{plural}": _operations(served, {"get": "list"}),
        home: _operations(served, {"get": "list", "post": "post", "delete": "deletecollection"}),
        f"{home}/{{name}}": _operations(served, {**_READ_AND_WRITTEN, "delete": "delete"}),
    }
    schema = {"$ref": f"#/components/schemas/{list_name}"}
    for path in (f"{root}/{plural}", home):
        paths[path]["get"]["responses"] = {"200": {"content": {"application/json": {"schema": schema}}}}
    for name, kind in (("status", served), ("scale", scale)):
        if subresources.get(name) is not None:
            paths[f"{home}/{{name}}/{name}"] = _operations(kind, _READ_AND_WRITTEN)
    return paths


def _operations(kind: Mapping[str, str], actions: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    return {method: {"x-kubernetes-action": action, KINDS: kind} for method, action in actions.items()}


def _text(value: Mapping[str, Any], key: str, definition: Manifest, above: str = "") -> str:
    found = value.get(key)
    if not isinstance(found, str) or not found:
        raise CodegenError(f"{definition.origin}: spec.{above}{key} must be a text that is not empty")
    return found
