"""The base class of lazy models.

Fields that are not decoded yet stay as JSON in the instance dict, under a key that no field can have. Python finds a
decoded field in the dict; one that is missing ends in `__getattr__`, which decodes it. A property named `__dict__`
decodes the remaining fields for everything that needs the complete object: dumps, copies, pickles and comparisons.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import VERSION, BaseModel

from kubex.models._errors import DecodeError
from kubex.models._model import NOT_SHOWN, Model, is_shown
from kubex.models._nulls import clear

M = TypeVar("M", bound=Model)

RAW = "\0raw"


class Undecoded(Protocol):
    """The fields of one object that are not decoded yet: `RawFields`, which documents the methods."""

    @property
    def names(self) -> Mapping[str, object]: ...
    @property
    def assignable(self) -> bool: ...
    def is_declared(self, name: str) -> bool: ...
    def is_unknown(self, name: str) -> bool: ...
    def shown_unknown(self) -> Iterable[tuple[str, object]]: ...
    def decode(self, name: str, fields: dict[str, Any]) -> Any: ...
    def decode_all(self, model: type[Model], fields: dict[str, Any]) -> None: ...
    def complete(self, fields: dict[str, Any]) -> dict[str, Any]: ...
    def delete(self, name: str) -> None: ...
    def fields_set(self) -> set[str]: ...
    def extra(self) -> dict[str, Any] | None: ...


def _slot(name: str) -> Any:
    """Return one of the slots in which Pydantic keeps the state of an object."""
    found = vars(BaseModel).get(name)
    if not hasattr(found, "__set__"):
        raise ImportError(
            f"kubex-core stores the state of objects in the slot BaseModel.{name}, which pydantic {VERSION} does not "
            "have: install an older pydantic, or a newer kubex-core"
        )
    return found


_get_dict = _slot("__dict__").__get__
_set_dict = _slot("__dict__").__set__
_set_fields_set = _slot("__pydantic_fields_set__").__set__
_set_extra = _slot("__pydantic_extra__").__set__
_set_private = _slot("__pydantic_private__").__set__


def _complete_dict(model: "LazyModel") -> dict[str, Any]:
    """Decode the fields that are left and return the instance dict.

    It is replaced by one in the order of the class, so that a dump does not depend on what was read before. All threads
    use the dict that is stored first.
    """
    fields: dict[str, Any] = _get_dict(model)
    undecoded: Undecoded | None = fields.get(RAW)
    if undecoded is None:
        return fields
    undecoded.decode_all(type(model), fields)
    _set_fields_set(model, undecoded.fields_set())
    _set_extra(model, undecoded.extra())
    before = fields.copy()
    del before[RAW]
    mine = {name: before[name] for name in (*undecoded.names, *before) if name in before}
    complete = undecoded.complete(mine)
    if _get_dict(model) is fields:
        _set_dict(model, complete)
    if complete is mine:
        for name, value in before.items():
            if fields.get(name, value) is not value:  # another thread has assigned it to the old dict meanwhile
                complete[name] = fields[name]
    return complete


class LazyModel(Model):
    """A model whose fields are decoded one by one, when each is first read.

    Derive a class from it whose JSON is large and of which programs read a few fields. A `Resource` is lazy already:
    for a custom resource, this is for its `spec` and the like. Objects that the program makes itself are ordinary ones.

        class BackupSpec(LazyModel):
            schedule: str
            template: PodTemplateSpec
    """

    if not TYPE_CHECKING:  # hidden from type checkers, or they would accept misspelt attributes
        __dict__ = property(_complete_dict, _set_dict, doc="The fields; those that are left are decoded first.")

        def __getattr__(self, name: str) -> Any:
            fields = _get_dict(self)
            undecoded: Undecoded | None = fields.get(RAW)
            if undecoded is None:
                if name not in fields and name not in ("__pydantic_fields_set__", "__pydantic_extra__"):
                    return super().__getattr__(name)
            elif undecoded.is_declared(name):
                return undecoded.decode(name, fields)
            elif name == "__pydantic_fields_set__":
                _set_fields_set(self, undecoded.fields_set())
            elif name == "__pydantic_extra__":
                _set_extra(self, undecoded.extra())
            else:
                if undecoded.is_unknown(name):
                    _set_extra(self, undecoded.extra())  # where Pydantic looks for it
                return super().__getattr__(name)
            return object.__getattribute__(self, name)  # another thread may have stored it meanwhile

        def __setattr__(self, name: str, value: Any) -> None:
            fields = _get_dict(self)
            undecoded: Undecoded | None = fields.get(RAW)
            if undecoded is None or name not in undecoded.names or not undecoded.assignable:
                super().__setattr__(name, value)
                return
            undecoded.fields_set().add(name)
            fields[name] = value
            if value is None:
                clear(undecoded.fields_set(), (name,))
            if _get_dict(self) is not fields:  # another thread has completed the object meanwhile
                super().__setattr__(name, value)

        def __delattr__(self, name: str) -> None:
            fields = _get_dict(self)
            undecoded: Undecoded | None = fields.get(RAW)
            if undecoded is not None and undecoded.is_declared(name):
                if undecoded.assignable:
                    undecoded.delete(name)
                    fields.pop(name, None)
                    return
                _complete_dict(self)
            super().__delattr__(name)

        def __dir__(self) -> list[str]:
            names = {*dir(type(self)), *type(self).__pydantic_fields__, *_get_dict(self)}
            return sorted(names - {RAW})

        def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
            fields = _get_dict(self)
            undecoded: Undecoded | None = fields.get(RAW)
            try:
                fields_set = self.model_fields_set
                unknown = list(
                    (self.__pydantic_extra__ or {}).items() if undecoded is None else undecoded.shown_unknown()
                )
            except DecodeError:
                yield None, NOT_SHOWN
                return
            for name, field in type(self).__pydantic_fields__.items():
                if not field.repr:
                    continue
                if name in fields:
                    value = fields[name]
                    if is_shown(value, is_set=name in fields_set):
                        yield name, NOT_SHOWN if value is self else value
                elif name in fields_set and undecoded is not None and undecoded.is_declared(name):
                    yield name, NOT_SHOWN
            yield from unknown
            # Computing a field could decode others.
            computed = type(self).__pydantic_computed_fields__.items()
            yield from ((name, NOT_SHOWN) for name, field in computed if field.repr)


def construct(model: type[M], fields: dict[str, Any], fields_set: set[str]) -> M:
    """Make an object of a class that keeps unknown fields from the values of all fields."""
    made = model.__new__(model)
    _set_dict(made, fields)
    _set_fields_set(made, fields_set)
    _set_extra(made, {})
    _set_private(made, None)
    return made


def build(model: type[Model], known: dict[str, Any], undecoded: Undecoded) -> Any:
    """Make an object of a lazy model from the fields that are known and those that are not decoded yet."""
    made = model.__new__(model)
    known[RAW] = undecoded
    _set_dict(made, known)
    _set_private(made, None)
    return made
