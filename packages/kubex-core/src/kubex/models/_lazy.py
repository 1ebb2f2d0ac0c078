"""Objects that decode on first touch, field by field, and are whole Pydantic models all the same.

What is not decoded yet stays in the instance dict, under a key that no field can have. CPython finds a decoded field
in the dict and never comes here; one that is missing lands in `__getattr__`, which decodes it. A property named
`__dict__` lets everything that looks at the whole object (dump, copy, pickle, repr, `==`, assignment) decode the rest
first. So do the slots of the fields set and of the extras, which stay empty: an empty slot lands in `__getattr__`, too.
"""

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from kubex.models._meta import ObjectMeta
from kubex.models._model import Model

if TYPE_CHECKING:
    from kubex.models._undecoded import Undecoded

M = TypeVar("M", bound=Model)

RAW = "\0raw"

_get_dict = BaseModel.__dict__["__dict__"].__get__
_set_dict = BaseModel.__dict__["__dict__"].__set__
_set_fields_set = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_set_extra = BaseModel.__dict__["__pydantic_extra__"].__set__
_set_private = BaseModel.__dict__["__pydantic_private__"].__set__

_SLOTS = ("__pydantic_fields_set__", "__pydantic_extra__")

_UNKNOWN = object()

# Two threads may touch one object at once: the first decodes, and what it made is not replaced under the other's hands.
_touching = threading.RLock()


class LazyModel(Model):
    """A model of which some fields may not be decoded yet."""

    if not TYPE_CHECKING:  # hidden from type checkers, or misspelt attributes would pass

        @property
        def __dict__(self) -> dict[str, Any]:
            """The fields; what is still raw is decoded first."""
            fields = _get_dict(self)
            return _decode_rest(self) if RAW in fields else fields

        @__dict__.setter
        def __dict__(self, fields: dict[str, Any]) -> None:
            _set_dict(self, fields)

        def __getattr__(self, name: str) -> Any:
            fields = _get_dict(self)
            if RAW in fields:
                value = _decode_field(self, name)
                if value is not _UNKNOWN:
                    return value
            elif name in fields or name in _SLOTS:  # another thread has decoded it since it was not found
                return object.__getattribute__(self, name)
            return super().__getattr__(name)

        def __delattr__(self, name: str) -> None:
            if RAW in _get_dict(self):
                _decode_rest(self)
            super().__delattr__(name)


class LazyObject(LazyModel):
    """A lazy model with metadata, which is always decoded."""

    if TYPE_CHECKING:
        metadata: ObjectMeta


def is_lazy(model: Model, name: str = RAW) -> bool:
    """Whether a field is still raw, or any if none is named; looking does not decode it."""
    fields = _get_dict(model)
    return RAW in fields and (name == RAW or name not in fields)


def construct(model: type[M], fields: dict[str, Any], fields_set: set[str]) -> M:
    """Make an object from valid fields, all of them; it has no unknown ones."""
    made = model.__new__(model)
    _set_dict(made, fields)
    _set_fields_set(made, fields_set)
    _set_extra(made, None)
    _set_private(made, None)
    return made


def build(model: type[Model], known: dict[str, Any], undecoded: "Undecoded") -> Any:
    """Make an object of a lazy model from the fields that are known, and what is still to be decoded."""
    made = model.__new__(model)
    known[RAW] = undecoded
    _set_dict(made, known)
    _set_private(made, None)
    return made


def _decode_field(model: LazyModel, name: str) -> Any:
    """Return what has a name; the rest is decoded for it only if it is an unknown field, or a slot."""
    with _touching:
        fields = _get_dict(model)
        undecoded: Undecoded | None = fields.get(RAW)
        if undecoded is not None and name not in fields:
            if name in undecoded.parts:
                fields[name] = value = undecoded.decode(name)
                return value
            if name not in _SLOTS and not undecoded.has(name):
                return _UNKNOWN
            _decode_rest(model)
    return getattr(model, name)


def _decode_rest(model: LazyModel) -> dict[str, Any]:
    with _touching:
        fields: dict[str, Any] = _get_dict(model)
        undecoded: Undecoded | None = fields.get(RAW)
        if undecoded is None:
            return fields
        complete, fields_set, extra = undecoded.decode_rest(type(model), fields)
        _set_fields_set(model, fields_set)
        _set_extra(model, extra)
        _set_dict(model, complete)
        return complete
