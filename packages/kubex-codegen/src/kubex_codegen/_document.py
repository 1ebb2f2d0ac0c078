"""Convert OpenAPI documents of version 2 and 3 to a common form."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from kubex_codegen._errors import CodegenError

Json: TypeAlias = Any
Schema: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """The schemas and the paths of an API server, independent of the OpenAPI version."""

    schemas: Mapping[str, Schema]
    paths: Mapping[str, Schema]


# The maximum depth of nested schemas. It is much larger than in practice, and below the recursion limit of Python.
_MAX_DEPTH = 100

_REMEDY = "the input must be an OpenAPI document in JSON, such as /openapi/v2 of an API server"

_JSON_TYPE_NAMES: Mapping[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}

KINDS = "x-kubernetes-group-version-kind"


def parse_json(text: bytes, origin: str) -> Json:
    """Parse JSON. Raises CodegenError if it is invalid."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CodegenError(f"cannot read {origin}: {error}; {_REMEDY}") from error


def is_openapi(content: Json) -> bool:
    """Return whether parsed JSON is an OpenAPI document, or a mapping of several documents."""
    if not isinstance(content, dict):
        return False
    found = cast("dict[str, Any]", content)
    parts = found.values()
    return (
        "swagger" in found or "openapi" in found or any(isinstance(part, dict) and "openapi" in part for part in parts)
    )


def parse_document(content: Json, origin: str) -> Document:
    """Convert parsed JSON: an OpenAPI v2 or v3 document, or a mapping of several v3 documents."""
    if isinstance(content, dict):
        found = cast("dict[str, Any]", content)
        if "swagger" in found:
            return _document(found.get("definitions", {}), found.get("paths", {}), origin)
        if "openapi" in found:
            return _merge_documents([found], origin)
        if found and all(isinstance(part, dict) and "openapi" in part for part in found.values()):
            return _merge_documents(found.values(), origin)
    raise CodegenError(
        f"{origin} is not an OpenAPI document: it has neither the field `swagger` nor `openapi`; {_REMEDY}"
    )


def require_object(value: Json, where: str) -> dict[str, Any]:
    """Return a value that must be an object. Raises CodegenError with its location."""
    found: dict[str, Any] = _require_type(value, dict, where)
    return found


def kinds_in_paths(paths: Json, origin: str) -> Iterator[tuple[str, str, str]]:
    """Yield the group, version and kind of the operations in paths. Raises CodegenError if the paths are invalid."""
    for path, operations in require_object(paths, f"{origin}: paths").items():
        for name, operation in require_object(operations, f"{origin}: {path}").items():
            if isinstance(operation, dict) and KINDS in operation:
                yield _kind(cast("dict[str, Any]", operation)[KINDS], f"{origin}: {path}.{name}")


def _merge_documents(parts: Iterable[Mapping[str, Any]], origin: str) -> Document:
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for part in parts:
        components = require_object(part.get("components", {}), f"{origin}: components")
        # The version 3 documents of groups repeat their common schemas, but list only the kinds of their group.
        for name, schema in require_object(components.get("schemas", {}), f"{origin}: schemas").items():
            known = schemas.setdefault(name, dict(require_object(schema, f"{origin}: {name}")))
            kinds = [*_kinds(known, f"{origin}: {name}"), *_kinds(schema, f"{origin}: {name}")]
            if kinds:
                known[KINDS] = [kind for number, kind in enumerate(kinds) if kind not in kinds[:number]]
        paths.update(require_object(part.get("paths", {}), f"{origin}: paths"))
    return _document(schemas, paths, origin)


def _document(schemas: Json, paths: Json, origin: str) -> Document:
    normalized_schemas = {
        name: _normalize(schema, f"{origin}: {name}")
        for name, schema in require_object(schemas, f"{origin}: schemas").items()
    }
    for name, schema in normalized_schemas.items():
        _kinds(schema, f"{origin}: {name}")
    list(kinds_in_paths(paths, origin))
    return Document(normalized_schemas, paths)


def _kinds(schema: Schema, where: str) -> list[Any]:
    kinds: Any = schema.get(KINDS, [])
    for kind in require_list(kinds, f"{where}.{KINDS}"):
        _kind(kind, where)
    return list(kinds)


def _kind(value: Json, where: str) -> tuple[str, str, str]:
    kind = require_object(value, f"{where}.{KINDS}")
    names = [kind.get(key) for key in ("group", "version", "kind")]
    if not all(isinstance(name, str) for name in names):
        raise CodegenError(f"{where}.{KINDS} must have a group, a version and a kind; {_REMEDY}")
    group, version, name = map(str, names)
    return group, version, name


def require_list(value: Json, where: str) -> list[Any]:
    """Return a value that must be a list. Raises CodegenError with its location."""
    found: list[Any] = _require_type(value, list, where)
    return found


def _require_type(value: Json, kind: type, where: str) -> Any:
    if not isinstance(value, kind):
        raise CodegenError(f"{where} must be {_JSON_TYPE_NAMES[kind]}, not {_JSON_TYPE_NAMES[type(value)]}; {_REMEDY}")
    return value


def _normalize(schema: Json, where: str, depth: int = 0) -> dict[str, Any]:
    """Unwrap `allOf` with one schema, which version 3 uses around references, and shorten references to names."""
    if depth > _MAX_DEPTH:
        raise CodegenError(f"{where} is nested more than {_MAX_DEPTH} levels deep; select other groups with --group")
    normalized = dict(require_object(schema, where))
    wrapped = require_list(normalized.get("allOf", []), f"{where}.allOf")
    if len(wrapped) == 1:
        del normalized["allOf"]
        normalized = {**require_object(wrapped[0], f"{where}.allOf"), **normalized}
    if "$ref" in normalized:
        normalized["$ref"] = str(normalized["$ref"]).rpartition("/")[2]
    if "properties" in normalized:
        properties = require_object(normalized["properties"], f"{where}.properties")
        normalized["properties"] = {
            name: _normalize(inner, f"{where}.{name}", depth + 1) for name, inner in properties.items()
        }
    require_list(normalized.get("required", []), f"{where}.required")
    for key in ("items", "additionalProperties"):
        if key in normalized and not isinstance(normalized[key], bool):
            normalized[key] = _normalize(normalized[key], f"{where}.{key}", depth + 1)
    return normalized
