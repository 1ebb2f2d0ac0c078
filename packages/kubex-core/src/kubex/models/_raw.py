"""Building objects from raw JSON, of which the metadata alone is decoded.

This stands apart from the models because msgspec takes a while to import.
"""

from typing import TypeVar

import msgspec
from pydantic import ValidationError

from kubex.models._errors import DecodeError, decode, decode_error
from kubex.models._habit import Habit
from kubex.models._heads import NoHeadError, heads_of
from kubex.models._lazy import LazyObject, build
from kubex.models._parts import metadata_of, parts_of
from kubex.models._undecoded import Json, Root, Undecoded, decode_fields

L = TypeVar("L", bound=LazyObject)


class _Name(msgspec.Struct):
    name: str = ""
    namespace: str = ""


_decode_name = msgspec.json.Decoder(_Name).decode


def lazy(model: type[L], body: bytes, what: str, habit: Habit | None = None) -> L:
    """Build an object from its JSON with the metadata alone validated; raises DecodeError if that does not fit.

    What does not fit in the rest raises DecodeError each time it is touched.
    """
    if habit is None:
        habit = Habit()
    heads = heads_of(model)
    if heads is not None:
        try:
            return heads.item(body, habit)
        except NoHeadError:
            pass
    try:
        fields = decode_fields(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(what, str(error)) from error
    parts = parts_of(model)
    metadata_type = None if parts is None else metadata_of(parts)
    if parts is None or metadata_type is None:
        return decode(model, body, what + _name_in(fields))
    try:
        metadata = metadata_type.__pydantic_validator__.validate_json(bytes(fields.get("metadata", b"{}")))
    except ValidationError as error:
        raise decode_error(error, f"the metadata of {what}{_name_in(fields)}") from error
    raws: dict[str, Json] = {name: b"" if name == "metadata" else bytes(raw) for name, raw in fields.items()}
    root = Root(model.__name__, metadata, habit)
    made: L = build(model, {"metadata": metadata}, Undecoded(parts, root, "", raws=raws))
    return made


def _name_in(fields: dict[str, msgspec.Raw]) -> str:
    try:
        metadata = _decode_name(fields["metadata"])
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return f" {metadata.namespace}/{metadata.name}" if metadata.namespace else f" {metadata.name}".rstrip()
