"""Read the input of the command: OpenAPI documents and CustomResourceDefinitions."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from kubex.core.yaml import YAMLContentError, YAMLLimits, read_yaml_documents
from kubex_codegen._crds import KIND, Manifest, document_from_definitions, iterate_manifests
from kubex_codegen._document import Document, Json, is_openapi, parse_document, parse_json
from kubex_codegen._errors import CodegenError

STDIN = "-"
REMEDY = f"the input must be an OpenAPI document in JSON, or manifests with a {KIND} in YAML or JSON"
_SUFFIXES = (".json", ".yaml", ".yml", ".json.gz", ".yaml.gz", ".yml.gz")
_LIMITS = YAMLLimits(depth=250, nodes=2_000_000, expanded=64 << 20)


def read_document(path: Path) -> Document:
    """Read an OpenAPI document or CustomResourceDefinitions from a file, a folder, or standard input (`-`).

    In a folder and its subfolders, all JSON and YAML files are read. Objects of other kinds are skipped.

    Raises:
        CodegenError: the input cannot be read, or contains neither a document nor a definition.
    """
    if path.is_dir():
        return _read_folder(path)
    origin = "standard input" if str(path) == STDIN else str(path)
    documents = list(_documents(_read_content(path, origin), origin))
    if len(documents) == 1 and is_openapi(documents[0]):
        return parse_document(documents[0], origin)
    return _document_of([item for document in documents for item in iterate_manifests(document, origin)], origin)


def _read_folder(path: Path) -> Document:
    files = sorted(file for file in path.rglob("*") if file.name.lower().endswith(_SUFFIXES) and file.is_file())
    found: list[Manifest] = []
    for file in files:
        for document in _documents(_read_content(file, str(file)), str(file)):
            found += iterate_manifests(document, str(file))
    return _document_of(found, str(path))


def _document_of(found: list[Manifest], origin: str) -> Document:
    definitions = [manifest for manifest in found if manifest.is_definition]
    if not definitions:
        kinds = ", ".join(sorted({manifest.kind for manifest in found} - {""}))
        has = f"it contains {kinds}" if kinds else "it contains no Kubernetes objects"
        raise CodegenError(f"{origin} contains neither an OpenAPI document nor a {KIND}: {has}; {REMEDY}")
    return document_from_definitions(definitions)


def _read_content(path: Path, origin: str) -> bytes:
    try:
        data = sys.stdin.buffer.read() if str(path) == STDIN else path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error) as error:
        raise CodegenError(f"cannot read {origin}: {error}; {REMEDY}") from error


def _documents(content: bytes, origin: str) -> Iterator[Json]:
    """Yield the documents of a file."""
    # Parse content that starts like JSON as JSON, because the YAML parser is much slower.
    if content.lstrip()[:1] in (b"{", b"["):
        yield parse_json(content, origin)
        return
    try:
        for document in read_yaml_documents(content, _LIMITS):
            if document.repeated_keys:
                key = document.repeated_keys[0]
                lines = f"lines {key.first_line} and {key.line}"
                raise CodegenError(f"cannot read {origin}: the key {key.path} is repeated, in {lines}")
            yield cast("Any", document.value)
    except (yaml.YAMLError, YAMLContentError, ValueError) as error:
        text = " ".join(str(error).split())
        raise CodegenError(f"cannot read {origin}: {text}; {REMEDY}; render templates first") from error
