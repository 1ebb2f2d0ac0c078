"""Defaults and validation of custom resources by their structural schema; CEL rules are not evaluated.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from .causes import Cause, duplicate, invalid, not_supported, required, shown, too_long, too_many, type_invalid
from .formats import FORMATS
from .json_types import JsonArray, JsonObject, is_array, is_integer, is_number, is_object, json_copy, json_equal
from .schema import Schema
from .typed import keyed

_EMBEDDED = ("apiVersion", "kind")
_UNCHECKED = (
    "Invalid value: null: some validation rules were not checked because the object was invalid; "
    "correct the existing errors to complete validation"
)


def apply_defaults(schema: Schema, obj: JsonObject) -> JsonObject:
    """Return the object with the schema's defaults; a null that may not stay gives way to the default or is dropped."""
    result: JsonObject = json_copy(obj)
    _default(schema, result)
    return result


def _default(schema: Schema, value: Any) -> None:
    if is_array(value):
        for item in value:
            _default(schema.entry, item)
    elif is_object(value):
        for key, child in schema.fields.items():
            unset = key not in value or (value[key] is None and not child.rules.get("nullable"))
            if unset and "default" in child.rules:
                value[key] = json_copy(child.rules["default"])
        for key, item in list(value.items()):
            below = schema.child(key)
            if below is None or not below.rules:
                continue
            if item is None and not below.rules.get("nullable"):
                del value[key]
            else:
                _default(below, item)


def validate_custom(schema: Schema, obj: JsonObject) -> list[Cause]:
    """Check a pruned and defaulted custom resource; `metadata` is `validate_metadata`'s."""
    found = list(validate_value(schema, obj, ""))
    if found and _has_cel(schema.rules):
        found.append(Cause("FieldValueInvalid", _UNCHECKED, "<nil>"))
    return found


def _has_cel(rules: Any) -> bool:
    if is_object(rules):
        return "x-kubernetes-validations" in rules or any(_has_cel(value) for value in rules.values())
    return is_array(rules) and any(_has_cel(value) for value in rules)


def validate_value(schema: Schema, value: Any, path: str) -> Iterator[Cause]:
    """Check a value that stands at a path."""
    rules = schema.rules
    if value is None and rules.get("nullable"):
        return
    yield from _type(schema, value, path)
    yield from _logic(rules, value, path)
    yield from _value_rules(rules, value, path)
    if is_array(value) and schema.kind == "list":
        for index, item in enumerate(value):
            yield from validate_value(schema.entry, item, f"{path}[{index}]")
        yield from _unique(schema, value, path)
    elif is_object(value):
        for key, item in value.items():
            child = schema.child(key)
            if child is not None and child.rules:
                yield from validate_value(child, item, f"{path}.{key}".lstrip("."))


def _type(schema: Schema, value: Any, path: str) -> Iterator[Cause]:
    """Word a wrong type as go-openapi does: the value shown is the name of the type found."""
    if schema.kind == "int-or-string":
        if not (isinstance(value, str) or is_integer(value)):
            yield _wrong_type(path, "integer,string", value)
        return
    wanted = schema.rules.get("type")
    if wanted and not _TYPES[wanted](value):
        yield _wrong_type(path, wanted, value)


_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": is_object,
    "array": is_array,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: is_integer(value) or (isinstance(value, float) and _is_exact_integer(value)),
    "number": is_number,
}


def _is_exact_integer(value: float) -> bool:
    return value.is_integer() and abs(value) < 2**53


def _wrong_type(path: str, wanted: str, value: Any) -> Cause:
    found = _type_name(value)
    return type_invalid(path, found, f'{path} in body must be of type {wanted}: "{found}"')


def _type_name(value: Any) -> str:
    if value is None:
        return "null"
    names = ("boolean", "integer", "number", "string", "array", "object")
    return next(name for name in names if _TYPES[name](value))


def _value_rules(rules: JsonObject, value: Any, path: str) -> Iterator[Cause]:
    """Check the rules that hold for the value itself, whatever a schema says about its type."""
    if isinstance(value, str):
        yield from _text(rules, value, path)
    elif is_number(value):
        yield from _number(rules, value, path)
    elif is_array(value):
        if len(value) < rules.get("minItems", 0):
            yield invalid(path, len(value), f"{path} in body should have at least {rules['minItems']} items")
        if "maxItems" in rules and len(value) > rules["maxItems"]:
            yield too_many(path, len(value), rules["maxItems"])
    elif is_object(value):
        yield from _members(rules, value, path)
    enum = rules.get("enum")
    if is_array(enum) and not any(json_equal(value, item) for item in enum):
        texts = [item if isinstance(item, str) else shown(item) for item in enum]
        yield not_supported(path, value, texts)


def _text(rules: JsonObject, value: str, path: str) -> Iterator[Cause]:
    """Check length and pattern, of which the first that fails is told, and the format."""
    pattern = rules.get("pattern")
    if "maxLength" in rules and len(value) > rules["maxLength"]:
        yield too_long(path, rules["maxLength"])
    elif len(value) < rules.get("minLength", 0):
        yield invalid(path, value, f"{path} in body should be at least {rules['minLength']} chars long")
    elif pattern and not re.search(pattern, value):
        yield invalid(path, value, f"{path} in body should match '{pattern}'")
    check = FORMATS.get(rules.get("format", ""))
    if check and not check(value):
        yield type_invalid(path, value, f"{path} in body must be of type {rules['format']}: {shown(value)}")


def _number(rules: JsonObject, value: float, path: str) -> Iterator[Cause]:
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


def _members(rules: JsonObject, value: JsonObject, path: str) -> Iterator[Cause]:
    needed = [*rules.get("required", ()), *(_EMBEDDED if rules.get("x-kubernetes-embedded-resource") else ())]
    for key in dict.fromkeys(needed):
        if key not in value:
            yield required(f"{path}.{key}".lstrip("."))
    if len(value) < rules.get("minProperties", 0):
        yield invalid(path, len(value), f"{path} in body should have at least {rules['minProperties']} properties")
    if "maxProperties" in rules and len(value) > rules["maxProperties"]:
        yield too_many(path, len(value), rules["maxProperties"])


def _unique(schema: Schema, items: JsonArray, path: str) -> Iterator[Cause]:
    """Find entries that stand twice in a list of type `map` (by their keys) or `set`."""
    if schema.list_type == "atomic":
        return
    seen: set[str] = set()
    for index, (element, item) in enumerate(keyed(schema, items)):
        if element in seen:
            keys = {key: item.get(key) for key in schema.list_keys} if is_object(item) else item
            yield duplicate(f"{path}[{index}]", keys)
        seen.add(element)


def _logic(rules: JsonObject, value: Any, path: str) -> Iterator[Cause]:
    """Check allOf, anyOf, oneOf and not; the best failure is told beside the verdict, which names no field."""
    if rules.get("x-kubernetes-int-or-string"):
        return
    for key in ("anyOf", "oneOf", "allOf"):
        if options := rules.get(key):
            failures = [list(_rule(option, value, path)) for option in options]
            valid = failures.count([])
            told = failures if key == "allOf" else [min(failures, key=len)]
            if verdict := _verdict(key, valid, len(options)):
                yield invalid("<nil>", "", f'"{path}" {verdict}')
                yield from (cause for failure in told for cause in failure)
    if "not" in rules and not list(_rule(rules["not"], value, path)):
        yield invalid("<nil>", "", f'"{path}" must not validate the schema (not)')


def _verdict(key: str, valid: int, options: int) -> str:
    if key == "anyOf":
        return "" if valid else "must validate at least one schema (anyOf)"
    if key == "allOf":
        text = "must validate all the schemas (allOf)"
        return "" if valid == options else text + ("" if valid else ". None validated")
    count = f"Found {valid} valid alternatives" if valid else "Found none valid"
    return "" if valid == 1 else f"must validate one and only one schema (oneOf). {count}"


def _rule(rules: JsonObject, value: Any, path: str) -> Iterator[Cause]:
    """Check a schema that stands below `allOf`, `anyOf`, `oneOf` or `not`: it has rules and no structure."""
    yield from _logic(rules, value, path)
    yield from _value_rules(rules, value, path)
    if is_object(value):
        for key, inner in rules.get("properties", {}).items():
            if key in value:
                yield from _rule(inner, value[key], f"{path}.{key}".lstrip("."))
    elif is_array(value) and is_object(inner := rules.get("items")):
        for index, item in enumerate(value):
            yield from _rule(inner, item, f"{path}[{index}]")
