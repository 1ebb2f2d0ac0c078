"""Which fields of an object are written as null: those that were read from null and not changed.

A field that the program set to None is left out. Both are in Pydantic's set of the fields that are set, the latter as a
`Cleared` name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from kubex.models._types import NullAsEmpty, NullAsEmptyDict, ReceivedNullDict, ReceivedNullList


class Cleared(str):
    """The name of a field that the program set to None, in the set of the fields that are set."""

    __slots__ = ()


def clear(fields_set: set[str], names: Iterable[str]) -> None:
    """Note that the program set these fields to None, if they are in the set."""
    for name in fields_set.intersection(names):
        fields_set.discard(name)  # a set keeps the equal name that it has
        fields_set.add(Cleared(name))


def clear_all(model: BaseModel) -> None:
    """Note that the program set all fields to None that are None."""
    values = {**(model.model_extra or {}), **model.__dict__}
    clear(model.model_fields_set, [name for name, value in values.items() if value is None])


def dump_with_nulls(model: BaseModel) -> dict[str, Any]:
    """Return the JSON form of an object, with the names of JSON and the nulls that it was read with."""
    written: dict[str, Any] = with_nulls(model, model.model_dump(mode="json", by_alias=True, exclude_none=True))
    return written


def with_nulls(value: Any, written: Any) -> Any:
    """Return the JSON form of a value with its nulls, which Pydantic wrote without them. Changes `written`."""
    kind = value.__class__
    if kind in _SCALARS:
        return written
    plan = _PLANS.get(kind)
    if plan is None and issubclass(kind, BaseModel):
        plan = _PLANS.setdefault(kind, _Plan.of(kind))
    form = written.__class__
    if form is dict and plan is not None:
        _complete(value, plan, written)
    elif form is dict and issubclass(kind, dict) and len(value) == len(written):
        for key, item in zip(list(written), value.values(), strict=True):
            written[key] = with_nulls(item, written[key])
    elif form is list and issubclass(kind, Sequence) and len(value) == len(written):
        for position, item in enumerate(value):
            written[position] = with_nulls(item, written[position])
    return None if kind in _READ_FROM_NULL and not value else written


def _complete(model: BaseModel, plan: "_Plan", written: dict[str, Any]) -> None:
    fields: Mapping[str, Any] = model.__dict__
    fields_set, extra = model.__pydantic_fields_set__, model.__pydantic_extra__
    if plan.has_nulls and not (plan.countable and len(written) == len(fields_set)):
        # Copies, since another thread can assign to a field meanwhile.
        omitted = {name for name in tuple(fields_set) if type(name) is Cleared} - plan.required
        for name, wire in plan.names.items():
            if fields.get(name, ...) is None and name in fields_set and name not in omitted:
                written.setdefault(wire, None)
        for name, value in tuple((extra or {}).items()):
            if value is None and name not in omitted:
                written.setdefault(name, None)
    for name, wire in plan.nested:
        value = fields.get(name)
        if value is not None and wire in written:
            written[wire] = with_nulls(value, written[wire])
    if extra:
        for name, value in tuple(extra.items()):
            if value is not None and name in written:
                written[name] = with_nulls(value, written[name])


_SCALARS = frozenset((str, int, float, bool, datetime, NoneType))
_READ_FROM_NULL = frozenset((ReceivedNullList, ReceivedNullDict))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What there is to restore in the objects of a class.

    `names` are the JSON names of the fields that are written, `required` those without a default, and `nested` those
    that may contain objects. In an object of a `countable` class, nothing is to be restored if as many fields were
    written as were set.
    """

    names: dict[str, str]
    required: frozenset[str]
    nested: tuple[tuple[str, str], ...]
    countable: bool
    has_nulls: bool

    @classmethod
    def of(cls, model: type[BaseModel]) -> "_Plan":
        from kubex.models._model import Model  # which imports this module

        if model.__pydantic_root_model__ or model.__pydantic_decorators__.model_serializers:
            return cls({}, frozenset(), (), countable=False, has_nulls=False)
        every = model.__pydantic_fields__
        shown = {name: field for name, field in every.items() if not field.exclude}
        names = {name: field.serialization_alias or name for name, field in shown.items()}
        nested = [name for name, field in shown.items() if _is_nested(field.annotation, field.metadata)]
        return cls(
            names=names,
            required=frozenset(name for name, field in shown.items() if field.is_required()),
            nested=tuple((name, names[name]) for name in nested),
            countable=not model.__pydantic_computed_fields__
            and all(field.is_required() or field.default is None for field in every.values())
            and len(shown) == len(every),
            has_nulls=issubclass(model, Model),  # other classes do not note what the program set to None
        )


_PLANS: dict[type[BaseModel], _Plan] = {}


def _is_nested(annotation: Any, metadata: Sequence[Any] = ()) -> bool:
    """Return whether values of a type may be or contain objects, or lists that were read from null."""
    if get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
    if any(item in (NullAsEmpty, NullAsEmptyDict) for item in metadata):
        return True
    parts = get_args(annotation)
    return any(map(_is_nested, parts)) if parts else not (isinstance(annotation, type) and annotation in _SCALARS)
