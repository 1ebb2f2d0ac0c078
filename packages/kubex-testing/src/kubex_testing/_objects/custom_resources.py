"""Defaults and validation of custom resources with their structural schema. CEL rules are not evaluated.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .json_types import JsonArray, JsonObject, is_array, is_integer, is_number, is_object, json_copy, json_equal
from .schema import Schema
from .status_causes import (
    StatusCause,
    duplicate,
    format_json,
    invalid,
    not_supported,
    required,
    too_long,
    too_many,
    type_invalid,
)
from .string_formats import FORMATS
from .typed_values import with_path_elements

_EMBEDDED_FIELDS = ("apiVersion", "kind")
_NOT_CHECKED_MESSAGE = (
    "Invalid value: null: some validation rules were not checked because the object was invalid; "
    "correct the existing errors to complete validation"
)


def apply_defaults(schema: Schema, obj: JsonObject) -> JsonObject:
    """Return the object with the defaults of the schema. Nulls that are not allowed are replaced or removed."""
    result: JsonObject = json_copy(obj)
    _apply_defaults_in_place(schema, result)
    return result


def _apply_defaults_in_place(schema: Schema, value: Any) -> None:
    if is_array(value):
        for item in value:
            _apply_defaults_in_place(schema.entry, item)
    elif is_object(value):
        for key, child in schema.fields.items():
            unset = key not in value or (value[key] is None and not child.rules.get("nullable"))
            if unset and "default" in child.rules:
                value[key] = json_copy(child.rules["default"])
        for key, item in list(value.items()):
            child_schema = schema.child(key)
            if child_schema is None or not child_schema.rules:
                continue
            if item is None and not child_schema.rules.get("nullable"):
                del value[key]
            else:
                _apply_defaults_in_place(child_schema, item)


def validate_custom(schema: Schema, obj: JsonObject) -> list[StatusCause]:
    """Validate a custom resource after pruning and defaults, except its `metadata`."""
    causes = list(validate_value(schema, obj, ""))
    if causes and _has_cel_rules(schema.rules):
        causes.append(StatusCause("FieldValueInvalid", _NOT_CHECKED_MESSAGE, "<nil>"))
    return causes


def validate_custom_status(schema: Schema, obj: JsonObject) -> list[StatusCause]:
    """Validate the status in a request to the status subresource. The texts name fields relative to the status."""
    child = schema.child("status")
    if child is None or not child.rules or "status" not in obj:
        return []
    causes = validate_value(child, obj["status"], "")
    return [replace(cause, field=f"status.{cause.field}".rstrip(".")) for cause in causes]


def _has_cel_rules(rules: Any) -> bool:
    if is_object(rules):
        return "x-kubernetes-validations" in rules or any(_has_cel_rules(value) for value in rules.values())
    return is_array(rules) and any(_has_cel_rules(value) for value in rules)


def validate_value(schema: Schema, value: Any, path: str) -> Iterator[StatusCause]:
    """Validate the value at a path."""
    rules = schema.rules
    if value is None and rules.get("nullable"):
        return
    yield from _check_type(schema, value, path)
    yield from _check_logic(rules, value, path)
    yield from _check_value(rules, value, path)
    if is_array(value) and schema.kind == "list":
        for index, item in enumerate(value):
            yield from validate_value(schema.entry, item, f"{path}[{index}]")
        yield from _check_unique(schema, value, path)
    elif is_object(value):
        for key, item in value.items():
            child = schema.child(key)
            if child is not None and child.rules:
                yield from validate_value(child, item, f"{path}.{key}".lstrip("."))


def _check_type(schema: Schema, value: Any, path: str) -> Iterator[StatusCause]:
    """Check the type of a value. The message of go-openapi shows the found type instead of the value."""
    if schema.kind == "int-or-string":
        if not (isinstance(value, str) or is_integer(value)):
            yield _type_cause(path, "integer,string", value)
        return
    expected = schema.rules.get("type")
    if expected and not _TYPES[expected](value):
        yield _type_cause(path, expected, value)
        if expected == "integer" and isinstance(value, float):
            # kube-apiserver also checks the range of numbers, and that check does not know the field.
            yield invalid("<nil>", "", f"Checked value must be of type integer (default format) in {path}")


_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": is_object,
    "array": is_array,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: is_integer(value) or (isinstance(value, float) and _is_exact_integer(value)),
    "number": is_number,
}


def _is_exact_integer(value: float) -> bool:
    # Larger floats cannot represent all integers.
    return value.is_integer() and abs(value) < 2**53


def _type_cause(path: str, expected: str, value: Any) -> StatusCause:
    # The message contains the name of the type twice, and not the value.
    found = _type_name(value)
    return type_invalid(path, found, f'{path} in body must be of type {expected}: "{found}"')


def _type_name(value: Any) -> str:
    if value is None:
        return "null"
    names = ("boolean", "integer", "number", "string", "array", "object")
    return next(name for name in names if _TYPES[name](value))


def _check_value(rules: JsonObject, value: Any, path: str) -> Iterator[StatusCause]:
    """Check the rules for the value that do not depend on the declared type."""
    if isinstance(value, str):
        yield from _check_string(rules, value, path)
    elif is_number(value):
        yield from _check_number(rules, value, path)
    elif is_array(value):
        if len(value) < rules.get("minItems", 0):
            yield invalid(path, len(value), f"{path} in body should have at least {rules['minItems']} items")
        if "maxItems" in rules and len(value) > rules["maxItems"]:
            yield too_many(path, len(value), rules["maxItems"])
    elif is_object(value):
        yield from _check_object(rules, value, path)
    enum = rules.get("enum")
    if is_array(enum) and not any(json_equal(value, item) for item in enum):
        texts = [item if isinstance(item, str) else format_json(item) for item in enum]
        yield not_supported(path, value, texts)


def _check_string(rules: JsonObject, value: str, path: str) -> Iterator[StatusCause]:
    """Check the length and the pattern, of which only the first failure is reported, and the format."""
    pattern = rules.get("pattern")
    if "maxLength" in rules and len(value) > rules["maxLength"]:
        yield too_long(path, rules["maxLength"])
    elif len(value) < rules.get("minLength", 0):
        yield invalid(path, value, f"{path} in body should be at least {rules['minLength']} chars long")
    elif pattern and not re.search(pattern, value):
        yield invalid(path, value, f"{path} in body should match '{pattern}'")
    check = FORMATS.get(rules.get("format", ""))
    if check and not check(value):
        yield type_invalid(path, value, f"{path} in body must be of type {rules['format']}: {format_json(value)}")


def _check_number(rules: JsonObject, value: float, path: str) -> Iterator[StatusCause]:
    if "maximum" in rules:
        limit, exclusive = rules["maximum"], rules.get("exclusiveMaximum")
        if value > limit or (exclusive and value == limit):
            text = "less than" if exclusive else "less than or equal to"
            yield invalid(path, value, f"{path} in body should be {text} {limit}")
    if "minimum" in rules:
        limit, exclusive = rules["minimum"], rules.get("exclusiveMinimum")
        if value < limit or (exclusive and value == limit):
            text = "greater than" if exclusive else "greater than or equal to"
            yield invalid(path, value, f"{path} in body should be {text} {limit}")
    factor = rules.get("multipleOf")
    if factor and value % factor:
        yield invalid(path, value, f"{path} in body should be a multiple of {factor}")


def _check_object(rules: JsonObject, value: JsonObject, path: str) -> Iterator[StatusCause]:
    required_keys = [
        *rules.get("required", ()),
        *(_EMBEDDED_FIELDS if rules.get("x-kubernetes-embedded-resource") else ()),
    ]
    for key in dict.fromkeys(required_keys):
        if key not in value:
            yield required(f"{path}.{key}".lstrip("."))
    if len(value) < rules.get("minProperties", 0):
        yield invalid(path, len(value), f"{path} in body should have at least {rules['minProperties']} properties")
    if "maxProperties" in rules and len(value) > rules["maxProperties"]:
        yield too_many(path, len(value), rules["maxProperties"])


def _check_unique(schema: Schema, items: JsonArray, path: str) -> Iterator[StatusCause]:
    """Report duplicate items of lists of type `map` (by their keys) and `set`."""
    if schema.list_type == "atomic":
        return
    seen: set[str] = set()
    for index, (element, item) in enumerate(with_path_elements(schema, items)):
        if element in seen:
            keys = {key: item.get(key) for key in schema.list_keys} if is_object(item) else item
            yield duplicate(f"{path}[{index}]", keys)
        seen.add(element)


def _check_logic(rules: JsonObject, value: Any, path: str) -> Iterator[StatusCause]:
    """Check allOf, anyOf, oneOf and not. A summary without a field precedes the causes of the best option."""
    if rules.get("x-kubernetes-int-or-string"):
        return
    for key in ("anyOf", "oneOf", "allOf"):
        if options := rules.get(key):
            failures = [list(_check_value_only(option, value, path)) for option in options]
            valid = failures.count([])
            reported = failures if key == "allOf" else [min(failures, key=len)]
            if problem := _logic_problem(key, valid, len(options)):
                yield invalid("<nil>", "", f'"{path}" {problem}')
                yield from (cause for failure in reported for cause in failure)
    if "not" in rules and not list(_check_value_only(rules["not"], value, path)):
        yield invalid("<nil>", "", f'"{path}" must not validate the schema (not)')


def _logic_problem(key: str, valid: int, options: int) -> str:
    if key == "anyOf":
        return "" if valid else "must validate at least one schema (anyOf)"
    if key == "allOf":
        text = "must validate all the schemas (allOf)"
        return "" if valid == options else text + ("" if valid else ". None validated")
    count = f"Found {valid} valid alternatives" if valid else "Found none valid"
    return "" if valid == 1 else f"must validate one and only one schema (oneOf). {count}"


def _check_value_only(rules: JsonObject, value: Any, path: str) -> Iterator[StatusCause]:
    """Check a schema below `allOf`, `anyOf`, `oneOf` or `not`, which contains only rules for values."""
    yield from _check_logic(rules, value, path)
    yield from _check_value(rules, value, path)
    if is_object(value):
        for key, inner in rules.get("properties", {}).items():
            if key in value:
                yield from _check_value_only(inner, value[key], f"{path}.{key}".lstrip("."))
    elif is_array(value) and is_object(inner := rules.get("items")):
        for index, item in enumerate(value):
            yield from _check_value_only(inner, item, f"{path}[{index}]")
