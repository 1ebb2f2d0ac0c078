"""Generate the table of built-in schemas from the OpenAPI v2 document of kube-apiserver and the struct tags of Go.

The table has the kinds that requests can contain, and the types of their fields. A type has the names of its fields in
JSON with:

* a string of words: the protobuf field, the kind of the value (see `schema.Kind`) or `@` and the name of a type, and
  the protobuf message if it differs from the kind: `1 @core.v1.PodSpec`, `4? string`,
  `6 any @apiextensions.v1.JSONSchemaPropsOrArray`;
* an object for lists, maps and other fields with properties. Its `wire` is the protobuf field.

The protobuf field is a number. With a dot, the field is in a message that JSON does not show: `2.1`. With `?`, JSON
omits the zero value. `apiVersion` and `kind` do not have a protobuf field. A list with `wrapped` is a protobuf message,
with the items in its field 1. In a type with `alternatives`, only one field is set, and JSON shows only its value. For
documentation, `required` names the fields of a type that OpenAPI requires, and `enums` has the values of fields with
few values. The server does not check them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .json_types import JsonObject, is_object

WireFields = Mapping[str, Mapping[str, str]]
"""The output of `tools/protobuf`: for each type, the JSON names of its fields with their protobuf fields and types."""

_PREFIX = "#/definitions/"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_PACKAGES = (
    "io.k8s.api.",
    "io.k8s.apimachinery.pkg.apis.",
    "io.k8s.apiextensions-apiserver.pkg.apis.",
    "io.k8s.kube-aggregator.pkg.apis.",
)
_SCALARS = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    f"{_META}FieldsV1": "any",
    f"{_META}MicroTime": "micro-time",
    f"{_META}Time": "time",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "int-or-string",
}
_FORMATS = {"byte": "bytes", "int32": "int32", "int64": "int64"}


class TableError(ValueError):
    """The OpenAPI document and the struct tags of Go do not fit, such as those of different versions."""


def table_from_openapi(document: JsonObject, wire_fields: WireFields) -> bytes:
    """Return the table for the kinds of all request bodies, with one type in each line. The result is deterministic.

    Raises:
        TableError: the document and the struct tags do not fit.
    """
    return _Table(document["definitions"], wire_fields).build(dict(_body_kinds(document)))


def _body_kinds(document: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield the kinds that requests can contain, as GROUP/VERSION/KIND, and the names of their types."""
    yield "/v1/DeleteOptions", f"{_META}DeleteOptions"
    for path in document["paths"].values():
        for method in ("post", "put"):
            operation = path.get(method, {})
            kind = operation.get("x-kubernetes-group-version-kind")
            for parameter in operation.get("parameters", ()):
                if kind and parameter.get("in") == "body" and "$ref" in parameter["schema"]:
                    name = parameter["schema"]["$ref"].removeprefix(_PREFIX)
                    yield f"{kind['group']}/{kind['version']}/{kind['kind']}", name


class _Table:
    def __init__(self, definitions: JsonObject, wire_fields: WireFields) -> None:
        self._definitions = definitions
        self._wire_fields = wire_fields
        self._types: JsonObject = {}

    def build(self, kinds: Mapping[str, str]) -> bytes:
        for name in (f"{_META}ObjectMeta", *kinds.values()):
            self._add(name)
        short = {key: _short_name(name) for key, name in kinds.items()}
        lines = ",\n".join(f"{_compact(name)}:{_compact(self._types[name])}" for name in sorted(self._types))
        return f'{{"kinds":{_compact(short)},\n"types":{{\n{lines}\n}}}}\n'.encode()

    def _add(self, name: str) -> None:
        if _short_name(name) in self._types:
            return
        definition = self._definitions[name]
        entry: JsonObject = {"fields": {}, **_documentation(definition), **_atomic(definition)}
        self._types[_short_name(name)] = entry  # before its fields, because types contain themselves
        wire = dict(self._wire_fields.get(name, {}))
        is_kind = "x-kubernetes-group-version-kind" in definition
        for key, node in definition["properties"].items():
            if is_kind and key in ("apiVersion", "kind"):
                entry["fields"][key] = "string"
            elif key in wire:
                entry["fields"][key] = self._field(f"{name}.{key}", node, wire.pop(key))
            else:
                raise TableError(f"the struct tags of Go do not contain {name}.{key}")
        if wire:
            raise TableError(f"the OpenAPI document does not contain {name}.{min(wire)}")

    def _add_message(self, name: str) -> None:
        """Add a message that OpenAPI does not describe."""
        if _short_name(name) in self._types:
            return
        entry: JsonObject = {"fields": {}}
        self._types[_short_name(name)] = entry
        if self._wire_fields[name]:
            entry["alternatives"] = True
        for key, wire in self._wire_fields[name].items():
            number, _, code = wire.partition(" ")
            items = code.removeprefix("[")
            node = f"@{_short_name(items[1:])}" if items.startswith("@") else items
            entry["fields"][key] = {"list": node, "wire": number} if items != code else f"{number} {node}"

    def _field(self, place: str, node: JsonObject, wire: str) -> Any:
        number, _, code = wire.partition(" ")
        value = self._value(place, node, code)
        return {**value, "wire": number} if is_object(value) else f"{number} {value}"

    def _value(self, place: str, node: JsonObject, code: str) -> Any:
        """Convert an OpenAPI node. `code` is the type of the value in protobuf."""
        extra = _atomic(node)
        if strategy := node.get("x-kubernetes-patch-strategy"):
            extra["strategy"] = strategy
        if node.get("type") == "array" and code.startswith(("[", "wrapped[")):
            wrapped = {"wrapped": True} if code.startswith("wrapped") else {}
            items = self._value(place, node["items"], code.removeprefix("wrapped")[1:])
            return {"list": items, **extra, **wrapped, **_list_options(node)}
        if code.startswith("{") and is_object(node.get("additionalProperties")):
            return {"map": self._value(place, node["additionalProperties"], code[1:]), **extra}
        kind = self._kind(node)
        if kind == "any" and code.startswith("@"):
            self._add_message(code[1:])
            return f"any @{_short_name(code[1:])}"
        if kind != code:
            raise TableError(f"{place} is {kind} in the OpenAPI document, and {code} in Go")
        if not kind.startswith("@"):
            return kind
        self._add(kind[1:])
        short = _short_name(kind[1:])
        return {"ref": short, **extra} if extra else f"@{short}"

    def _kind(self, node: JsonObject) -> str:
        if reference := node.get("$ref"):
            name = reference.removeprefix(_PREFIX)
            struct = f"@{name}" if "properties" in self._definitions[name] else "any"
            return _SCALARS.get(name, struct)
        json_type: str = node["type"]
        kind = {"object": "any", "integer": "int64"}.get(json_type, json_type)
        return _FORMATS.get(node.get("format", ""), kind)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def zero_fields_table(table: bytes, zeros: Mapping[str, JsonObject]) -> bytes:
    """Return `zero_fields.json`: the fields that Go always encodes, for the types in a table of schemas.

    `zeros` is the output of `kubex-protobuf zeros`: these fields and their zero values, for all types.
    """
    known: JsonObject = json.loads(table)["types"]
    selected = {_short_name(name): fields for name, fields in zeros.items() if fields and _short_name(name) in known}
    lines = (f"{_compact(name)}:{_compact(selected[name])}" for name in sorted(selected))
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _short_name(name: str) -> str:
    for package in _PACKAGES:
        name = name.removeprefix(package)
    return name


def _atomic(node: JsonObject) -> JsonObject:
    return {"atomic": True} if node.get("x-kubernetes-map-type") == "atomic" else {}


def _documentation(definition: JsonObject) -> JsonObject:
    nodes: JsonObject = definition["properties"]
    enums = {key: values for key, node in nodes.items() if (values := _innermost(node).get("enum"))}
    found = {"required": definition.get("required"), "enums": enums}
    return {key: value for key, value in found.items() if value}


def _innermost(node: JsonObject) -> JsonObject:
    """Return the schema of the items of a list, of the values of a map, or of another value."""
    inner = node.get("items") or node.get("additionalProperties")
    return inner if is_object(inner) else node


def _list_options(node: JsonObject) -> JsonObject:
    options = {
        "type": node.get("x-kubernetes-list-type"),
        "keys": node.get("x-kubernetes-list-map-keys"),
        "merge": node.get("x-kubernetes-patch-merge-key"),
    }
    return {key: value for key, value in options.items() if value and value != "atomic"}
