"""Bodies as JSON bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

from kubex.core._errors import EncodeError
from kubex.core._text import NO_UNICODE, is_unicode
from kubex.models._kinded import Kinded
from kubex.models._model import Model

_REPLACEMENT = "\ufffd".encode()


def encode(value: object, *, partial: bool = False) -> bytes:
    """Encode a model or plain values in their JSON forms (enums, datetimes), by wire names.

    Of a model nothing that is None is sent; a `partial` one sends the fields that were set, None included.
    Inside plain values models are encoded as whole objects. Raises EncodeError for text that UTF-8 cannot encode.
    """
    if isinstance(value, BaseModel):
        write = value.__pydantic_serializer__.to_json
        return _written(
            lambda: write(value, by_alias=True, exclude_unset=partial, exclude_none=not partial),
            value,
            type(value).__name__,
        )
    return _written(lambda: to_json(plain(value)), value, "body")


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

    With `managed=True` it is a server-side apply, which refuses `managedFields`. Raises TypeError for a dict and
    EncodeError for text that UTF-8 cannot encode.
    """
    if not isinstance(obj, Model):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"{type(obj).__name__} is no object of kind {facts.kind}: make one, from a dict by "
            f"{facts.kind}.model_validate(...)"
        )

    def write() -> bytes:
        body: dict[str, Any] = {"apiVersion": facts.api_version, "kind": facts.kind} | obj.to_dict()
        if managed:
            body["metadata"].pop("managedFields", None)
        return to_json(body)

    return _written(write, obj, facts.kind)


def _written(write: Callable[[], bytes], value: object, what: str) -> bytes:
    """Write JSON. Pydantic raises an error without a place for half of a surrogate pair, or replaces it in keys."""
    try:
        body = write()
    except (PydanticSerializationError, UnicodeEncodeError):
        place = _half_character(value)
        if place is None:
            raise
    else:
        place = _half_character(value) if _REPLACEMENT in body else None
        if place is None:
            return body
    raise EncodeError(what, f"{place.lstrip('.')}: {NO_UNICODE}" if place else NO_UNICODE)


def _half_character(value: Any, path: str = "") -> str | None:
    """Return the path of the first text that UTF-8 cannot encode."""
    if isinstance(value, str):
        return None if is_unicode(value) else path
    if isinstance(value, BaseModel):
        items: Iterable[tuple[str, Any]] = ((f".{name}", item) for name, item in value)
    elif isinstance(value, Mapping):
        pairs = cast("Mapping[object, Any]", value).items()
        if bad := next((key for key, _ in pairs if isinstance(key, str) and not is_unicode(key)), None):
            return f"{path}[{bad!a}]"
        items = ((f"[{key!r}]", item) for key, item in pairs)
    elif isinstance(value, list | tuple):
        items = ((f"[{position}]", item) for position, item in enumerate(cast("Sequence[Any]", value)))
    else:
        return None
    found = (_half_character(item, path + step) for step, item in items)
    return next((place for place in found if place is not None), None)


def complete(body: Mapping[str, Any], facts: Kinded, name: str) -> dict[str, Any]:
    """Fill in what the body of a server-side apply must say of itself."""
    metadata = {"name": name} | dict(body.get("metadata") or {})
    return {"apiVersion": facts.api_version, "kind": facts.kind} | dict(body) | {"metadata": metadata}
