"""The OpenAPI v2 document, converted from the v3 documents of all group versions."""

from collections.abc import Iterable
from typing import Any

from kubex_testing._objects.json_types import JsonObject, is_object

from .definitions import GVK, PREFIX, V2_SCALARS
from .document import INFO

_MEDIA_TYPES = ["application/json", "application/yaml"]
_PRESERVES = "x-kubernetes-preserve-unknown-fields"
# OpenAPI v2 does not support these keys, or kubectl cannot read them.
_REMOVED = frozenset({"allOf", "anyOf", "oneOf", "not", "default", "nullable"})


def v2_document(documents: Iterable[JsonObject]) -> JsonObject:
    """Merge v3 documents, and convert them to v2."""
    paths: JsonObject = {}
    schemas: dict[str, JsonObject] = {}
    for document in documents:
        paths.update((path, _path_item(item)) for path, item in document["paths"].items())
        for name, schema in document["components"]["schemas"].items():
            # Only the document of the group of a kind contains its identification.
            if name not in schemas or GVK in schema:
                schemas[name] = schema
    definitions = {name: V2_SCALARS.get(name) or _definition(schema) for name, schema in sorted(schemas.items())}
    return {"swagger": "2.0", "info": INFO, "paths": dict(sorted(paths.items())), "definitions": definitions}


def _path_item(item: JsonObject) -> JsonObject:
    return {
        key: [_parameter(entry) for entry in value] if key == "parameters" else _operation(value)
        for key, value in item.items()
    }


def _operation(operation: JsonObject) -> JsonObject:
    converted = {key: value for key, value in operation.items() if key.startswith("x-")}
    parameters = [_parameter(item) for item in operation.get("parameters", ())]
    if body := operation.get("requestBody"):
        content: JsonObject = body["content"]
        media_types = list(content)
        schema = _schema(content[media_types[0]]["schema"])
        required = {"required": True} if body.get("required") else {}
        parameters.insert(0, {"name": "body", "in": "body", **required, "schema": schema})
        converted["consumes"] = media_types
    responses = {status: _response(value) for status, value in operation["responses"].items()}
    return {**converted, "produces": _MEDIA_TYPES, "parameters": parameters, "responses": responses}


def _parameter(item: JsonObject) -> JsonObject:
    return {**{key: value for key, value in item.items() if key != "schema"}, **item["schema"]}


def _response(response: JsonObject) -> JsonObject:
    converted = {"description": response["description"]}
    if "content" in response:
        converted["schema"] = _schema(response["content"]["application/json"]["schema"])
    return converted


def _definition(schema: JsonObject) -> JsonObject:
    """Convert a schema of the document."""
    if schema.get(_PRESERVES) is True:
        # kubectl would report each field that is not in the schema.
        return {"type": "object", GVK: schema[GVK]}
    return _schema(schema)


def _schema(node: JsonObject) -> JsonObject:
    converted = {key: value for key, value in node.items() if key not in _REMOVED}
    for item in (node, *node.get("allOf", ())):
        if "$ref" in item:
            converted["$ref"] = item["$ref"].replace(PREFIX, "#/definitions/")
    _remove_incompatible_types(converted, node)
    _convert_children(converted)
    return converted


def _remove_incompatible_types(converted: JsonObject, node: JsonObject) -> None:
    """Remove types that kubectl cannot read: fields of values without a type, and arrays without items."""
    preserves = node.get(_PRESERVES) is True
    if node.get("nullable") is True or preserves:
        converted.pop("items", None)
        converted.pop("properties", None)
    is_incomplete_array = converted.get("type") == "array" and "items" not in converted
    if node.get("nullable") is True or is_incomplete_array or (preserves and converted.get("type") == "object"):
        converted.pop("type", None)


def _convert_children(converted: JsonObject) -> None:
    properties: dict[str, Any] = converted.get("properties", {})
    if properties:
        optional = {key for key, value in properties.items() if value.get("nullable") is True}
        required = [key for key in converted.get("required", ()) if key not in optional]
        converted.pop("required", None)
        if required:
            converted["required"] = required
        converted["properties"] = {key: _schema(value) for key, value in properties.items()}
    for key in ("items", "additionalProperties"):
        if is_object(converted.get(key)):
            converted[key] = _schema(converted[key])
