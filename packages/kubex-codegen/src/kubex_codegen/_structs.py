"""Schemas as classes with fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from kubex_codegen._document import Document, Schema
from kubex_codegen._naming import camel, class_name, field_names
from kubex_codegen._types import (
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
    null_as_empty,
    optional,
    struct,
    symbols,
)

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_CRD = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1."
_PROPS = struct(f"{_CRD}JSONSchemaProps")

# What kubex.models has already, and what the document describes less exactly than Kubernetes' own code does.
KNOWN: Mapping[str, Type] = {
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
    f"{_CRD}JSONSchemaPropsOrArray": Union((_PROPS, list_of(_PROPS))),
    f"{_CRD}JSONSchemaPropsOrBool": Union((_PROPS, BOOL)),
    f"{_CRD}JSONSchemaPropsOrStringArray": Union((_PROPS, list_of(STR))),
}

# What must not show in logs: the contents of Secrets, and tokens.
_SECRET: Mapping[str, frozenset[str]] = {
    "io.k8s.api.core.v1.Secret": frozenset(("data", "stringData")),
    "io.k8s.api.authentication.v1.TokenReviewSpec": frozenset(("token",)),
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
    """A field: its names, its type as it is annotated, and its description."""

    name: str
    wire: str
    type: Type
    required: bool
    description: str


@dataclass(frozen=True)
class Struct:
    """A class: the schema it comes from (or a path in one, for what is nested), its name and its fields."""

    schema: str
    name: str
    fields: tuple[Field, ...]
    description: str

    @property
    def uses(self) -> frozenset[str]:
        """The schemas of the classes that its fields refer to."""
        return frozenset(part.name for field in self.fields for part in symbols(field.type) if part.module == STRUCT)


class Structs:
    """Makes classes from the schemas of a document, each once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: dict[str, Struct] = {}

    def reachable(self, roots: Iterator[str]) -> dict[str, Struct]:
        """Return the classes of these schemas and of all that they refer to."""
        waiting, found = list(roots), dict[str, Struct]()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self._struct(name)
                waiting += sorted(found[name].uses)
        return found

    def _struct(self, schema: str) -> Struct:
        if schema not in self._made:
            self._make(schema, class_name(schema.rpartition(".")[2]), self._document.schemas[schema])
        return self._made[schema]

    def _make(self, path: str, name: str, schema: Schema) -> Symbol:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        required = frozenset(schema.get("required", ()))
        names = field_names(properties)
        fields = [
            self._field(path, name, names[wire], wire, inner, wire in required) for wire, inner in properties.items()
        ]
        description = str(schema.get("description", ""))
        self._made[path] = Struct(path, name, tuple(sorted(fields, key=lambda field: field.wire)), description)
        return struct(path)

    def _field(self, path: str, owner: str, name: str, wire: str, schema: Schema, required: bool) -> Field:
        found = self._type(schema, f"{path}/{wire}", owner + camel(wire))
        nullable = bool(schema.get("nullable"))
        annotated = null_as_empty(found) if required and not nullable else optional(found)
        if wire in _SECRET.get(path, ()) or schema.get("format") == "password":
            annotated = hidden(annotated)
        return Field(name, wire, annotated, required and not nullable, str(schema.get("description", "")))

    def _type(self, schema: Schema, path: str, name: str) -> Type:
        if "$ref" in schema:
            return self._reference(schema["$ref"])
        kind = str(schema.get("type", ""))
        if schema.get("x-kubernetes-int-or-string"):
            return model("IntOrString")
        if kind == "array":
            items: Schema = schema.get("items") or {}
            item = self._type(items, path, name)
            return list_of(optional(item) if items.get("nullable") else item)
        if kind == "object" or "properties" in schema:
            return self._object(schema, path, name)
        scalar = _SCALARS.get((kind, str(schema.get("format", ""))))
        return scalar or _SCALARS.get((kind, ""), ANY)

    def _object(self, schema: Schema, path: str, name: str) -> Type:
        if schema.get("properties") and not schema.get("x-kubernetes-embedded-resource"):
            return self._make(path, name, schema)
        values: Any = schema.get("additionalProperties")
        if isinstance(values, dict):
            found = cast("Schema", values)
            value = self._type(found, path, name)
            return dict_of(optional(value) if found.get("nullable") else value)
        return dict_of(ANY)

    def _reference(self, name: str) -> Type:
        # Servers add a number where two schemas have one name: ObjectMeta_v2.
        known = KNOWN.get(name) or KNOWN.get(name.rpartition("_v")[0])
        if known is not None:
            return known
        schema = self._document.schemas.get(name)
        if schema is None:
            return ANY
        if "properties" in schema or schema.get("type") == "object":
            return struct(name)
        return self._type(schema, name, name.rpartition(".")[2])
