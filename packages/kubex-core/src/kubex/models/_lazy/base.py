"""The base class of lazy models.

Fields that are not decoded yet are kept as JSON in the instance dict, under a key that no field can have. Python finds
a decoded field in the dict. If a field is missing there, Python calls `__getattr__`, which decodes it. Dumps, copies,
pickles and comparisons need all fields and read `__dict__`, which is a property that decodes the remaining fields.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import VERSION, BaseModel

from kubex.models._errors import DecodeError
from kubex.models._model import REPR_PLACEHOLDER, Model, appears_in_repr
from kubex.models._nulls import mark_cleared

M = TypeVar("M", bound=Model)

# The key of the UndecodedFields in the instance dict. No attribute has this name, and undeclared JSON fields, which can
# have any name, are not stored in the instance dict.
RAW_KEY = "\0raw"


class UndecodedFields(Protocol):
    """The fields of an object that are not decoded yet. `RawFields` implements this and documents the methods.

    This module uses only the protocol, so it does not depend on JSON.
    """

    @property
    def decoders(self) -> Mapping[str, object]: ...
    @property
    def assignable(self) -> bool: ...
    def is_declared(self, name: str) -> bool: ...
    def is_unknown(self, name: str) -> bool: ...
    def unknown_for_repr(self) -> Iterable[tuple[str, object]]: ...
    def decode(self, name: str, fields: dict[str, Any]) -> Any: ...
    def decode_all(self, model: type[Model], fields: dict[str, Any]) -> None: ...
    def store_complete(self, fields: dict[str, Any]) -> dict[str, Any]: ...
    def delete(self, name: str) -> None: ...
    def fields_set(self) -> set[str]: ...
    def extra(self) -> dict[str, Any] | None: ...


def _pydantic_slot(name: str) -> Any:
    """Return the descriptor of a slot in which Pydantic stores the state of an object."""
    descriptor = vars(BaseModel).get(name)
    if not hasattr(descriptor, "__set__"):
        raise ImportError(
            f"kubex-core stores the state of objects in the slot BaseModel.{name}, which pydantic {VERSION} does not "
            "have: install an older pydantic, or a newer kubex-core"
        )
    return descriptor


# LazyModel overrides `__dict__` with a property, so the original descriptor gives access to the instance dict. The
# other slots are set in the same way, because BaseModel.__setattr__ is slow.
_get_dict = _pydantic_slot("__dict__").__get__
_set_dict = _pydantic_slot("__dict__").__set__
_set_fields_set = _pydantic_slot("__pydantic_fields_set__").__set__
_set_extra = _pydantic_slot("__pydantic_extra__").__set__
_set_private = _pydantic_slot("__pydantic_private__").__set__


def _complete_dict(model: "LazyModel") -> dict[str, Any]:
    """Decode the remaining fields and return the instance dict; the getter of the property `__dict__`.

    The instance dict is replaced by one in the order of the class, so that dumps do not depend on the order of reads.
    If several threads do this, all of them use the dict that was stored first.
    """
    fields: dict[str, Any] = _get_dict(model)
    undecoded: UndecodedFields | None = fields.get(RAW_KEY)
    if undecoded is None:
        return fields
    undecoded.decode_all(type(model), fields)
    _set_fields_set(model, undecoded.fields_set())
    _set_extra(model, undecoded.extra())
    # The old dict is not changed, because another thread may still read or assign fields in it.
    snapshot = fields.copy()
    del snapshot[RAW_KEY]
    ordered = {name: snapshot[name] for name in (*undecoded.decoders, *snapshot) if name in snapshot}
    complete = undecoded.store_complete(ordered)
    if _get_dict(model) is fields:
        _set_dict(model, complete)
    if complete is ordered:
        for name, value in snapshot.items():
            # Repeat an assignment of another thread to the old dict that happened after the snapshot.
            if fields.get(name, value) is not value:
                complete[name] = fields[name]
    return complete


class LazyModel(Model):
    """A model that decodes each field when it is first read.

    Use it as the base class for large parts of a custom resource of which programs read only a few fields, such as its
    `spec`. Resources themselves are lazy already. Only objects from the API server are lazy; objects that a program
    creates are ordinary Pydantic objects.

    A field that is malformed raises DecodeError each time it is read.

    Example:
        from kubex_k8s.v1_37.core.v1 import PodTemplateSpec

        class BackupSpec(LazyModel):
            schedule: str
            template: PodTemplateSpec
    """

    if not TYPE_CHECKING:  # with __getattr__, type checkers would accept every attribute
        __dict__ = property(_complete_dict, _set_dict, doc="The fields; reading it decodes the remaining ones.")

        def __getattr__(self, name: str) -> Any:
            fields = _get_dict(self)
            undecoded: UndecodedFields | None = fields.get(RAW_KEY)
            if undecoded is None:
                if name not in fields and name not in ("__pydantic_fields_set__", "__pydantic_extra__"):
                    return super().__getattr__(name)
            elif undecoded.is_declared(name):
                return undecoded.decode(name, fields)
            # Python also calls __getattr__ for a slot that is empty. These two are filled when they are first read.
            elif name == "__pydantic_fields_set__":
                _set_fields_set(self, undecoded.fields_set())
            elif name == "__pydantic_extra__":
                _set_extra(self, undecoded.extra())
            else:
                if undecoded.is_unknown(name):
                    _set_extra(self, undecoded.extra())  # BaseModel.__getattr__ searches there
                return super().__getattr__(name)
            # The attribute exists now, or another thread has stored it after Python did not find it.
            return object.__getattribute__(self, name)

        def __setattr__(self, name: str, value: Any) -> None:
            fields = _get_dict(self)
            undecoded: UndecodedFields | None = fields.get(RAW_KEY)
            if undecoded is None or name not in undecoded.decoders or not undecoded.assignable:
                super().__setattr__(name, value)
                return
            # BaseModel.__setattr__ would read `__dict__`, which decodes all fields.
            undecoded.fields_set().add(name)
            fields[name] = value
            if value is None:
                mark_cleared(undecoded.fields_set(), (name,))
            if _get_dict(self) is not fields:  # another thread has replaced the dict
                super().__setattr__(name, value)

        def __delattr__(self, name: str) -> None:
            fields = _get_dict(self)
            undecoded: UndecodedFields | None = fields.get(RAW_KEY)
            if undecoded is not None and undecoded.is_declared(name):
                if undecoded.assignable:
                    undecoded.delete(name)
                    fields.pop(name, None)
                    return
                _complete_dict(self)
            super().__delattr__(name)

        def __dir__(self) -> list[str]:
            names = {*dir(type(self)), *type(self).__pydantic_fields__, *_get_dict(self)}
            return sorted(names - {RAW_KEY})

        def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
            # Logging an object must not raise and must not be slow, so a repr does not decode fields.
            fields = _get_dict(self)
            undecoded: UndecodedFields | None = fields.get(RAW_KEY)
            try:
                fields_set = self.model_fields_set
                unknown = list(
                    (self.__pydantic_extra__ or {}).items() if undecoded is None else undecoded.unknown_for_repr()
                )
            except DecodeError:
                yield None, REPR_PLACEHOLDER
                return
            for name, field in type(self).__pydantic_fields__.items():
                if not field.repr:
                    continue
                if name in fields:
                    value = fields[name]
                    if appears_in_repr(value, is_set=name in fields_set):
                        yield name, REPR_PLACEHOLDER if value is self else value
                elif name in fields_set and undecoded is not None and undecoded.is_declared(name):
                    yield name, REPR_PLACEHOLDER
            yield from unknown
            # Computing a field can decode other fields.
            computed = type(self).__pydantic_computed_fields__.items()
            yield from ((name, REPR_PLACEHOLDER) for name, field in computed if field.repr)


def construct_complete(model: type[M], fields: dict[str, Any], fields_set: set[str]) -> M:
    """Create an object from the values of all its fields, without validation.

    The class must preserve unknown fields, and the object does not have any.
    """
    created = model.__new__(model)
    _set_dict(created, fields)
    _set_fields_set(created, fields_set)
    _set_extra(created, {})
    _set_private(created, None)
    return created


def construct_lazy(model: type[Model], decoded: dict[str, Any], undecoded: UndecodedFields) -> Any:
    """Create an object of a lazy class from its decoded fields and those that are not decoded yet."""
    created = model.__new__(model)
    decoded[RAW_KEY] = undecoded
    _set_dict(created, decoded)
    # The slots of the fields that are set and of the extra fields stay empty: __getattr__ fills them.
    _set_private(created, None)
    return created
