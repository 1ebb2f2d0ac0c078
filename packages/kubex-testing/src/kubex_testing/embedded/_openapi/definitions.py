"""The schemas of one document: those of built-in kinds, from the table of schemas, and the types that they refer to."""

from collections.abc import Mapping
from typing import Any

from kubex_testing._objects.json_types import JsonObject
from kubex_testing._objects.schema import Schema, UnknownKindError, builtin_schema, builtin_table, builtin_type
from kubex_testing.embedded._registry import ResourceType

GVK = "x-kubernetes-group-version-kind"
PREFIX = "#/components/schemas/"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
OBJECT_META = "meta.v1.ObjectMeta"
LIST_META = f"{_META}ListMeta"
PATCH = f"{_META}Patch"
# The packages of the types in the table; the other types are in `io.k8s.api`.
_PACKAGES = {
    "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis.",
    "apiregistration": "io.k8s.kube-aggregator.pkg.apis.",
    "meta": "io.k8s.apimachinery.pkg.apis.",
}
_INLINE: Mapping[str, JsonObject] = {
    "boolean": {"type": "boolean"},
    "bytes": {"type": "string", "format": "byte"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "number": {"type": "number", "format": "double"},
    "string": {"type": "string"},
}
# kubectl shows the names of these types.
_NAMED_SCALARS = {
    "int-or-string": "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    "micro-time": f"{_META}MicroTime",
    "quantity": "io.k8s.apimachinery.pkg.api.resource.Quantity",
    "time": f"{_META}Time",
}
_CRD = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
_ANY_OBJECT = "io.k8s.apimachinery.pkg.runtime.RawExtension"
# The types of fields that contain any JSON value. The other such fields contain a complete object.
_ANY_FIELDS = {
    "default": f"{_CRD}JSON",
    "enum": f"{_CRD}JSON",
    "example": f"{_CRD}JSON",
    "fieldsV1": f"{_META}FieldsV1",
}
_COMMON: Mapping[str, JsonObject] = {
    # kubectl explain fails for an empty schema.
    f"{_CRD}JSON": {"description": "Any JSON value."},
    f"{_META}FieldsV1": {"type": "object"},
    _ANY_OBJECT: {"type": "object"},
    _NAMED_SCALARS["int-or-string"]: {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    _NAMED_SCALARS["micro-time"]: {"type": "string", "format": "date-time"},
    _NAMED_SCALARS["quantity"]: {"oneOf": [{"type": "string"}, {"type": "number"}]},
    _NAMED_SCALARS["time"]: {"type": "string", "format": "date-time"},
    LIST_META: {
        "type": "object",
        "properties": {
            "continue": {"type": "string"},
            "remainingItemCount": {"type": "integer", "format": "int64"},
            "resourceVersion": {"type": "string"},
            "selfLink": {"type": "string"},
        },
    },
    PATCH: {"type": "object"},
}
# OpenAPI v2 does not support alternatives.
V2_SCALARS: Mapping[str, JsonObject] = {
    _NAMED_SCALARS["int-or-string"]: {"type": "string", "format": "int-or-string"},
    _NAMED_SCALARS["quantity"]: {"type": "string"},
}


def gvk_of(group: str, version: str, kind: str) -> JsonObject:
    """Return the object that identifies a kind in operations and schemas."""
    return {"group": group, "version": version, "kind": kind}


def reference(name: str) -> JsonObject:
    """Return a reference to a schema of the document."""
    return {"$ref": PREFIX + name}


class Definitions:
    """The schemas of one document, which are added when something refers to them."""

    def __init__(self) -> None:
        self.schemas: dict[str, JsonObject] = {}

    def common(self, name: str) -> JsonObject:
        """Refer to a type that all documents can contain, such as `LIST_META`."""
        self.schemas.setdefault(name, _COMMON[name])
        return reference(name)

    def builtin_type(self, table_name: str) -> JsonObject:
        """Refer to a struct of the table of schemas, such as `meta.v1.ObjectMeta`."""
        return reference(self._add(table_name))

    def builtin_kind(self, group: str, version: str, kind: str) -> JsonObject | None:
        """Refer to a built-in kind. Returns None for kinds that are not in the table, such as `PodExecOptions`."""
        try:
            schema = builtin_schema(group, version, kind)
        except UnknownKindError:
            return None
        name = self._add(schema.definition)
        self.schemas[name][GVK] = [gvk_of(group, version, kind)]
        return reference(name)

    def add_list(self, resource: ResourceType, item_name: str) -> JsonObject:
        """Add the list of a kind, and refer to it."""
        kind = resource.list_kind or f"{resource.kind}List"
        name = f"{item_name.rpartition('.')[0]}.{kind}"
        self.schemas[name] = {
            "type": "object",
            "required": ["items"],
            "properties": {
                "apiVersion": {"type": "string"},
                "items": {"type": "array", "items": reference(item_name)},
                "kind": {"type": "string"},
                "metadata": {"allOf": [self.common(LIST_META)]},
            },
            GVK: [gvk_of(resource.group, resource.version, kind)],
        }
        return reference(name)

    def _add(self, table_name: str) -> str:
        name = _full_name(table_name)
        if name not in self.schemas:
            # Types contain themselves, so add the schema before its fields.
            document: JsonObject = {"type": "object"}
            self.schemas[name] = document
            schema = builtin_type(table_name)
            properties = {key: self._property(key, child) for key, child in schema.fields.items()}
            document["properties"] = properties
            enums: JsonObject = builtin_table()["types"][table_name].get("enums", {})
            for key, values in enums.items():
                node = properties[key]
                (node.get("items") or node.get("additionalProperties") or node)["enum"] = values
            if schema.required:
                document["required"] = list(schema.required)
            if schema.atomic:
                document["x-kubernetes-map-type"] = "atomic"
        return name

    def _property(self, key: str, schema: Schema) -> JsonObject:
        node = self._node(key, schema)
        # OpenAPI 3.0 ignores other keys next to a reference.
        document = {"allOf": [node]} if "$ref" in node else node
        return {**document, **_extensions(schema)}

    def _node(self, key: str, schema: Schema) -> JsonObject:
        if schema.kind in _INLINE:
            return dict(_INLINE[schema.kind])
        if schema.kind == "any" and schema.definition:
            return self._message(schema.definition)
        if schema.kind == "any":
            return self.common(_ANY_FIELDS.get(key, _ANY_OBJECT))
        if schema.kind in _NAMED_SCALARS:
            return self.common(_NAMED_SCALARS[schema.kind])
        if schema.kind == "list":
            return {"type": "array", "items": self._node(key, schema.entry)}
        if schema.kind == "map":
            return {"type": "object", "additionalProperties": self._node(key, schema.entry)}
        return self.builtin_type(schema.definition)

    def _message(self, table_name: str) -> JsonObject:
        """Refer to a type that is not a struct in JSON: one of several types, or an empty object."""
        name = _full_name(table_name)
        has_alternatives = builtin_table()["types"][table_name].get("alternatives")
        self.schemas[name] = {"description": "One of several types."} if has_alternatives else {"type": "object"}
        return reference(name)


def _extensions(schema: Schema) -> dict[str, Any]:
    extensions: dict[str, Any] = {}
    if schema.kind == "list" and schema.list_type != "atomic":
        extensions["x-kubernetes-list-type"] = schema.list_type
    if schema.list_keys:
        extensions["x-kubernetes-list-map-keys"] = list(schema.list_keys)
    if schema.merge_key:
        extensions["x-kubernetes-patch-merge-key"] = schema.merge_key
    if schema.strategies:
        extensions["x-kubernetes-patch-strategy"] = ",".join(sorted(schema.strategies))
    if schema.kind in ("map", "struct") and schema.atomic and not _is_atomic_type(schema.definition):
        extensions["x-kubernetes-map-type"] = "atomic"
    return extensions


def _is_atomic_type(table_name: str) -> bool:
    """Return whether all values of a type are atomic, not only the values of one field."""
    return bool(table_name) and builtin_type(table_name).atomic


def _full_name(table_name: str) -> str:
    if table_name.startswith("io.k8s."):
        return table_name
    return _PACKAGES.get(table_name.partition(".")[0], "io.k8s.api.") + table_name
