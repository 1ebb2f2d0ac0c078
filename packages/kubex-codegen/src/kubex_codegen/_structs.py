"""Convert schemas to classes with fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from kubex_codegen._document import Document, Schema
from kubex_codegen._field_types import (
    ANY,
    BOOL,
    INT,
    NUMBER,
    STR,
    STRUCT,
    Symbol,
    Type,
    Union,
    dict_of,
    hidden,
    list_of,
    model,
    optional,
    readable_from_null,
    struct,
    symbols,
)
from kubex_codegen._naming import camel_case, class_name, field_names

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_CRD = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
_JSON_SCHEMA_PROPS = struct(f"{_CRD}JSONSchemaProps")

# Types that kubex.models provides, and types that the document describes less precisely than the code of Kubernetes.
EXISTING_TYPES: Mapping[str, Type] = {
    **{
        f"{_META}{name}": model(name)
        for name in ("ListMeta", "ManagedFieldsEntry", "MicroTime", "ObjectMeta", "OwnerReference", "Time")
    },
    **{f"{_META}{name}": model(name) for name in ("Status", "StatusCause", "StatusDetails")},
    **{f"io.k8s.api.autoscaling.v1.{name}": model(name) for name in ("Scale", "ScaleSpec", "ScaleStatus")},
    **{
        f"io.k8s.api.authentication.v1.{name}": model(name)
        for name in ("BoundObjectReference", "TokenRequest", "TokenRequestSpec", "TokenRequestStatus")
    },
    f"{_META}FieldsV1": dict_of(ANY),
    f"{_META}Patch": dict_of(ANY),
    "io.k8s.apimachinery.pkg.runtime.RawExtension": dict_of(ANY),
    "io.k8s.apimachinery.pkg.api.resource.Quantity": model("Quantity"),
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": model("IntOrString"),
    f"{_CRD}JSON": ANY,
    f"{_CRD}JSONSchemaPropsOrArray": Union((_JSON_SCHEMA_PROPS, list_of(_JSON_SCHEMA_PROPS))),
    f"{_CRD}JSONSchemaPropsOrBool": Union((_JSON_SCHEMA_PROPS, BOOL)),
    f"{_CRD}JSONSchemaPropsOrStringArray": Union((_JSON_SCHEMA_PROPS, list_of(STR))),
}

# Fields with secrets and tokens, which must not be in the repr of an object.
_HIDDEN_FIELDS: Mapping[str, frozenset[str]] = {
    "io.k8s.api.core.v1.Secret": frozenset(("data", "stringData")),
    "io.k8s.api.authentication.v1.TokenReviewSpec": frozenset(("token",)),
}

# Required fields that are pointers in Go, and that API servers accept and return as null.
_NULLABLE_FIELDS: Mapping[str, frozenset[str]] = {
    "io.k8s.api.core.v1.ScaleIOPersistentVolumeSource": frozenset(("secretRef",)),
    "io.k8s.api.core.v1.ScaleIOVolumeSource": frozenset(("secretRef",)),
}

_SCALARS: Mapping[tuple[str, str], Type] = {
    ("string", "int-or-string"): model("IntOrString"),
    ("string", "date-time"): model("Timestamp"),
    ("string", "byte"): model("Base64"),
    ("string", ""): STR,
    ("integer", ""): INT,
    ("number", ""): NUMBER,
    ("boolean", ""): BOOL,
}


@dataclass(frozen=True)
class Field:
    """A field: its names, its annotated type, and its description."""

    name: str
    wire: str
    type: Type
    required: bool
    description: str


@dataclass(frozen=True)
class Struct:
    """A class: its schema (or the path of a nested schema), its name and its fields."""

    schema: str
    name: str
    fields: tuple[Field, ...]
    description: str

    @property
    def uses(self) -> frozenset[str]:
        """The schemas of the classes that its fields refer to."""
        return frozenset(part.name for field in self.fields for part in symbols(field.type) if part.module == STRUCT)


class StructBuilder:
    """Create classes from the schemas of a document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._structs: dict[str, Struct] = {}

    def reachable(self, roots: Iterator[str]) -> dict[str, Struct]:
        """Return the classes of these schemas, and of the schemas that they refer to."""
        pending, found = list(roots), dict[str, Struct]()
        while pending:
            name = pending.pop()
            if name not in found:
                found[name] = self._struct(name)
                pending += sorted(found[name].uses)
        return found

    def _struct(self, schema: str) -> Struct:
        if schema not in self._structs:
            self._add_struct(schema, class_name(schema.rpartition(".")[2]), self._document.schemas[schema])
        return self._structs[schema]

    def _add_struct(self, path: str, name: str, schema: Schema) -> Symbol:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        required = frozenset(schema.get("required", ()))
        names = field_names(properties)
        fields = [
            self._field(path, name, names[wire], wire, inner, wire in required) for wire, inner in properties.items()
        ]
        description = str(schema.get("description", ""))
        self._structs[path] = Struct(path, name, tuple(sorted(fields, key=lambda field: field.wire)), description)
        return struct(path)

    def _field(self, path: str, owner: str, name: str, wire: str, schema: Schema, required: bool) -> Field:
        found = self._type(schema, f"{path}/{wire}", owner + camel_case(wire))
        nullable = bool(schema.get("nullable")) or wire in _NULLABLE_FIELDS.get(path, ())
        annotation = readable_from_null(found) if required and not nullable else optional(found)
        if wire in _HIDDEN_FIELDS.get(path, ()) or schema.get("format") == "password":
            annotation = hidden(annotation)
        return Field(name, wire, annotation, required, str(schema.get("description", "")))

    def _type(self, schema: Schema, path: str, name: str) -> Type:
        if "$ref" in schema:
            return self._reference(schema["$ref"])
        kind = str(schema.get("type", ""))
        if schema.get("x-kubernetes-int-or-string"):
            return model("IntOrString")
        if kind == "array":
            items: Schema = schema.get("items") or {}
            return list_of(self._element(items, path, name))
        if kind == "object" or "properties" in schema:
            return self._object(schema, path, name)
        scalar = _SCALARS.get((kind, str(schema.get("format", ""))))
        return scalar or _SCALARS.get((kind, ""), ANY)

    def _object(self, schema: Schema, path: str, name: str) -> Type:
        if schema.get("properties") and not schema.get("x-kubernetes-embedded-resource"):
            return self._add_struct(path, name, schema)
        values: Any = schema.get("additionalProperties")
        if isinstance(values, dict):
            return dict_of(self._element(cast("Schema", values), path, name))
        return dict_of(ANY)

    def _element(self, schema: Schema, path: str, name: str) -> Type:
        """Return the type of the items of a list or of the values of a map."""
        found = self._type(schema, path, name)
        return optional(found) if schema.get("nullable") else readable_from_null(found)

    def _reference(self, name: str) -> Type:
        # Servers add a number if two schemas have the same name: ObjectMeta_v2.
        existing = EXISTING_TYPES.get(name) or EXISTING_TYPES.get(name.rpartition("_v")[0])
        if existing is not None:
            return existing
        schema = self._document.schemas.get(name)
        if schema is None:
            return ANY
        if "properties" in schema or schema.get("type") == "object":
            return struct(name)
        return self._type(schema, name, name.rpartition(".")[2])
