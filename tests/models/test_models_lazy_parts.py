"""Large parts of a lazily built object decode on touch, too, and are what eager validation would have built."""

import copy
import gc
import json
import pickle
import threading
import weakref
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, RootModel, field_validator

from kubex.errors import DecodeError
from kubex.models import Model, NamespacedResource, NullAsEmpty, ResourceFacts, Time
from kubex.models._lazy import is_lazy
from kubex.models._raw import lazy

LONG = "x" * 400


class Port(Model):
    number: int
    name: str | None = None


class Part(Model):
    name: str
    image: str | None = None
    ports: Annotated[list[Port], NullAsEmpty] = Field(default_factory=list[Port])
    limits: dict[str, str] | None = None


class Template(Model):
    parts: Annotated[list[Part], NullAsEmpty]
    since: Time | None = None
    first: Part | None = None
    count: int = Field(default=1, ge=0)
    notes: list[str] | None = None


class Spec(Model):
    template: Template
    selector: dict[str, str] | None = None
    other: Template | None = None


class Machine(NamespacedResource):
    __resource__ = ResourceFacts(group="example.com", version="v1", kind="Machine", plural="machines")
    spec: Spec
    status: Template | None = None


def part(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "image": LONG, "ports": [{"number": 80}], "unheardOf": {"deep": [1, None]}, **more}


TEMPLATE: dict[str, Any] = {
    "parts": [part("a"), part("b", ports=None), {"name": "small"}],
    "since": "2026-01-02T03:04:05Z",
    "first": part("c"),
    "count": 3,
    "newField": {"deep": 1},
    "nothing": None,
}
DOCUMENT: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Machine",
    "metadata": {
        "name": "m",
        "namespace": "n",
        "creationTimestamp": "2026-01-02T03:04:05Z",
        "labels": {"a": "b"},
        "ownerReferences": [{"apiVersion": "v1", "kind": "K", "name": "o", "uid": "u"}],
        "deletionTimestamp": None,
    },
    "spec": {"template": TEMPLATE, "selector": {"a": "b"}},
    "status": TEMPLATE,
}
BODY = json.dumps(DOCUMENT).encode()


def make(body: bytes = BODY) -> Machine:
    return lazy(Machine, body, "Machine")


def eager(body: bytes = BODY) -> Machine:
    return Machine.model_validate_json(body)


def changed(path: tuple[Any, ...], value: object) -> bytes:
    document = json.loads(BODY)  # a deep copy would share what DOCUMENT shares
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(document).encode()


def test_what_is_not_touched_stays_raw_at_every_depth() -> None:
    machine = make()
    template = machine.spec.template
    assert is_lazy(machine, "status")
    assert is_lazy(machine.spec, "selector")
    assert is_lazy(template, "parts")
    assert template.count == 3
    assert is_lazy(template.parts[0], "image")
    assert template.parts[0].name == "a"
    assert is_lazy(template.parts[0], "image")
    assert is_lazy(template.parts[1], "name")
    assert not is_lazy(template.parts[2])
    assert type(template) is Template
    assert type(template.parts) is list
    assert machine == eager()


def test_what_was_touched_stays_the_same_object() -> None:
    machine = make()
    spec, parts = machine.spec, machine.spec.template.parts
    assert machine.to_dict() == eager().to_dict()
    assert machine.spec is spec
    assert machine.spec.template.parts is parts


TOUCHES: dict[str, Callable[[Machine], Any]] = {
    "nothing": is_lazy,
    "spec": lambda machine: machine.spec,
    "a scalar": lambda machine: machine.spec.template.count,
    "a list": lambda machine: machine.spec.template.parts,
    "an item": lambda machine: machine.spec.template.parts[1].name,
    "an absent field": lambda machine: (machine.spec.other, machine.spec.template.notes),
    "several": lambda machine: (machine.status and machine.status.since, machine.spec.template.first),
    "an extra": lambda machine: machine.spec.template.newField,  # type: ignore[attr-defined]  # kept, and not declared
    "missing": lambda machine: hasattr(machine.spec.template, "missing"),
}


class Box(BaseModel):
    template: Template
    anything: Any


LOOKS: dict[str, Callable[[Any], Any]] = {
    "model_dump": lambda model: model.model_dump(),
    "dump by alias": lambda model: model.model_dump(by_alias=True),
    "dump exclude_unset": lambda model: model.model_dump(exclude_unset=True),
    "dump exclude_none": lambda model: model.model_dump(exclude_none=True),
    "dump exclude_defaults": lambda model: model.model_dump(exclude_defaults=True),
    "dump of what is included": lambda model: model.model_dump(include={"parts": {0: {"name"}}, "spec": {"template"}}),
    "json": lambda model: model.model_dump_json(),
    "json exclude_unset": lambda model: model.model_dump_json(exclude_unset=True, by_alias=True),
    "to_json": lambda model: model.to_json(),
    "to_dict": lambda model: model.to_dict(),
    "repr": repr,
    "str": str,
    "iteration": dict,
    "order of vars": lambda model: list(vars(model)),
    "vars": vars,
    "fields set": lambda model: model.model_fields_set,
    "the slot of fields set": lambda model: model.__pydantic_fields_set__,
    "extras": lambda model: model.model_extra,
    "the slot of extras": lambda model: model.__pydantic_extra__,
    "model_copy": lambda model: model.model_copy(),
    "deep model_copy": lambda model: model.model_copy(deep=True),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "nested": lambda model: Box.model_construct(template=model, anything=[model]).model_dump(),
    "nested, as JSON": lambda model: Box.model_construct(template=model, anything=model).model_dump_json(),
    "validation of the instance": lambda model: type(model).model_validate(model),
    "a missing attribute": lambda model: hasattr(model, "nothingness"),
}

TARGETS: dict[str, Callable[[Machine], Model]] = {
    "the object": lambda machine: machine,
    "its spec": lambda machine: machine.spec,
    "its template": lambda machine: machine.spec.template,
    "an item": lambda machine: machine.spec.template.parts[0],
}


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # Box is given other models on purpose
@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES.keys())
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_looks_like_the_eager_object(
    look: Callable[[Any], Any], target: Callable[[Machine], Model], touch: Callable[[Machine], Any]
) -> None:
    machine = make()
    touch(machine)
    assert look(target(machine)) == look(target(eager()))


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_is_equal_both_ways(target: Callable[[Machine], Model]) -> None:
    assert target(make()) == target(eager())
    assert target(eager()) == target(make())
    assert target(make()) == target(make())
    other = changed(("spec", "template", "parts", 0, "name"), "changed")
    assert target(make()) != target(make(other))


def test_assignment_and_deletion_before_a_touch() -> None:
    ours, theirs = make(), eager()
    for machine in (ours, theirs):
        machine.spec.template.count = 7
        machine.spec.template.parts[0].image = None
        machine.spec.template.parts.append(Part(name="new"))
        machine.spec.template.added = 1  # type: ignore[attr-defined]  # what a class does not know is kept
        del machine.spec.template.since
    assert vars(ours.spec.template) == vars(theirs.spec.template)
    assert ours.spec.template.model_extra == theirs.spec.template.model_extra
    assert ours.spec.template.model_fields_set == theirs.spec.template.model_fields_set
    assert ours.to_json() == theirs.to_json()


MALFORMED: list[tuple[tuple[Any, ...], object, Callable[[Machine], Any], str]] = [
    (("spec",), 7, lambda machine: machine.spec, r"spec: Input"),
    (("spec",), [LONG], lambda machine: machine.spec, r"spec: Input"),
    (("spec", "template"), LONG, lambda machine: machine.spec.template, r"spec\.template: Input"),
    (("spec", "template", "count"), -1, lambda machine: machine.spec.template.count, r"spec\.template\.count: Input"),
    (("spec", "template", "parts"), {"a": LONG}, lambda m: m.spec.template.parts, r"spec\.template\.parts: Input"),
    (("spec", "template", "parts", 1), 7, lambda m: m.spec.template.parts, r"spec\.template\.parts\.1: Input"),
    (
        ("spec", "template", "parts", 1, "ports"),
        [{"number": "many"}],
        lambda machine: machine.spec.template.parts[1].ports,
        r"spec\.template\.parts\.1\.ports\.0\.number: Input",
    ),
    (
        ("spec", "template", "parts", 0),
        {"image": LONG},
        lambda machine: machine.spec.template.parts[0].name,
        r"spec\.template\.parts\.0\.name: Field required",
    ),
]


@pytest.mark.parametrize(("path", "value", "touch", "named"), MALFORMED)
def test_a_malformed_part_raises_each_time_it_is_touched(
    path: tuple[Any, ...], value: object, touch: Callable[[Machine], Any], named: str
) -> None:
    machine = make(changed(path, value))
    for _ in range(2):
        with pytest.raises(DecodeError, match=r"cannot decode Machine n/m: " + named) as caught:
            touch(machine)
        assert LONG not in str(caught.value)
    assert machine.metadata.name == "m"
    assert machine.status is not None
    assert machine.status.parts[0].name == "a"
    for look in (repr, Machine.model_dump, copy.deepcopy):
        with pytest.raises(DecodeError, match=r"cannot decode Machine n/m: spec"):
            look(machine)


def test_the_rest_of_a_part_with_a_malformed_field_stays_readable() -> None:
    machine = make(changed(("spec", "template", "since"), "yesterday"))
    assert machine.spec.template.count == 3
    assert machine.spec.template.parts[1].ports == []
    with pytest.raises(DecodeError, match=r"Machine n/m: spec\.template\.since"):
        _ = machine.spec.template.since


def test_many_threads_see_the_same_parts() -> None:
    for _ in range(20):
        machine = make()
        start = threading.Barrier(8)
        seen: list[Any] = []

        def touch(number: int, machine: Machine = machine, start: threading.Barrier = start, seen: Any = seen) -> None:
            start.wait()
            if number % 2:
                machine.to_json()
            seen.append((machine.spec, machine.spec.template.parts[1], machine.spec.template.parts[1].image))

        threads = [threading.Thread(target=touch, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 8
        assert all(spec is seen[0][0] and item is seen[0][1] and image == LONG for spec, item, image in seen)


def test_a_part_does_not_keep_the_answer_alive() -> None:
    body = bytearray(BODY)  # it cannot grow while something looks at it, so that this can be seen
    machine = lazy(Machine, memoryview(body), "Machine")  # type: ignore[arg-type]  # see above
    template = machine.spec.template
    assert template.count == 3
    gone = weakref.ref(machine)
    del machine
    gc.collect()
    assert gone() is None
    body.append(0)  # raises BufferError if something still looks at it
    assert template.parts[0].name == "a"


class DerivedSpec(Spec):
    extra_name: str | None = None


class DerivedMachine(Machine):
    spec: DerivedSpec


def test_a_users_subclasses_are_lazy_too() -> None:
    body = changed(("spec", "extraName"), "e")
    machine = lazy(DerivedMachine, body, "DerivedMachine")
    assert machine.spec.extra_name == "e"
    assert is_lazy(machine.spec, "template")
    assert type(machine.spec) is DerivedSpec
    assert machine == DerivedMachine.model_validate_json(body)


class Validated(Spec):
    @field_validator("selector")
    @classmethod
    def _upper(cls, value: dict[str, str] | None) -> dict[str, str]:
        return {key.upper(): item for key, item in (value or {}).items()}


class Private(Spec):
    _seen: int = PrivateAttr(default=3)


class PostInit(Spec):
    def model_post_init(self, _: Any, /) -> None:
        self.selector = {"post": "init"}


class OwnInit(Spec):
    def __init__(self, **data: Any) -> None:
        super().__init__(**data | {"selector": {"own": "init"}})


class StrictSpec(Spec):
    model_config = ConfigDict(strict=True)


class Closed(Spec):
    model_config = ConfigDict(extra="forbid")


class Ignoring(Spec):
    model_config = ConfigDict(extra="ignore")


class Frozen(Spec):
    model_config = ConfigDict(frozen=True)


@pytest.mark.parametrize("kind", [Validated, Private, PostInit, OwnInit, StrictSpec, Closed])
def test_a_part_that_does_more_than_hold_fields_is_decoded_whole(kind: type[Spec]) -> None:
    owner: type[Any] = type("Owner", (NamespacedResource,), {"__annotations__": {"spec": kind}, "__module__": __name__})
    found = lazy(owner, BODY, "Owner")
    assert not is_lazy(found.spec)
    assert found == owner.model_validate_json(BODY)
    assert found.spec.__pydantic_private__ == owner.model_validate_json(BODY).spec.__pydantic_private__


@pytest.mark.parametrize("kind", [Ignoring, Frozen])
def test_a_part_with_another_configuration_is_lazy_and_the_same(kind: type[Spec]) -> None:
    body = changed(("spec", "unknown"), 1)
    owner: type[Any] = type("Owner", (NamespacedResource,), {"__annotations__": {"spec": kind}, "__module__": __name__})
    found = lazy(owner, body, "Owner")
    assert is_lazy(found.spec, "template")
    assert found == owner.model_validate_json(body)
    assert found.spec.model_extra == owner.model_validate_json(body).spec.model_extra
    assert found.spec.model_fields_set == owner.model_validate_json(body).spec.model_fields_set


class Names(RootModel[list[str]]):
    pass


class Odd(Model):
    names: Names
    either: int | Template | None = None
    by_alias: str | None = Field(default=None, alias="An-Odd-Name")
    templates: dict[str, Template] | None = None


class Curious(NamespacedResource):
    spec: Odd


def test_fields_of_other_shapes_are_decoded_as_ever() -> None:
    spec = {"names": [LONG], "either": TEMPLATE, "An-Odd-Name": "a", "templates": {"t": TEMPLATE}}
    body = json.dumps({"metadata": {"name": "c"}, "spec": spec}).encode()
    found = lazy(Curious, body, "Curious")
    expected = Curious.model_validate_json(body)
    for name in Odd.model_fields:
        assert getattr(found.spec, name) == getattr(expected.spec, name)
    assert found == expected


def test_fields_may_come_by_their_own_names() -> None:
    body = BODY.replace(b'"newField"', b'"new_field"').replace(b'"apiVersion": "example', b'"api_version": "example')
    found = make(body)
    assert found.api_version == "example.com/v1"
    assert found == eager(body)
    assert found.model_fields_set == eager(body).model_fields_set
