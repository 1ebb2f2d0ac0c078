"""Restores `null` in the JSON form of objects: for fields that were received as null and did not change since.

A field that the program set to None is omitted instead. Pydantic's set of the fields that are set contains both; the
name of a field that the program set to None is a `ClearedName` in this set. Pydantic omits all fields that are None,
and the functions of this module add the nulls to its result.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from kubex.models._types import NullAsEmpty, NullAsEmptyDict, ReceivedNullDict, ReceivedNullList


class ClearedName(str):
    """The name of a field that the program set to None, as an element of `model_fields_set`.

    Constructors and assignments run in Python and can mark a name. Validation runs in Rust and cannot, so the nulls of
    the program are marked and not those of the server. The mark is copied and pickled with the set.
    """

    __slots__ = ()


def mark_cleared(fields_set: set[str], names: Iterable[str]) -> None:
    """Mark these fields as set to None by the program, if they are in the set."""
    for name in fields_set.intersection(names):
        fields_set.discard(name)  # add() would keep the equal element that is in the set
        fields_set.add(ClearedName(name))


def mark_all_cleared(model: BaseModel) -> None:
    """Mark all fields of an object that are None as set by the program."""
    values = {**(model.model_extra or {}), **model.__dict__}
    mark_cleared(model.model_fields_set, [name for name, value in values.items() if value is None])


def dump_with_nulls(model: BaseModel) -> dict[str, Any]:
    """Return the JSON form of an object, with JSON names and the nulls that were received."""
    dumped: dict[str, Any] = restore_nulls(model, model.model_dump(mode="json", by_alias=True, exclude_none=True))
    return dumped


def restore_nulls(value: Any, dumped: Any) -> Any:
    """Add nulls to the JSON form of a value, which Pydantic dumped with `exclude_none`; changes `dumped` in place."""
    value_type = value.__class__
    if value_type in _SCALAR_TYPES:
        return dumped
    plan = _RESTORE_PLANS.get(value_type)
    if plan is None and issubclass(value_type, BaseModel):
        plan = _RESTORE_PLANS.setdefault(value_type, _RestorePlan.of(value_type))
    dumped_type = dumped.__class__
    if dumped_type is dict and plan is not None:
        _restore_in_model(value, plan, dumped)
    # A custom serializer can return a container of another size, in which entries cannot be found by their position.
    elif dumped_type is dict and issubclass(value_type, dict) and len(value) == len(dumped):
        for key, item in zip(list(dumped), value.values(), strict=True):
            dumped[key] = restore_nulls(item, dumped[key])
    elif dumped_type is list and issubclass(value_type, Sequence) and len(value) == len(dumped):
        for position, item in enumerate(value):
            dumped[position] = restore_nulls(item, dumped[position])
    return None if value_type in _RECEIVED_NULL_TYPES and not value else dumped


def _restore_in_model(model: BaseModel, plan: "_RestorePlan", dumped: dict[str, Any]) -> None:
    fields: Mapping[str, Any] = model.__dict__
    fields_set, extra = model.__pydantic_fields_set__, model.__pydantic_extra__
    if plan.may_have_nulls and not (plan.can_compare_counts and len(dumped) == len(fields_set)):
        # The tuples are copies, because another thread can assign a field at the same time.
        omitted = {name for name in tuple(fields_set) if type(name) is ClearedName} - plan.required
        for name, json_name in plan.json_names.items():
            if fields.get(name, ...) is None and name in fields_set and name not in omitted:
                dumped.setdefault(json_name, None)
        for name, value in tuple((extra or {}).items()):
            if value is None and name not in omitted:
                dumped.setdefault(name, None)
    for name, json_name in plan.nested:
        value = fields.get(name)
        if value is not None and json_name in dumped:
            dumped[json_name] = restore_nulls(value, dumped[json_name])
    if extra:
        for name, value in tuple(extra.items()):
            if value is not None and name in dumped:
                dumped[name] = restore_nulls(value, dumped[name])


_SCALAR_TYPES = frozenset((str, int, float, bool, datetime, NoneType))
_RECEIVED_NULL_TYPES = frozenset((ReceivedNullList, ReceivedNullDict))


@dataclass(frozen=True, slots=True)
class _RestorePlan:
    """The fields of a class in which nulls can be restored, computed once for each class.

    `json_names` maps the fields that are dumped to their JSON names. `required` are the fields without a default, which
    are sent as null. `nested` are the fields that may contain objects. If `can_compare_counts` is true, an object does
    not have a null to restore if the number of dumped fields equals the number of fields that are set.
    """

    json_names: dict[str, str]
    required: frozenset[str]
    nested: tuple[tuple[str, str], ...]
    can_compare_counts: bool
    may_have_nulls: bool

    @classmethod
    def of(cls, model: type[BaseModel]) -> "_RestorePlan":
        from kubex.models._model import Model  # avoids a circular import

        # The output of a model serializer does not have to correspond to the fields.
        if model.__pydantic_root_model__ or model.__pydantic_decorators__.model_serializers:
            return cls({}, frozenset(), (), can_compare_counts=False, may_have_nulls=False)
        fields = model.__pydantic_fields__
        dumped = {name: field for name, field in fields.items() if not field.exclude}
        json_names = {name: field.serialization_alias or name for name, field in dumped.items()}
        nested = [name for name, field in dumped.items() if _may_contain_objects(field.annotation, field.metadata)]
        return cls(
            json_names=json_names,
            required=frozenset(name for name, field in dumped.items() if field.is_required()),
            nested=tuple((name, json_names[name]) for name in nested),
            can_compare_counts=not model.__pydantic_computed_fields__
            and all(field.is_required() or field.default is None for field in fields.values())
            and len(dumped) == len(fields),
            may_have_nulls=issubclass(model, Model),  # other classes do not mark the fields that the program clears
        )


_RESTORE_PLANS: dict[type[BaseModel], _RestorePlan] = {}


def _may_contain_objects(annotation: Any, metadata: Sequence[Any] = ()) -> bool:
    """Return whether values of a type can be or contain objects, or containers that were received as null."""
    if get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
    if any(item in (NullAsEmpty, NullAsEmptyDict) for item in metadata):
        return True
    arguments = get_args(annotation)
    if arguments:
        return any(map(_may_contain_objects, arguments))
    return not (isinstance(annotation, type) and annotation in _SCALAR_TYPES)
