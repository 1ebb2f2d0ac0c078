"""Objects that are decoded lazily or eagerly behave like objects of a plain Pydantic model.

Each behaviour of the table is tested with an object, two nested objects and an item of a list, before and after fields
were read or changed. The result must be the same for a lazy object, an eager object and a plain model.
"""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, computed_field, field_serializer

from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, ObjectMeta, Time
from kubex.models.fields import NullAsEmpty, json_alias

from .lazy_helpers import lazy_object, undecoded_fields

LONG = "x" * 400


class PlainModel(BaseModel):
    model_config = ConfigDict(
        alias_generator=json_alias,
        validate_by_name=True,
        validate_by_alias=True,
        extra="allow",
        hide_input_in_errors=True,
    )


class OtherMembers(BaseModel):
    """Members of a class other than fields."""

    if TYPE_CHECKING:
        parts: list[Any]
        count: int

    @computed_field  # type: ignore[prop-decorator]  # mypy does not know decorated properties
    @property
    def size(self) -> int:
        return len(self.parts)

    @cached_property
    def cached(self) -> int:
        return len(self.parts)

    @field_serializer("count", check_fields=False)
    def _count(self, value: int) -> str:
        return f"#{value}"

    def doubled(self) -> int:
        return self.count * 2


class PlainPort(PlainModel):
    number: int
    name: str | None = None


class PlainPart(PlainModel):
    name: str
    image: str | None = None
    ports: Annotated[list[PlainPort], NullAsEmpty] = Field(default_factory=list[PlainPort])
    limits: dict[str, str] | None = None
    host_ip: str | None = None


class PlainTemplate(OtherMembers, PlainModel):
    parts: Annotated[list[PlainPart], NullAsEmpty]
    since: Time | None = None
    first: PlainPart | None = None
    count: int = Field(default=1, ge=0)
    notes: list[str] | None = None


class PlainSpec(PlainModel):
    template: PlainTemplate
    selector: dict[str, str] | None = None
    other: PlainTemplate | None = None


class PlainThing(PlainModel):
    api_version: str | None = "example.com/v1"
    kind: str | None = "Thing"
    metadata: ObjectMeta = Field(default_factory=ObjectMeta)
    spec: PlainSpec
    status: PlainTemplate | None = None


class Port(Model):
    number: int
    name: str | None = None


class Part(LazyModel):
    name: str
    image: str | None = None
    ports: Annotated[list[Port], NullAsEmpty] = Field(default_factory=list[Port])
    limits: dict[str, str] | None = None
    host_ip: str | None = None


class Template(OtherMembers, LazyModel):
    parts: Annotated[list[Part], NullAsEmpty]
    since: Time | None = None
    first: Part | None = None
    count: int = Field(default=1, ge=0)
    notes: list[str] | None = None


class Spec(LazyModel):
    template: Template
    selector: dict[str, str] | None = None
    other: Template | None = None


class Thing(NamespacedResource):
    __resource__ = ApiResource(group="example.com", version="v1", kind="Thing", plural="things")
    spec: Spec
    status: Template | None = None


def _part(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "image": LONG, "ports": [{"number": 80}], "unheardOf": {"deep": [1, None]}, **more}


TEMPLATE = {
    "count": 3,
    "parts": [_part("a", hostIP="192.0.2.7"), _part("b", ports=None), {"name": "small"}],
    "since": "2026-01-02T03:04:05Z",
    "first": _part("c"),
    "newField": {"deep": 1},
    "nothing": None,
}
BODY = json.dumps(
    {
        "kind": "Thing",
        "metadata": {"name": "t", "namespace": "n", "labels": {"a": "b"}, "managedFields": [{"manager": "m"}]},
        "spec": {"template": TEMPLATE, "selector": {"a": "b"}, "newField": [1]},
        "status": TEMPLATE,
        "newField": 1,
    }
).encode()


class Box(BaseModel):
    """A model of another library that contains an object."""

    inside: Any
    many: list[Any]


def _assign(name: str, value: object) -> Callable[[Any], Any]:
    def behave(model: Any) -> Any:
        setattr(model, name, value)
        return getattr(model, name), model.model_dump(), sorted(model.model_fields_set), model.model_extra

    return behave


def _list_of(kind: Any) -> Any:
    return list[kind]


def _assign_and_return(model: Any, name: str, value: object, returned: Any) -> Any:
    setattr(model, name, value)
    return returned


def _delete(name: str) -> Callable[[Any], Any]:
    def behave(model: Any) -> Any:
        delattr(model, name)
        return hasattr(model, name), dict(model), sorted(model.model_fields_set), model.model_extra

    return behave


def _delete_and_assign(model: Any) -> Any:
    name = next(iter(type(model).model_fields))
    value = getattr(model, name)
    delattr(model, name)
    setattr(model, name, value)
    return model.model_dump(exclude_unset=True)


def _pickle(protocol: int) -> Callable[[Any], Any]:
    return lambda model: pickle.loads(pickle.dumps(model, protocol))


def _read(name: str) -> Callable[[Any], Any]:
    return lambda model: getattr(model, name)


BEHAVIOURS: dict[str, Callable[[Any], Any]] = {
    # Dumps as Python values
    "model_dump": lambda m: m.model_dump(),
    "model_dump, mode json": lambda m: m.model_dump(mode="json"),
    "model_dump, by alias": lambda m: m.model_dump(by_alias=True),
    "model_dump, exclude_unset": lambda m: m.model_dump(exclude_unset=True),
    "model_dump, exclude_none": lambda m: m.model_dump(exclude_none=True),
    "model_dump, exclude_defaults": lambda m: m.model_dump(exclude_defaults=True),
    "model_dump, all that excludes": lambda m: m.model_dump(
        exclude_unset=True, exclude_none=True, exclude_defaults=True
    ),
    "model_dump, round_trip": lambda m: m.model_dump(round_trip=True),
    "model_dump, include names": lambda m: m.model_dump(include={"spec", "template", "parts", "name"}),
    "model_dump, include nested": lambda m: m.model_dump(include={"parts": {0: {"name"}}, "spec": {"template"}}),
    "model_dump, exclude names": lambda m: m.model_dump(exclude={"spec", "template", "parts", "name"}),
    "model_dump, exclude nested": lambda m: m.model_dump(exclude={"parts": {"__all__": {"image"}}}),
    "model_dump, a context": lambda m: m.model_dump(context={"a": 1}),
    "model_dump, a fallback": lambda m: m.model_dump(fallback=str),
    "model_dump, serialize_as_any": lambda m: m.model_dump(serialize_as_any=True),
    "model_dump, no warnings": lambda m: m.model_dump(warnings="error"),
    "order of a dump": lambda m: list(m.model_dump()),
    # Dumps as JSON
    "model_dump_json": lambda m: m.model_dump_json(),
    "model_dump_json, indented": lambda m: m.model_dump_json(indent=2),
    "model_dump_json, by alias": lambda m: m.model_dump_json(by_alias=True),
    "model_dump_json, exclude_unset": lambda m: m.model_dump_json(exclude_unset=True),
    "model_dump_json, exclude_none": lambda m: m.model_dump_json(exclude_none=True),
    "model_dump_json, exclude_defaults": lambda m: m.model_dump_json(exclude_defaults=True),
    "model_dump_json, include": lambda m: m.model_dump_json(include={"spec", "parts"}),
    "model_dump_json, exclude": lambda m: m.model_dump_json(exclude={"spec", "parts"}),
    "the serializer of the class": lambda m: type(m).__pydantic_serializer__.to_python(m),
    "TypeAdapter.dump_python": lambda m: TypeAdapter(type(m)).dump_python(m),
    "TypeAdapter.dump_json": lambda m: TypeAdapter(type(m)).dump_json(m),
    "TypeAdapter of a list": lambda m: TypeAdapter[Any](_list_of(type(m))).dump_python([m]),
    "TypeAdapter of Any": lambda m: TypeAdapter(Any).dump_json([m, {"m": m}]),
    "read back from its JSON": lambda m: type(m).model_validate_json(m.model_dump_json(exclude={"count", "size"})),
    # Inside another model
    "inside another, dumped": lambda m: Box(inside=m, many=[m]).model_dump(),
    "inside another, as JSON": lambda m: Box(inside=m, many=[m]).model_dump_json(),
    "inside another, exclude_unset": lambda m: Box(inside=m, many=[m]).model_dump(exclude_unset=True),
    "inside another, copied": lambda m: Box(inside=m, many=[m]).model_copy(deep=True).model_dump(),
    "inside another, compared": lambda m: Box(inside=m, many=[]) == Box(inside=copy.deepcopy(m), many=[]),
    # Reading
    "a field": _read("spec"),
    "a field of a part": _read("template"),
    "a list": _read("parts"),
    "a string": _read("name"),
    "a long string": _read("image"),
    "a number": _read("count"),
    "a time": _read("since"),
    "an irregular name": _read("host_ip"),
    "a field that is not set": _read("notes"),
    "a part that is not set": _read("other"),
    "a default of a factory": _read("ports"),
    "a field of the class": _read("api_version"),
    "a JSON name": _read("hostIP"),
    "an undeclared field": _read("newField"),
    "an undeclared field of an item": _read("unheardOf"),
    "an undeclared null": _read("nothing"),
    "a misspelt field": _read("misspelt"),
    "a misspelt field, hasattr": lambda m: hasattr(m, "misspelt"),
    "a misspelt field, with a default": lambda m: getattr(m, "misspelt", 7),
    "a special name": lambda m: hasattr(m, "__array__"),
    "a private name": lambda m: hasattr(m, "_repr_html_"),
    "a method": lambda m: m.doubled() if hasattr(m, "doubled") else None,
    "a computed field": _read("size"),
    "a cached property": _read("cached"),
    "a cached property, twice": lambda m: (m.cached, m.cached),
    "the same object again": lambda m: all(
        getattr(m, name) is getattr(m, name) for name in type(m).model_fields if name != "since"
    ),
    "all fields in turn": lambda m: [getattr(m, name) for name in type(m).model_fields],
    # State
    "model_fields_set": lambda m: sorted(m.model_fields_set),
    "the slot of the fields set": lambda m: sorted(m.__pydantic_fields_set__),
    "model_extra": lambda m: m.model_extra,
    "the slot of the extras": lambda m: m.__pydantic_extra__,
    "the slot of private attributes": lambda m: m.__pydantic_private__,
    "a change of model_fields_set": lambda m: (m.model_fields_set.add("added"), sorted(m.model_fields_set)),
    "a change of model_extra": lambda m: (m.model_extra.update(added=1), m.added, m.model_dump()),
    "vars": lambda m: dict(vars(m)),
    "the order of vars": lambda m: list(vars(m)),
    "iteration": dict,
    "iteration, names": lambda m: [name for name, _ in m],
    "dir has the fields": lambda m: {*type(m).model_fields, "model_dump", "__dict__"} <= {*dir(m)},
    "the class": lambda m: (m.__class__ is type(m), isinstance(m, BaseModel)),
    "truth": bool,
    "length": len,
    "hash": hash,
    "getstate": lambda m: sorted(m.__getstate__()),
    # Assignment
    "assign a part": _assign("spec", None),
    "assign a list": _assign("parts", []),
    "assign a string": _assign("name", "other"),
    "assign a number": _assign("count", 7),
    "assign an invalid value": _assign("count", "unchecked"),
    "assign what is not set": _assign("notes", ["n"]),
    "assign the kind": _assign("kind", "Other"),
    "assign an undeclared field": _assign("newField", 2),
    "assign a new undeclared field": _assign("added", {"deep": 1}),
    "assign a class attribute": _assign("model_config", {}),
    "assign a computed field": _assign("size", 7),
    "assign to a part": lambda m: _assign_and_return(next(v for _, v in m if isinstance(v, BaseModel)), "added", 1, m),
    "append to a list": lambda m: (m.parts.append(m.parts[0]), m.model_dump()),
    "assign and read back": lambda m: (_assign_and_return(m, "kind", "Other", m), m.kind),
    # Deletion
    "delete a part": _delete("spec"),
    "delete a field of a part": _delete("template"),
    "delete a list": _delete("parts"),
    "delete a string": _delete("name"),
    "delete what is not set": _delete("notes"),
    "delete an undeclared field": _delete("newField"),
    "delete a misspelt field": _delete("misspelt"),
    "delete twice": lambda m: [_delete(name)(m) for name in 2 * list(type(m).model_fields)],
    "delete and assign again": _delete_and_assign,
    # Copies
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "model_copy": lambda m: m.model_copy(),
    "model_copy, deep": lambda m: m.model_copy(deep=True),
    "model_copy with an update": lambda m: m.model_copy(update={"kind": "Other", "added": 1}),
    "a copy has its own dict": lambda m: _assign_and_return(copy.copy(m), "kind", "Other", m),
    "a copy shares its parts": lambda m: all(v is getattr(copy.copy(m), n) for n, v in m if n != "metadata"),
    "a deep copy shares nothing": lambda m: any(
        v is getattr(copy.deepcopy(m), n) for n, v in m if isinstance(v, list | BaseModel)
    ),
    "model_construct from its values": lambda m: type(m).model_construct(**dict(m)),
    "pickle 2": _pickle(2),
    "pickle 3": _pickle(3),
    "pickle 4": _pickle(4),
    "pickle 5": _pickle(5),
    # Comparison
    "equal to itself": lambda m: m == m,
    "equal to a copy": lambda m: (m == copy.deepcopy(m), copy.deepcopy(m) == m),
    "unequal to a changed copy": lambda m: m == m.model_copy(update={next(iter(type(m).model_fields)): 0}),
    "unequal to another class": lambda m: (m == 7, m != 7, m == {}),
    "in a list": lambda m: (m in [m], [7, m].index(m)),
    # Validation of the object
    "model_validate": lambda m: type(m).model_validate(m) is m,
    "model_validate, strict": lambda m: type(m).model_validate(m, strict=True) is m,
    "model_validate, from_attributes": lambda m: Box.model_validate({"inside": m, "many": []}, from_attributes=True),
    "model_validate of its dump": lambda m: type(m).model_validate(m.model_dump(exclude={"size", "count"})),
    "match by attributes": lambda m: hasattr(type(m), "__match_args__"),
}

TARGETS: dict[str, Callable[[Any], Any]] = {
    "the object": lambda thing: thing,
    "its spec": lambda thing: thing.spec,
    "its template": lambda thing: thing.spec.template,
    "an item": lambda thing: thing.spec.template.parts[0],
}


def _read_some(thing: Any) -> None:
    template = thing.spec.template
    assert (template.count, template.parts[0].image, template.notes) == (3, LONG, None)
    assert thing.newField == 1


def _change_some(thing: Any) -> None:
    thing.spec.template.notes = ["changed"]
    thing.kind = "Changed"
    thing.spec.template.parts[0].limits = {"cpu": "1"}


PREPARATIONS: dict[str, Callable[[Any], None]] = {
    "unchanged": lambda _: None,
    "some fields read": _read_some,
    "some fields changed": _change_some,
}


def without_classes(value: Any) -> Any:
    """Return a value without the classes of its objects, which differ."""
    if isinstance(value, BaseModel):
        name = type(value).__name__.removeprefix("Plain")
        return name, without_classes(dict(value)), sorted(value.model_fields_set), without_classes(value.model_extra)
    if isinstance(value, dict):
        return {key: without_classes(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_classes(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def outcome(behave: Callable[[Any], Any], model: Any) -> Any:
    """Return the result of a behaviour, or the type of the exception that it raises."""
    try:
        return without_classes(behave(model))
    except Exception as error:  # noqa: BLE001 - all types are compared
        return type(error)


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # some behaviours assign invalid values
@pytest.mark.parametrize("behave", BEHAVIOURS.values(), ids=BEHAVIOURS.keys())
def test_lazy_and_eager_objects_behave_like_a_plain_model(behave: Callable[[Any], Any]) -> None:
    for target_name, target in TARGETS.items():
        for preparation, prepare in PREPARATIONS.items():
            found: dict[str, Any] = {}
            for name, thing in {
                "plain": PlainThing.model_validate_json(BODY),
                "eager": Thing.model_validate_json(BODY),
                "lazy": lazy_object(Thing, BODY),
            }.items():
                prepare(thing)
                found[name] = outcome(behave, target(thing))
            assert found["lazy"] == found["plain"], f"lazy, {target_name}, {preparation}"
            assert found["eager"] == found["plain"], f"eager, {target_name}, {preparation}"


def test_object_of_the_table_is_lazy() -> None:
    thing = lazy_object(Thing, BODY)
    assert undecoded_fields(thing) == {"kind", "spec", "status", "newField"}
    assert undecoded_fields(thing.spec) == {"template", "selector", "newField"}
    assert undecoded_fields(thing.spec.template.parts[0]) == {"name", "image", "ports", "host_ip", "unheardOf"}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
@pytest.mark.parametrize("prepare", PREPARATIONS.values(), ids=PREPARATIONS.keys())
def test_lazy_and_eager_objects_are_equal(target: Callable[[Any], Any], prepare: Callable[[Any], None]) -> None:
    lazy, eager, other_lazy = lazy_object(Thing, BODY), Thing.model_validate_json(BODY), lazy_object(Thing, BODY)
    for thing in (lazy, eager, other_lazy):
        prepare(thing)
    assert target(eager) == target(lazy)
    assert target(other_lazy) == target(eager)
    assert target(lazy) == target(other_lazy)
    assert target(lazy) != target(lazy_object(Thing, BODY.replace(b'"name": "a"', b'"name": "z"')))
