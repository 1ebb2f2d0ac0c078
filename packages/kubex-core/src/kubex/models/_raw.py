"""Building objects from raw JSON, of which the metadata alone is decoded.

This stands apart from the models because msgspec takes a while to import.
"""

from typing import Any, TypeVar

import msgspec
from pydantic import ValidationError

from kubex.models._errors import DecodeError, decode, decode_error
from kubex.models._habit import Habit
from kubex.models._heads import NoHeadError, heads_of
from kubex.models._lazy import LazyObject, build
from kubex.models._meta import ObjectMeta
from kubex.models._parts import parts_of
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
    metadata_type = _metadata_type(model)
    parts = parts_of(model)
    if metadata_type is None or parts is None:
        return decode(model, body, what + _name_in(fields))
    raw = fields.pop("metadata", None)
    raws: dict[str, Json] = {name: bytes(raw) for name, raw in fields.items()}
    if raw is None:
        metadata = metadata_type()
    else:
        try:
            metadata = metadata_type.__pydantic_validator__.validate_json(bytes(raw))
        except ValidationError as error:
            raise decode_error(error, f"the metadata of {what}{_name_in({'metadata': raw})}") from error
        raws["metadata"] = b""
    root = Root(model.__name__, metadata, habit)
    made: L = build(model, {"metadata": metadata}, Undecoded(parts, root, "", raws=raws))
    return made


def _metadata_type(model: type[LazyObject]) -> type[ObjectMeta] | None:
    metadata: Any = model.__pydantic_fields__["metadata"].annotation
    return metadata if isinstance(metadata, type) and issubclass(metadata, ObjectMeta) else None


def _name_in(fields: dict[str, msgspec.Raw]) -> str:
    try:
        metadata = _decode_name(fields["metadata"])
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return f" {metadata.namespace}/{metadata.name}" if metadata.namespace else f" {metadata.name}".rstrip()
