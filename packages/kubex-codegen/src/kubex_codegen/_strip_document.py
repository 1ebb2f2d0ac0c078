"""Reduce documents to the parts that the generator reads."""

from typing import Any, cast

_KEPT_FIELDS = ("$ref", "allOf", "format", "nullable", "type")
_OPERATION_EXTENSIONS = ("x-kubernetes-action", "x-kubernetes-group-version-kind")
_SCHEMA_EXTENSIONS = (
    "x-kubernetes-embedded-resource",
    "x-kubernetes-group-version-kind",
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
)


def strip_document(content: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI v2 document without descriptions and other fields that the generator does not read."""
    definitions = {name: _schema(schema) for name, schema in content["definitions"].items()}
    paths = {path: _operations(operations) for path, operations in content["paths"].items()}
    return {
        "swagger": content["swagger"],
        "info": content["info"],
        "definitions": definitions,
        "paths": {path: operations for path, operations in paths.items() if operations},
    }


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {key: schema[key] for key in (*_KEPT_FIELDS, *_SCHEMA_EXTENSIONS) if key in schema}
    if "required" in schema:
        kept["required"] = schema["required"]
    if "properties" in schema:
        kept["properties"] = {name: _schema(inner) for name, inner in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if key in schema:
            inner: Any = schema[key]
            kept[key] = _schema(cast("dict[str, Any]", inner)) if isinstance(inner, dict) else inner
    return kept


def _operations(operations: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for method, operation in operations.items():
        if isinstance(operation, dict) and _OPERATION_EXTENSIONS[1] in operation:
            kept[method] = {key: operation[key] for key in _OPERATION_EXTENSIONS if key in operation}
    return kept
