"""Encode request bodies as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

from kubex.core._errors import EncodeError
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.models._api_resource import HasTypeMeta
from kubex.models._model import Model
from kubex.models._nulls import dump_with_nulls

# The character that Pydantic writes instead of a lone surrogate in a key.
_REPLACEMENT = "\ufffd".encode()


def encode(value: object, *, partial: bool = False) -> bytes:
    """Encode a model or plain values as JSON, with the JSON names of fields.

    A model is written like `Model.to_dict()`. With `partial=True`, the fields that were set are written, including
    None. Models inside of plain values are encoded completely. Raises EncodeError for strings that UTF-8 cannot encode.
    """
    description = type(value).__name__ if isinstance(value, BaseModel) else "body"
    if partial and isinstance(value, BaseModel):
        write = value.__pydantic_serializer__.to_json
        return _write(lambda: write(value, by_alias=True, exclude_unset=True), value, description)
    return _write(lambda: to_json(to_plain(value)), value, description)


def to_plain(value: Any) -> Any:
    """Replace models inside of plain containers by dicts. None in a mapping is kept, since merge patches need it."""
    if isinstance(value, BaseModel):
        return dump_with_nulls(value)
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def encode_object(obj: Model, type_meta: HasTypeMeta, *, managed: bool = False) -> bytes:
    """Encode an object of a write request, with `apiVersion` and `kind`, which items of a list do not have.

    `managed=True` removes `managedFields`, which a server-side apply must not contain. Raises TypeError for a dict and
    EncodeError for strings that UTF-8 cannot encode.
    """
    check_object(obj, type_meta)

    def write() -> bytes:
        # The server requires both fields, but items of a list that were read do not have them.
        body: dict[str, Any] = {"apiVersion": type_meta.api_version, "kind": type_meta.kind} | obj.to_dict()
        if managed:
            body["metadata"].pop("managedFields", None)
        return to_json(body)

    return _write(write, obj, type_meta.kind)


def encode_document(document: dict[str, Any], obj: Model, type_meta: HasTypeMeta) -> bytes:
    """Encode a document that was made from `obj.to_dict()`.

    Raises EncodeError for strings of the object that UTF-8 cannot encode: `to_dict()` has replaced those in keys.
    """
    return _write(lambda: to_json(document), obj, type_meta.kind)


def check_object(obj: Model, type_meta: HasTypeMeta) -> None:
    """Raise TypeError for a dict or another value that is not an object."""
    if not isinstance(obj, Model):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"{type(obj).__name__} is not an object of kind {type_meta.kind}; create one from a dict with "
            f"{type_meta.kind}.model_validate(...)"
        )


def _write(write: Callable[[], bytes], value: object, description: str) -> bytes:
    """Call `write`, and raise EncodeError with the path of a lone surrogate.

    Pydantic's own error does not contain the path, and in keys Pydantic replaces a surrogate without an error.
    """
    try:
        body = write()
    except (PydanticSerializationError, UnicodeEncodeError):
        place = _find_lone_surrogate(value)
        if place is None:
            raise
    else:
        place = _find_lone_surrogate(value) if _REPLACEMENT in body else None
        if place is None:
            return body
    raise EncodeError(description, f"{place.lstrip('.')}: {LONE_SURROGATE}" if place else LONE_SURROGATE)


def _find_lone_surrogate(value: Any, path: str = "") -> str | None:
    """Return the path of the first string that UTF-8 cannot encode, or None."""
    if isinstance(value, str):
        return path if has_lone_surrogate(value) else None
    if isinstance(value, BaseModel):
        items: Iterable[tuple[str, Any]] = ((f".{name}", item) for name, item in value)
    elif isinstance(value, Mapping):
        pairs = cast("Mapping[object, Any]", value).items()
        if bad := next((key for key, _ in pairs if isinstance(key, str) and has_lone_surrogate(key)), None):
            return f"{path}[{bad!a}]"
        items = ((f"[{key!r}]", item) for key, item in pairs)
    elif isinstance(value, list | tuple):
        items = ((f"[{position}]", item) for position, item in enumerate(cast("Sequence[Any]", value)))
    else:
        return None
    found = (_find_lone_surrogate(item, path + step) for step, item in items)
    return next((place for place in found if place is not None), None)


def complete_apply_body(body: Mapping[str, Any] | BaseModel, type_meta: HasTypeMeta, name: str) -> dict[str, Any]:
    """Add the fields that a server-side apply requires: `apiVersion`, `kind` and `metadata.name`.

    `managedFields` of a model are removed, because a server-side apply must not contain them.
    """
    document: dict[str, Any] = to_plain(body)
    metadata: dict[str, Any] = {"name": name} | (document.get("metadata") or {})
    if isinstance(body, BaseModel):
        metadata.pop("managedFields", None)
    return {"apiVersion": type_meta.api_version, "kind": type_meta.kind} | document | {"metadata": metadata}
