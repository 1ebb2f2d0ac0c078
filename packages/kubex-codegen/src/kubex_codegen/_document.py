"""OpenAPI documents, version 2 or 3, brought into one form."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from kubex_codegen._errors import CodegenError

Json: TypeAlias = Any
Schema: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """The schemas and the paths of an API server, whichever version of OpenAPI they came in."""

    schemas: Mapping[str, Schema]
    paths: Mapping[str, Schema]


# Schemas may be nested so deeply; people stop far before, and Python some time after it.
_DEEPEST = 100

_WANTED = "it must be an OpenAPI document in JSON, as /openapi/v2 serves it"

_NAMES: Mapping[type, str] = {
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
    """Parse JSON; raises CodegenError if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CodegenError(f"cannot read {origin}: {error}; {_WANTED}") from error


def is_openapi(content: Json) -> bool:
    """Tell whether parsed JSON is an OpenAPI document, or a mapping of several."""
    if not isinstance(content, dict):
        return False
    found = cast("dict[str, Any]", content)
    parts = found.values()
    return (
        "swagger" in found or "openapi" in found or any(isinstance(part, dict) and "openapi" in part for part in parts)
    )


def parse_document(content: Json, origin: str) -> Document:
    """Bring parsed JSON into one form: an OpenAPI v2 or v3 document, or a mapping of several v3 documents."""
    if isinstance(content, dict):
        found = cast("dict[str, Any]", content)
        if "swagger" in found:
            return _document(found.get("definitions", {}), found.get("paths", {}), origin)
        if "openapi" in found:
            return _merged([found], origin)
        if found and all(isinstance(part, dict) and "openapi" in part for part in found.values()):
            return _merged(found.values(), origin)
    raise CodegenError(f"{origin} is no OpenAPI document: it has neither `swagger` nor `openapi` at its top")


def object_in(value: Json, where: str) -> dict[str, Any]:
    """Return a value that must be an object; raises CodegenError, which says where it stands."""
    found: dict[str, Any] = _checked(value, dict, where)
    return found


def kinds_of_paths(paths: Json, origin: str) -> Iterator[tuple[str, str, str]]:
    """Iterate over group, version and kind of what paths take or return; raises CodegenError if they are no paths."""
    for path, operations in object_in(paths, f"{origin}: paths").items():
        for name, operation in object_in(operations, f"{origin}: {path}").items():
            if isinstance(operation, dict) and KINDS in operation:
                yield _kind(cast("dict[str, Any]", operation)[KINDS], f"{origin}: {path}.{name}")


def _merged(parts: Iterable[Mapping[str, Any]], origin: str) -> Document:
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for part in parts:
        components = object_in(part.get("components", {}), f"{origin}: components")
        # Each group's document of version 3 repeats what it shares with others, and lists only its own kinds.
        for name, schema in object_in(components.get("schemas", {}), f"{origin}: schemas").items():
            known = schemas.setdefault(name, dict(object_in(schema, f"{origin}: {name}")))
            kinds = [*_kinds(known, f"{origin}: {name}"), *_kinds(schema, f"{origin}: {name}")]
            if kinds:
                known[KINDS] = [kind for number, kind in enumerate(kinds) if kind not in kinds[:number]]
        paths.update(object_in(part.get("paths", {}), f"{origin}: paths"))
    return _document(schemas, paths, origin)


def _document(schemas: Json, paths: Json, origin: str) -> Document:
    made = {
        name: _plain(schema, f"{origin}: {name}") for name, schema in object_in(schemas, f"{origin}: schemas").items()
    }
    for name, schema in made.items():
        _kinds(schema, f"{origin}: {name}")
    list(kinds_of_paths(paths, origin))
    return Document(made, paths)


def _kinds(schema: Schema, where: str) -> list[Any]:
    kinds: Any = schema.get(KINDS, [])
    for kind in list_in(kinds, f"{where}.{KINDS}"):
        _kind(kind, where)
    return list(kinds)


def _kind(value: Json, where: str) -> tuple[str, str, str]:
    kind = object_in(value, f"{where}.{KINDS}")
    names = [kind.get(key) for key in ("group", "version", "kind")]
    if not all(isinstance(name, str) for name in names):
        raise CodegenError(f"{where}.{KINDS} must have a group, a version and a kind; {_WANTED}")
    group, version, name = map(str, names)
    return group, version, name


def list_in(value: Json, where: str) -> list[Any]:
    """Return a value that must be a list; raises CodegenError, which names its place."""
    found: list[Any] = _checked(value, list, where)
    return found


def _checked(value: Json, kind: type, where: str) -> Any:
    if not isinstance(value, kind):
        raise CodegenError(f"{where} must be {_NAMES[kind]}, not {_NAMES[type(value)]}; {_WANTED}")
    return value


def _plain(schema: Json, where: str, depth: int = 0) -> dict[str, Any]:
    """Unwrap `allOf` of one schema, which version 3 puts around references, and shorten references to names."""
    if depth > _DEEPEST:
        raise CodegenError(f"{where} is nested more than {_DEEPEST} levels deep: leave its group out with --group")
    plain = dict(object_in(schema, where))
    wrapped = list_in(plain.get("allOf", []), f"{where}.allOf")
    if len(wrapped) == 1:
        del plain["allOf"]
        plain = {**object_in(wrapped[0], f"{where}.allOf"), **plain}
    if "$ref" in plain:
        plain["$ref"] = str(plain["$ref"]).rpartition("/")[2]
    if "properties" in plain:
        properties = object_in(plain["properties"], f"{where}.properties")
        plain["properties"] = {name: _plain(inner, f"{where}.{name}", depth + 1) for name, inner in properties.items()}
    list_in(plain.get("required", []), f"{where}.required")
    for key in ("items", "additionalProperties"):
        if key in plain and not isinstance(plain[key], bool):
            plain[key] = _plain(plain[key], f"{where}.{key}", depth + 1)
    return plain
