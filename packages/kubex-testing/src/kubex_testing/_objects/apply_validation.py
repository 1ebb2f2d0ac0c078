"""Validate an apply configuration against its schema before the merge."""

import json
from typing import Any

from .field_sets import format_path
from .json_types import is_array, is_number, is_object
from .schema import ANY, Schema
from .status_causes import format_go
from .typed_values import with_path_elements

_STRINGS = frozenset({"string", "quantity", "time", "micro-time", "bytes"})
_NUMBERS = frozenset({"int32", "int64", "number"})


def configuration_problem(schema: Schema, config: Any, path: str = "") -> str:
    """Return the error message of kube-apiserver for a configuration, or an empty string if it is valid."""
    problem = _type_problem(schema, config)
    if problem:
        return f"{path}: {problem}" if path else problem
    if is_object(config) and schema.kind in {"struct", "map"}:
        for key, item in config.items():
            child = schema.child(key) or (ANY if schema.allows_undeclared_on_apply else None)
            if child is None:
                return f"{path}.{key}: field not declared in schema"
            if problem := configuration_problem(child, item, f"{path}.{key}"):
                return problem
    if is_array(config) and schema.kind == "list":
        return _list_problem(schema, config, path)
    return ""


def _type_problem(schema: Schema, value: Any) -> str:
    if value is None:
        return ""
    kind = schema.kind
    if kind in {"struct", "map"} and not is_object(value):
        return f"expected map, got &{{{format_go(value)}}}"
    if kind == "list" and not is_array(value):
        return f"expected list, got &{{{format_go(value)}}}"
    if kind in _STRINGS and not isinstance(value, str) and not (kind == "quantity" and is_number(value)):
        return f"expected string, got &value.valueUnstructured{{Value:{json.dumps(value)}}}"
    if kind in _NUMBERS and not is_number(value):
        return f"expected numeric (int or float), got {'string' if isinstance(value, str) else type(value).__name__}"
    if kind == "boolean" and not isinstance(value, bool):
        return f"expected boolean, got &{{{format_go(value)}}}"
    if kind == "int-or-string" and (is_object(value) or is_array(value)):
        return f"expected any scalar, got &{{{format_go(value)}}}"
    return ""


def _list_problem(schema: Schema, items: list[Any], path: str) -> str:
    if schema.list_type == "atomic":
        entries = [(f"i:{index}", item) for index, item in enumerate(items)]
    elif problem := _entries_problem(schema, items):
        return f"{path}: {problem}"
    else:
        entries = with_path_elements(schema, items)
        names = [name for name, _ in entries]
        for name in names:
            if names.count(name) > 1:
                return f"{path}: duplicate entries for key {format_path((name,))}"
    for name, item in entries:
        if problem := configuration_problem(schema.items or ANY, item, path + format_path((name,))):
            return problem
    return ""


def _entries_problem(schema: Schema, items: list[Any]) -> str:
    for index, item in enumerate(items):
        if schema.list_type == "map":
            if item is None:
                return f"element {index}: associative list with keys may not have a null element"
            if not is_object(item):
                return f"element {index}: associative list with keys may not have non-map elements"
            if not any(key in item or key in schema.key_defaults for key in schema.list_keys):
                keys = " ".join(f'"{key}"' for key in schema.list_keys)
                return (
                    f"element {index}: associative list with keys has an element that omits all key fields [{keys}] "
                    "(and doesn't have default values for any key fields)"
                )
        elif is_object(item):
            return f"element {index}: associative list without keys has an element that's a map type"
        elif item is None:
            return f"element {index}: associative list without keys has an element that's an explicit null"
    return ""
