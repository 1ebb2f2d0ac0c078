"""Objects in all forms that `apply()` accepts, as documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from kubex.errors import ManifestError
from kubex.manifests import Document
from kubex.models import Resource, api_resource

ObjectTypes: TypeAlias = Document | Resource | Mapping[str, Any]
"""An object of a set: a document of `kubex.manifests`, an object of a model, or JSON."""


def as_documents(objects: Iterable[ObjectTypes]) -> list[Document]:
    """Return a document for each object; raises ManifestError for an object without a kind or a name."""
    return [_checked(_as_document(obj, position), position) for position, obj in enumerate(objects, 1)]


def _as_document(obj: ObjectTypes, position: int) -> Document:
    if isinstance(obj, Document):
        return obj
    if isinstance(obj, Resource):
        resource = api_resource(type(obj))
        # The items of a list do not have these fields.
        return Document({"apiVersion": resource.api_version, "kind": resource.kind, **obj.to_dict()}, number=0, line=0)
    if not isinstance(obj, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"object {position} is not a document, an object or a dict, but {type(obj).__name__}: read YAML with "
            "load() of kubex.manifests"
        )
    return Document(_checked_fields(dict(obj), position), number=0, line=0)


def _checked_fields(value: dict[str, Any], position: int) -> dict[str, Any]:
    """Raise ManifestError for a dict that is not an object. For documents, `load()` has checked this."""
    for field in ("apiVersion", "kind"):
        if not isinstance(value.get(field), str):
            raise ManifestError(f"object {position} of the set does not have the text field {field}, like all objects")
    metadata = value.get("metadata")
    if not isinstance(metadata, Mapping):
        raise ManifestError(f"{value['kind']}, object {position} of the set, does not have metadata with a name")
    return value


def _checked(document: Document, position: int) -> Document:
    if document.name:
        return document
    metadata: Mapping[str, Any] = document.value.get("metadata") or {}
    if metadata.get("generateName"):
        raise _error(
            document,
            position,
            "has generateName, and each apply would create another object: give it a name, or create it with "
            "Api.create()",
        )
    raise _error(document, position, "does not have a name: set metadata.name")


def _error(document: Document, position: int, problem: str) -> ManifestError:
    where = "" if document.line else f", object {position} of the set,"
    number, line = document.number or None, document.line or None
    return ManifestError(f"{document.kind}{where} {problem}", source=document.source, document=number, line=line)
