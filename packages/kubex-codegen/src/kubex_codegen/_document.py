"""OpenAPI documents, version 2 or 3, brought into one form."""

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

from kubex_codegen._errors import CodegenError

Json: TypeAlias = Any
Schema: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """The schemas and the paths of an API server, whichever version of OpenAPI they came in."""

    schemas: Mapping[str, Schema]
    paths: Mapping[str, Schema]


def read_document(path: Path) -> Document:
    """Read a document from a JSON file, which may be compressed by gzip; raises CodegenError if it is none."""
    try:
        data = path.read_bytes()
        content = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (OSError, EOFError, ValueError) as error:
        raise CodegenError(
            f"cannot read {path}: {error}; it must be an OpenAPI document in JSON, as /openapi/v2 serves it"
        ) from error
    return parse_document(content, str(path))


def parse_document(content: Json, origin: str) -> Document:
    """Bring parsed JSON into one form: an OpenAPI v2 or v3 document, or a mapping of several v3 documents."""
    if isinstance(content, dict):
        found = cast("dict[str, Any]", content)
        if "swagger" in found:
            return _document(found.get("definitions", {}), found.get("paths", {}))
        if "openapi" in found:
            return _merged([found])
        if found and all(isinstance(part, dict) and "openapi" in part for part in found.values()):
            return _merged(found.values())
    raise CodegenError(f"{origin} is no OpenAPI document: it has neither `swagger` nor `openapi` at its top")


def _merged(parts: Iterable[Mapping[str, Any]]) -> Document:
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for part in parts:
        components: Mapping[str, Any] = part.get("components", {})
        # Each group's document of version 3 repeats what it shares with others, and lists only its own kinds.
        for name, schema in components.get("schemas", {}).items():
            known = schemas.setdefault(name, dict(schema))
            kinds: list[Any] = [*known.get(KINDS, ()), *schema.get(KINDS, ())]
            if kinds:
                known[KINDS] = [kind for number, kind in enumerate(kinds) if kind not in kinds[:number]]
        paths.update(part.get("paths", {}))
    return _document(schemas, paths)


KINDS = "x-kubernetes-group-version-kind"


def _document(schemas: Mapping[str, Any], paths: Mapping[str, Any]) -> Document:
    return Document({name: _plain(schema) for name, schema in schemas.items()}, paths)


def _plain(schema: Any) -> Any:
    """Unwrap `allOf` of one schema, which version 3 puts around references, and shorten references to names."""
    if not isinstance(schema, dict):
        return schema
    plain: dict[str, Any] = dict(cast("dict[str, Any]", schema))
    wrapped: Any = plain.get("allOf", ())
    if len(wrapped) == 1:
        del plain["allOf"]
        plain = {**wrapped[0], **plain}
    if "$ref" in plain:
        plain["$ref"] = str(plain["$ref"]).rpartition("/")[2]
    if "properties" in plain:
        plain["properties"] = {name: _plain(inner) for name, inner in plain["properties"].items()}
    for key in ("items", "additionalProperties"):
        if key in plain:
            plain[key] = _plain(plain[key])
    return plain
