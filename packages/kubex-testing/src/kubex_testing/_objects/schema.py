"""Schemas: the fields of a kind, and how its lists and maps merge.

Schemas of built-in kinds come from a generated table (`tools/generate_schema_table.py`), and those of custom resources
from their CRD.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from importlib import resources
from typing import Any, Literal, NamedTuple

from .json_types import JsonObject, is_object, object_at

Kind = Literal[
    "struct", "map", "list", "any", "string", "int32", "int64", "number", "boolean",
    "int-or-string", "quantity", "time", "micro-time", "bytes",
]  # fmt: skip

# A missing list key has the Go zero value, except this one. The OpenAPI v2 document does not contain defaults.
_KEY_DEFAULTS: JsonObject = {"protocol": "TCP"}
_KEY_ZEROS: JsonObject = {"string": "", "int32": 0, "int64": 0}


@dataclass(eq=False, repr=False)
class Schema:
    """One node of a schema: the kind of the value, and the nodes of its fields or items.

    `name` is the Go type of a built-in struct (`v1.Pod`), and `definition` its name in the table (`core.v1.Pod`),
    which is also set for values of kind `any` that have a type. `make_fields` returns the nodes of the fields, and is
    called on first use. `required` names those that must be set, which the server does not check.
    `rules` is the node in the `openAPIV3Schema` of a CRD; it is empty for built-in kinds.
    If `omits_zero` is true, Go does not encode the zero value (`omitempty` without a pointer).
    If `allows_undeclared_on_apply` is true, server-side apply accepts undeclared fields, even if pruning removes them.
    """

    kind: Kind
    name: str = ""
    definition: str = ""
    make_fields: Callable[[], dict[str, "Schema"]] = dict
    items: "Schema | None" = None
    list_type: Literal["atomic", "set", "map"] = "atomic"
    list_keys: tuple[str, ...] = ()
    key_defaults: JsonObject = field(default_factory=dict[str, Any])
    atomic: bool = False
    required: tuple[str, ...] = ()
    merge_key: str = ""
    strategies: frozenset[str] = frozenset()
    omits_zero: bool = False
    preserve_unknown: bool = False
    allows_undeclared_on_apply: bool = False
    rules: JsonObject = field(default_factory=dict[str, Any])

    @cached_property
    def fields(self) -> dict[str, "Schema"]:
        """The nodes of the fields of a struct."""
        return self.make_fields()

    def child(self, key: str) -> "Schema | None":
        """Return the node of a field or map key, or None if the schema does not declare it."""
        if self.kind == "struct":
            return self.fields.get(key) or (ANY if self.preserve_unknown else None)
        if self.kind == "map":
            return self.items or ANY
        return ANY if self.kind == "any" else None

    @property
    def entry(self) -> "Schema":
        """The node of the list items."""
        return self.items or ANY

    @property
    def go_type(self) -> str:
        """The Go type, as in error messages."""
        if self.kind == "struct":
            return self.name
        if self.kind == "list":
            return f"[]{self.entry.go_type}"
        if self.kind == "map":
            return f"map[string]{self.entry.go_type}"
        return _GO_TYPES.get(self.kind, self.kind)

    def __repr__(self) -> str:
        return f"Schema({self.kind!r}, {self.name or self.go_type!r})"


_SCALARS = frozenset({"string", "int32", "int64", "number", "boolean", "bytes"})
_GO_TYPES = {
    "any": "interface {}",
    "boolean": "bool",
    "number": "float64",
    "int-or-string": "intstr.IntOrString",
    "quantity": "resource.Quantity",
    "time": "v1.Time",
    "micro-time": "v1.MicroTime",
    "bytes": "[]uint8",
}
ANY = Schema("any")
STRING = Schema("string")


class UnknownKindError(LookupError):
    """A kind that is not in the table of built-in schemas."""


def builtin_schema(group: str, version: str, kind: str) -> Schema:
    """Return the schema of a built-in kind. The core group is an empty string. Raises UnknownKindError."""
    kinds = builtin_table()["kinds"]
    name = kinds.get(f"{group}/{version}/{kind}")
    if name is None:
        where = f"{group}/{version}".strip("/")
        known = ", ".join(sorted(kinds))
        raise UnknownKindError(f"no built-in schema for kind {kind!r} of {where!r}; known: {known}")
    return _builtin_struct(name)


def builtin_type(name: str) -> Schema:
    """Return the schema of a struct by its name in the table, such as `core.v1.Pod`."""
    return _builtin_struct(name)


def object_meta() -> Schema:
    """Return the schema of `metadata`, which is the same for all kinds."""
    return builtin_type("meta.v1.ObjectMeta")


def read_schema_table() -> bytes:
    """Return the contents of the table file in the package."""
    return resources.files("kubex_testing._objects").joinpath("builtin_schemas.json").read_bytes()


@cache
def builtin_table() -> JsonObject:
    """Return the table. The module `schema_table` describes its format."""
    table: JsonObject = json.loads(read_schema_table())
    return table


@cache
def _builtin_struct(name: str) -> Schema:
    definition = builtin_table()["types"][name]
    return Schema(
        "struct",
        ".".join(name.split(".")[-2:]),
        name,
        partial(_builtin_fields, name),
        atomic=definition.get("atomic", False),
        required=tuple(definition.get("required", ())),
    )


@cache
def _builtin_fields(name: str) -> dict[str, Schema]:
    fields: JsonObject = builtin_table()["types"][name]["fields"]
    return {key: _builtin_node(node) for key, node in fields.items()}


def _builtin_node(node: Any) -> Schema:
    if isinstance(node, str):
        words = parse_words(node)
        if not words.kind:
            return _builtin_struct(words.message)
        kind: Any = words.kind
        omits_zero = words.wire.endswith("?") and kind in _SCALARS
        return Schema(kind, atomic=kind == "any", definition=words.message, omits_zero=omits_zero)
    strategies = frozenset(node.get("strategy", "").split(",")) - {""}
    atomic = node.get("atomic", False)
    if "list" in node:
        keys = tuple(node.get("keys", ()))
        return Schema(
            "list",
            items=_builtin_node(node["list"]),
            list_type=node.get("type", "atomic"),
            list_keys=keys,
            key_defaults=_key_defaults(node["list"], keys) if keys else {},
            merge_key=node.get("merge", ""),
            strategies=strategies,
        )
    if "map" in node:
        return Schema("map", items=_builtin_node(node["map"]), atomic=atomic, strategies=strategies)
    target = _builtin_struct(node["ref"])
    return replace(target, atomic=atomic or target.atomic, strategies=strategies)


class Words(NamedTuple):
    """A string in the table. `message` is the name of a type, or empty if the value is not a message."""

    wire: str
    kind: str
    message: str


def parse_words(text: str) -> Words:
    """Split a string in the table. For a struct, the kind is empty."""
    words = text.split(" ")
    wire = words.pop(0) if words[0][0].isdigit() else ""
    return Words(wire, words[0] if words[0][0] != "@" else "", words[-1][1:] if words[-1][0] == "@" else "")


def _key_defaults(items: str, keys: tuple[str, ...]) -> JsonObject:
    fields: JsonObject = builtin_table()["types"][parse_words(items).message]["fields"]
    return {key: _KEY_DEFAULTS.get(key, _KEY_ZEROS[parse_words(fields[key]).kind]) for key in keys}


def structural_schema(openapi_v3_schema: JsonObject) -> Schema:
    """Convert the `schema.openAPIV3Schema` of a CRD version. The root node gets apiVersion, kind and metadata."""
    return _with_object_metadata(structural_schema_node(openapi_v3_schema))


def _with_object_metadata(schema: Schema) -> Schema:
    rules = object_at(schema.rules, "properties", "metadata")
    metadata = replace(object_meta(), rules=rules)
    fields = {**schema.fields, "apiVersion": STRING, "kind": STRING, "metadata": metadata}
    return replace(schema, kind="struct", make_fields=fields.copy)


def structural_schema_node(node: JsonObject, *, allows_undeclared_on_apply: bool = False) -> Schema:
    """Convert one node of the schema of a CRD, and the nodes below it.

    `x-kubernetes-preserve-unknown-fields` affects pruning only of the same node. For server-side apply, the nodes below
    inherit it, and objects without properties accept any field.
    """
    preserves_unknown = node.get("x-kubernetes-preserve-unknown-fields") is True
    inherited = preserves_unknown or allows_undeclared_on_apply
    schema = Schema(_structural_kind(node), preserve_unknown=preserves_unknown, rules=node)
    schema.allows_undeclared_on_apply = inherited or not (node.get("properties") or "additionalProperties" in node)
    if schema.kind == "list":
        schema.items = structural_schema_node(object_at(node, "items"), allows_undeclared_on_apply=inherited)
        schema.list_type = node.get("x-kubernetes-list-type", "atomic")
        schema.list_keys = tuple(node.get("x-kubernetes-list-map-keys", ()))
        properties = schema.items.rules.get("properties", {})
        schema.key_defaults = {
            key: properties[key]["default"] for key in schema.list_keys if "default" in properties.get(key, {})
        }
    elif schema.kind == "map":
        additional = node.get("additionalProperties")
        if is_object(additional):
            schema.items = structural_schema_node(additional, allows_undeclared_on_apply=inherited)
        else:
            schema.items = ANY
    schema.atomic = node.get("x-kubernetes-map-type") == "atomic"
    properties = object_at(node, "properties")
    fields = {
        key: structural_schema_node(value, allows_undeclared_on_apply=inherited) for key, value in properties.items()
    }
    schema.make_fields = fields.copy
    return _with_object_metadata(schema) if node.get("x-kubernetes-embedded-resource") is True else schema


def _structural_kind(node: JsonObject) -> Kind:
    if node.get("x-kubernetes-int-or-string") is True:
        return "int-or-string"
    kind = node.get("type")
    if kind == "object":
        return "map" if node.get("additionalProperties") else "struct"
    kinds: dict[object, Kind] = {
        "array": "list", "string": "string", "integer": "int64", "number": "number", "boolean": "boolean"
    }  # fmt: skip
    return kinds.get(kind, "struct" if node.get("properties") else "any")
