"""Bodies as JSON bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

from kubex.models._kinded import Kinded
from kubex.models._model import Model


def encode(value: object, *, partial: bool = False) -> bytes:
    """Encode a model or plain values in their JSON forms (enums, datetimes), by wire names.

    Of a model nothing that is None is sent; a `partial` one sends the fields that were set, None included.
    Inside plain values models are encoded as whole objects.
    """
    if isinstance(value, BaseModel):
        if partial:
            return value.__pydantic_serializer__.to_json(value, by_alias=True, exclude_unset=True)
        return value.__pydantic_serializer__.to_json(value, by_alias=True, exclude_none=True)
    return to_json(plain(value))


def plain(value: Any) -> Any:
    """Replace models inside plain containers by their JSON forms; None in a mapping stays, for merge patches."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def encode_object(obj: Model, facts: Kinded, *, managed: bool = False) -> bytes:
    """Encode an object to be written: `apiVersion` and `kind` are always sent, also of an item of a list.

    With `managed=True` it is a server-side apply, which refuses `managedFields`. Raises TypeError for a dict.
    """
    if not isinstance(obj, Model):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"{type(obj).__name__} is no object of kind {facts.kind}: make one, from a dict by "
            f"{facts.kind}.model_validate(...)"
        )
    body: dict[str, Any] = {"apiVersion": facts.api_version, "kind": facts.kind} | obj.to_dict()
    if managed:
        body["metadata"].pop("managedFields", None)
    return to_json(body)


def complete(body: Mapping[str, Any], facts: Kinded, name: str) -> dict[str, Any]:
    """Fill in what the body of a server-side apply must say of itself."""
    metadata = {"name": name} | dict(body.get("metadata") or {})
    return {"apiVersion": facts.api_version, "kind": facts.kind} | dict(body) | {"metadata": metadata}
