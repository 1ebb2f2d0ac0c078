"""Validation of the schemas in CustomResourceDefinitions, which must be structural.

See https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/.
"""

import re
from collections.abc import Iterator

from .custom_resources import validate_value
from .json_types import JsonObject, array_at, is_array, is_object, object_at
from .schema import structural_schema_node
from .status_causes import StatusCause, forbidden, invalid, not_supported, required

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_LOGIC = ("allOf", "anyOf", "oneOf")
# Rules below allOf, anyOf, oneOf and not cannot have these fields.
_STRUCTURAL_ONLY = {
    "type": "empty",
    "default": "undefined",
    "additionalProperties": "undefined",
    "nullable": "false",
    "title": "empty",
    "description": "empty",
}
_UNIQUE_ITEMS_MESSAGE = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
_METADATA_MESSAGE = "must not specify anything other than name and generateName, but metadata is implicitly specified"


def validate_structural(node: JsonObject, field: str) -> Iterator[StatusCause]:
    """Validate the `openAPIV3Schema` of a version."""
    yield from _check_type(node, field, "at the root")
    if node.get("type") not in {None, "", "object"}:
        yield invalid(f"{field}.type", node["type"], "must be object at the root")
    if node.get("additionalProperties"):
        yield forbidden(f"{field}.additionalProperties", "must not be used at the root")
    metadata = object_at(node, "properties", "metadata")
    if set(metadata) - {"type", "properties", "description"} or set(object_at(metadata, "properties")) - {
        "name",
        "generateName",
    }:
        yield forbidden(f"{field}.properties[metadata]", _METADATA_MESSAGE)
    yield from _validate_node(node, field)


def _validate_structure(node: JsonObject, field: str, where: str) -> Iterator[StatusCause]:
    if not (node.get("x-kubernetes-int-or-string") or node.get("x-kubernetes-preserve-unknown-fields")):
        yield from _check_type(node, field, where)
    elif node.get("type") and node["type"] not in _TYPES:
        yield not_supported(f"{field}.type", node["type"], _TYPES)
    yield from _validate_node(node, field)


def _check_type(node: JsonObject, field: str, where: str) -> Iterator[StatusCause]:
    if not node.get("type"):
        yield required(f"{field}.type", f"must not be empty {where}")
    elif node["type"] not in _TYPES:
        yield not_supported(f"{field}.type", node["type"], _TYPES)


def _validate_node(node: JsonObject, field: str) -> Iterator[StatusCause]:
    """Validate the fields of a node except its type, and the nodes below it."""
    yield from _validate_extensions(node, field)
    if node.get("properties") and node.get("additionalProperties"):
        yield forbidden(f"{field}.additionalProperties", "additionalProperties and properties are mutual exclusive")
    if node.get("type") == "array" and not is_object(node.get("items")):
        yield required(f"{field}.items", "must be specified")
    yield from _validate_pattern(node, field)
    for key, child in object_at(node, "properties").items():
        if is_object(child):
            yield from _validate_structure(child, f"{field}.properties[{key}]", "for specified object fields")
    for key in ("items", "additionalProperties"):
        if is_object(child := node.get(key)):
            what = "array items" if key == "items" else "object fields"
            yield from _validate_structure(child, f"{field}.{key}", f"for specified {what}")
    yield from _check_logic(node, field)
    if "default" in node and node.get("type") in _TYPES:
        for cause in validate_value(structural_schema_node(node), node["default"], ""):
            place = f"{field}.default.{cause.field}".rstrip(".")
            yield StatusCause(cause.reason, cause.message, place)


def _validate_extensions(node: JsonObject, field: str) -> Iterator[StatusCause]:
    if node.get("uniqueItems"):
        yield forbidden(f"{field}.uniqueItems", _UNIQUE_ITEMS_MESSAGE)
    if node.get("x-kubernetes-preserve-unknown-fields") is False:
        yield invalid(f"{field}.x-kubernetes-preserve-unknown-fields", False, "must be true or undefined")
    if node.get("x-kubernetes-list-type") == "map" and not array_at(node, "x-kubernetes-list-map-keys"):
        yield required(f"{field}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map")


def _validate_pattern(node: JsonObject, field: str) -> Iterator[StatusCause]:
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        try:
            re.compile(pattern)
        except re.error as error:
            yield invalid(f"{field}.pattern", pattern, f"must be a valid regular expression, but isn't: {error}")


def _check_logic(node: JsonObject, field: str) -> Iterator[StatusCause]:
    if is_object(inner := node.get("not")):
        yield from _validate_value_only(inner, f"{field}.not")
    for key in _LOGIC:
        rules = node.get(key)
        for index, inner in enumerate(rules if is_array(rules) else []):
            if not (node.get("x-kubernetes-int-or-string") and key in {"anyOf", "allOf"}):
                yield from _validate_value_only(inner, f"{field}.{key}[{index}]")


def _validate_value_only(node: JsonObject, field: str) -> Iterator[StatusCause]:
    for key, word in _STRUCTURAL_ONLY.items():
        if node.get(key) is not None:
            yield forbidden(f"{field}.{key}", f"must be {word} to be structural")
    for key, child in object_at(node, "properties").items():
        yield from _validate_value_only(child, f"{field}.properties[{key}]")
    if is_object(items := node.get("items")):
        yield from _validate_value_only(items, f"{field}.items")
    yield from _check_logic(node, field)
