"""Building objects from raw JSON, of which the metadata alone is decoded.

This stands apart from the models because msgspec takes a while to import.
"""

from typing import Any, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from kubex.models._errors import DecodeError, decode, decode_error
from kubex.models._habit import Habit
from kubex.models._lazy import RAW, LazyModel
from kubex.models._meta import ObjectMeta
from kubex.models._model import Model

L = TypeVar("L", bound=LazyModel)

_set_dict = BaseModel.__dict__["__dict__"].__set__
_set_fields_set = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_set_extra = BaseModel.__dict__["__pydantic_extra__"].__set__
_set_private = BaseModel.__dict__["__pydantic_private__"].__set__

_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode_key = msgspec.json.Encoder().encode

# Stands in for metadata that is decoded already, so that the model finds the field without decoding it again.
_NO_METADATA = msgspec.Raw(b"{}")


class _Name(msgspec.Struct):
    name: str = ""
    namespace: str = ""


_decode_name = msgspec.json.Decoder(_Name).decode


def lazy(model: type[L], body: bytes, what: str, habit: Habit | None = None) -> L:
    """Build an object from its JSON with the metadata alone validated; raises DecodeError if that does not fit.

    What does not fit in the rest raises DecodeError each time it is touched. Where the habit expects that everything
    is going to be read, everything is decoded at once, unless it does not fit.
    """
    if habit is not None and habit.expects_reading():
        try:
            whole: L = model.__pydantic_validator__.validate_json(body)
        except ValidationError:
            pass  # built lazily it raises where it is touched, and only there
        else:
            return whole
    try:
        fields = _decode_fields(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(what, str(error)) from error
    metadata_type = _metadata_type(model)
    if metadata_type is None:
        return decode(model, body, what + _name_in(fields))
    raw = fields.pop("metadata", None)
    if raw is None:
        metadata = metadata_type()
    else:
        try:
            metadata = metadata_type.__pydantic_validator__.validate_json(bytes(raw))
        except ValidationError as error:
            raise decode_error(error, f"the metadata of {what}{_name_in({'metadata': raw})}") from error
        fields["metadata"] = _NO_METADATA
    if habit is None:
        habit = Habit()
    habit.was_built()
    made = model.__new__(model)
    _set_dict(made, {"metadata": metadata, RAW: (fields, habit)})
    _set_fields_set(made, set[str]())
    _set_extra(made, None)
    _set_private(made, None)
    return made


_METADATA_TYPES: dict[type[Model], type[ObjectMeta] | None] = {}


def _metadata_type(model: type[LazyModel]) -> type[ObjectMeta] | None:
    """Return what the metadata is decoded into; None for a class that does more on validation than hold fields."""
    try:
        return _METADATA_TYPES[model]
    except KeyError:
        pass
    metadata: Any = model.__pydantic_fields__["metadata"].annotation
    decorators = model.__pydantic_decorators__
    plain = (
        isinstance(metadata, type)
        and issubclass(metadata, ObjectMeta)
        and not model.__private_attributes__
        and model.__pydantic_post_init__ is None
        and not (decorators.model_validators or decorators.root_validators or decorators.field_validators)
    )
    _METADATA_TYPES[model] = metadata if plain else None
    return _METADATA_TYPES[model]


def joined(fields: dict[str, msgspec.Raw]) -> bytes:
    """Put raw fields together to one JSON object."""
    return b"{" + b",".join([_encode_key(name) + b":" + bytes(raw) for name, raw in fields.items()]) + b"}"


def _name_in(fields: dict[str, msgspec.Raw]) -> str:
    try:
        metadata = _decode_name(fields["metadata"])
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return f" {metadata.namespace}/{metadata.name}" if metadata.namespace else f" {metadata.name}".rstrip()
