"""The schemas of custom resources, from the `openAPIV3Schema` of their definition."""

from collections.abc import Callable, Mapping
from typing import Any

from kubex_testing._objects.field_selectors import COMMON_FIELDS
from kubex_testing._objects.json_types import JsonObject, is_array, is_number, is_object, object_at
from kubex_testing.embedded._registry import CustomResourceInfo, ResourceType

from .definitions import GVK, OBJECT_META, Definitions, gvk_of, reference

_TEXT: Mapping[str, str] = {"type": "string"}
_Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return is_array(value) and all(isinstance(item, str) for item in value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_any(value: Any) -> bool:
    return value is not None


# The keys that are copied, and a check of their values.
_COPIED: Mapping[str, _Check] = {
    **dict.fromkeys(("type", "format", "title", "description", "pattern"), _is_text),
    **dict.fromkeys(("maximum", "minimum", "multipleOf", "maxLength", "minLength", "maxItems", "minItems"), is_number),
    **dict.fromkeys(("maxProperties", "minProperties"), is_number),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum", "uniqueItems", "nullable"), _is_flag),
    "enum": is_array,
    "required": _are_texts,
    **dict.fromkeys(("default", "example"), _is_any),
    "externalDocs": is_object,
}
_SCHEMAS = ("items", "additionalProperties", "not")
_SCHEMA_LISTS = ("allOf", "anyOf", "oneOf")
# The functions that convert and encode schemas are recursive, so omit what is nested too deeply for them.
_MAX_DEPTH = 100


def add_custom_resource(resource: ResourceType, custom: CustomResourceInfo, definitions: Definitions) -> JsonObject:
    """Add the schema of a custom resource, and refer to it."""
    name = ".".join((*reversed(resource.group.split(".")), resource.version, resource.kind))
    schema = _node(custom.rules, definitions)
    _add_object_fields(schema, definitions)
    schema[GVK] = [gvk_of(resource.group, resource.version, resource.kind)]
    if selectable := sorted(custom.selectable - COMMON_FIELDS):
        schema["x-kubernetes-selectable-fields"] = [{"fieldPath": path} for path in selectable]
    definitions.schemas[name] = schema
    return reference(name)


def _node(rules: Mapping[str, Any], definitions: Definitions, depth: int = 0) -> JsonObject:
    if depth > _MAX_DEPTH:
        return {"x-kubernetes-preserve-unknown-fields": True}
    node = {key: value for key, value in rules.items() if key in _COPIED and _COPIED[key](value)}
    node.update((key, value) for key, value in rules.items() if key.startswith("x-kubernetes-") and value is not None)
    for key in _SCHEMAS:
        value = rules.get(key)
        if is_object(value):
            node[key] = _node(value, definitions, depth + 1)
        elif key == "additionalProperties" and _is_flag(value):
            node[key] = value
    for key in _SCHEMA_LISTS:
        options = rules.get(key)
        if is_array(options) and options:
            node[key] = [_node(option, definitions, depth + 1) for option in options if is_object(option)]
    properties = {key: value for key, value in object_at(rules, "properties").items() if is_object(value)}
    if properties:
        node["properties"] = {key: _node(value, definitions, depth + 1) for key, value in properties.items()}
    if rules.get("x-kubernetes-embedded-resource") is True:
        _add_object_fields(node, definitions)
        node["required"] = list(dict.fromkeys((*node.get("required", ()), "kind", "apiVersion")))
    if rules.get("x-kubernetes-int-or-string") is True:
        node.setdefault("anyOf", [{"type": "integer"}, {"type": "string"}])
    return node


def _add_object_fields(node: JsonObject, definitions: Definitions) -> None:
    """Add the fields that each object has."""
    metadata = {"allOf": [definitions.builtin_type(OBJECT_META)]}
    node["properties"] = {**node.get("properties", {}), "apiVersion": _TEXT, "kind": _TEXT, "metadata": metadata}
