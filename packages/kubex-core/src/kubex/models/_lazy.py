"""Objects that decode on first touch and are whole Pydantic models all the same.

Such an object is built from raw JSON with its metadata validated; the rest stays raw in its instance dict, under a key
that no field can have. A property named `__dict__` lets everything that looks at the whole object (dump, copy, pickle,
repr, `==`, assignment) decode the rest first. Reading `metadata` never comes here: CPython finds it in the dict.
"""

import threading
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import BaseModel, ValidationError

from kubex.models._errors import decode_error
from kubex.models._meta import ObjectMeta
from kubex.models._model import Model

RAW = "\0raw"

_get_dict = BaseModel.__dict__["__dict__"].__get__
_set_dict = BaseModel.__dict__["__dict__"].__set__
_set_fields_set = BaseModel.__dict__["__pydantic_fields_set__"].__set__
_set_extra = BaseModel.__dict__["__pydantic_extra__"].__set__

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


def is_lazy(model: Model) -> bool:
    """Whether a part of the object is still raw; looking does not decode it."""
    return RAW in _get_dict(model)


def _touch(model: LazyModel) -> None:
    if RAW in _get_dict(model):
        _filled(model)


def _filled(model: LazyModel) -> dict[str, Any]:
    from kubex.models._raw import joined  # loads msgspec, which is there already when anything is raw

    with _filling:
        fields: dict[str, Any] = _get_dict(model)
        if RAW not in fields:
            return fields
        metadata = fields["metadata"]
        raw, habit = fields[RAW]
        try:
            whole = type(model).__pydantic_validator__.validate_json(joined(raw))
        except ValidationError as error:
            _refuse(model, metadata, error)
        complete: dict[str, Any] = _get_dict(whole)
        complete["metadata"] = metadata
        _set_fields_set(model, whole.__pydantic_fields_set__)
        _set_extra(model, whole.__pydantic_extra__)
        _set_dict(model, complete)
        habit.was_read()
        return complete


def _refuse(model: LazyModel, metadata: ObjectMeta, error: ValidationError) -> NoReturn:
    name = f"{metadata.namespace}/{metadata.name}" if metadata.namespace else metadata.name
    raise decode_error(error, f"{type(model).__name__} {name}") from error
