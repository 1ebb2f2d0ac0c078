"""Objects that decode on first touch and are whole Pydantic models all the same.

Such an object is built from raw JSON with its metadata validated; the rest stays raw in its instance dict, under a key
that no field can have. A property named `__dict__` lets everything that looks at the whole object (dump, copy, pickle,
repr, `==`, assignment) decode the rest first. Reading `metadata` never comes here: CPython finds it in the dict.
"""

import threading
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from kubex.models._errors import DecodeError, decode, decode_error
from kubex.models._meta import ObjectMeta
from kubex.models._model import Model

L = TypeVar("L", bound="LazyModel")

RAW = "\0raw"

_get_dict = BaseModel.__dict__["__dict__"].__get__
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

# Two threads may touch one object at once: the first decodes, and what it made is not replaced under the other's hands.
_filling = threading.RLock()


class LazyModel(Model):
    """A model with metadata, of which the other fields may still be raw."""

    if TYPE_CHECKING:
        metadata: ObjectMeta
    else:  # hidden from type checkers, or misspelt attributes would pass

        @property
        def __dict__(self) -> dict[str, Any]:
            """The fields; what is still raw is decoded first."""
            fields = _get_dict(self)
            return _filled(self) if RAW in fields else fields

        @__dict__.setter
        def __dict__(self, fields: dict[str, Any]) -> None:
            _set_dict(self, fields)

        def __getattr__(self, name: str) -> Any:
            if RAW in _get_dict(self):
                _filled(self)
                return getattr(self, name)
            return super().__getattr__(name)

        def __delattr__(self, name: str) -> None:
            _touch(self)
            super().__delattr__(name)

    @property
    def model_fields_set(self) -> set[str]:
        """The names of the fields that were set."""
        _touch(self)
        return self.__pydantic_fields_set__

    @property
    def model_extra(self) -> dict[str, Any] | None:
        """The fields that the model does not know."""
        _touch(self)
        return self.__pydantic_extra__

    def __eq__(self, other: object) -> bool:
        _touch(self)
        if isinstance(other, LazyModel):
            _touch(other)
        return super().__eq__(other)


def lazy(model: type[L], body: bytes, what: str) -> L:
    """Build an object from its JSON with the metadata alone validated; raises DecodeError if that does not fit.

    What does not fit in the rest raises DecodeError each time it is touched.
    """
    try:
        fields = _decode_fields(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DecodeError(what, str(error)) from error
    return lazy_from_fields(model, fields, what)


def lazy_from_fields(model: type[L], fields: dict[str, msgspec.Raw], what: str) -> L:
    """Build an object from its top-level fields, which are taken over and must stay as they are."""
    metadata_type = _metadata_type(model)
    if metadata_type is None:
        return decode(model, _joined(fields), what + _name_in(fields))
    raw = fields.pop("metadata", None)
    if raw is None:
        metadata = metadata_type()
    else:
        try:
            metadata = metadata_type.__pydantic_validator__.validate_json(bytes(raw))
        except ValidationError as error:
            raise decode_error(error, f"the metadata of {what}{_name_in({'metadata': raw})}") from error
        fields["metadata"] = _NO_METADATA
    made = model.__new__(model)
    _set_dict(made, {"metadata": metadata, RAW: fields})
    _set_fields_set(made, set[str]())
    _set_extra(made, None)
    _set_private(made, None)
    return made


def is_lazy(model: Model) -> bool:
    """Whether a part of the object is still raw; looking does not decode it."""
    return RAW in _get_dict(model)


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


def _touch(model: LazyModel) -> None:
    if RAW in _get_dict(model):
        _filled(model)


def _filled(model: LazyModel) -> dict[str, Any]:
    with _filling:
        fields: dict[str, Any] = _get_dict(model)
        if RAW not in fields:
            return fields
        metadata = fields["metadata"]
        try:
            whole = type(model).__pydantic_validator__.validate_json(_joined(fields[RAW]))
        except ValidationError as error:
            _refuse(model, metadata, error)
        complete: dict[str, Any] = _get_dict(whole)
        complete["metadata"] = metadata
        _set_fields_set(model, whole.__pydantic_fields_set__)
        _set_extra(model, whole.__pydantic_extra__)
        _set_dict(model, complete)
        return complete


def _joined(fields: dict[str, msgspec.Raw]) -> bytes:
    return b"{" + b",".join([_encode_key(name) + b":" + bytes(raw) for name, raw in fields.items()]) + b"}"


def _name_in(fields: dict[str, msgspec.Raw]) -> str:
    try:
        metadata = _decode_name(fields["metadata"])
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return f" {metadata.namespace}/{metadata.name}" if metadata.namespace else f" {metadata.name}".rstrip()


def _refuse(model: LazyModel, metadata: ObjectMeta, error: ValidationError) -> NoReturn:
    name = f"{metadata.namespace}/{metadata.name}" if metadata.namespace else metadata.name
    raise decode_error(error, f"{type(model).__name__} {name}") from error
