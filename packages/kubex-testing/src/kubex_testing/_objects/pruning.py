"""Undeclared fields: which ones an object has, and the object without them."""

from collections.abc import Iterator
from typing import Any

from .empty_objects import zero_fields
from .json_types import JsonObject, is_array, is_object
from .quantities import canonical_quantity, is_quantity
from .schema import Schema

_COLLECTIONS = frozenset({"list", "map"})
_ZERO_VALUES: dict[str, Any] = {
    "string": "",
    "quantity": "0",
    "int32": 0,
    "int64": 0,
    "number": 0,
    "boolean": False,
    "bytes": "",
}


def unknown_fields(schema: Schema, obj: JsonObject) -> list[str]:
    """Return the fields that the schema does not declare (`spec.containers[0].name1`).

    The order is the order of the body, or alphabetical for custom resources.
    """
    found = list(_find_unknown_fields(schema, obj, ""))
    return sorted(found) if schema.rules else found


def _find_unknown_fields(schema: Schema, value: Any, path: str) -> Iterator[str]:
    if is_object(value):
        for key, item in value.items():
            child_path = f"{path}.{key}" if path else key
            child = schema.child(key)
            if child is not None:
                yield from _find_unknown_fields(child, item, child_path)
            elif schema.kind == "struct":
                yield child_path
    elif is_array(value) and schema.kind == "list":
        for index, item in enumerate(value):
            yield from _find_unknown_fields(schema.entry, item, f"{path}[{index}]")


def prune(schema: Schema, obj: JsonObject) -> JsonObject:
    """Return the object without undeclared fields.

    Built-in objects also lose nulls, empty maps and lists, and the zero values that Go does not encode, because
    kube-apiserver decodes them into Go structs and encodes them again. Custom resources keep these values until
    validation.
    """
    pruned = _prune(schema, obj)
    return pruned if is_object(pruned) else {}


def _prune(schema: Schema, value: Any) -> Any:
    builtin = not schema.rules
    if is_object(value) and schema.kind in {"struct", "map"}:
        result: JsonObject = {}
        for key, item in value.items():
            child = schema.child(key)
            if child is None or (item is None and builtin and schema.kind == "struct"):
                continue
            pruned = _zero_value(child) if item is None and builtin else _prune(child, item)
            if pruned or not (builtin and schema.kind == "struct" and _is_omitted(schema, key, child)):
                result[key] = pruned
        return result
    if is_array(value) and schema.kind == "list":
        entry = schema.entry
        return [_zero_value(entry) if item is None and builtin else _prune(entry, item) for item in value]
    return canonical_quantity(value) if schema.kind == "quantity" and is_quantity(value) else value


def _is_omitted(schema: Schema, key: str, child: Schema) -> bool:
    """Return whether Go does not encode the zero value of a field of a struct."""
    return child.omits_zero or (child.kind in _COLLECTIONS and key not in zero_fields(schema.definition))


def _zero_value(schema: Schema) -> Any:
    """Return the Go zero value that replaces a null."""
    if schema.kind in {"struct", "map"}:
        return {}
    return [] if schema.kind == "list" else _ZERO_VALUES.get(schema.kind)
