"""What is decoded when, what does not fit, and what a repr shows."""

import copy
import gc
import json
import logging
import weakref
from collections.abc import Callable
from io import StringIO
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, computed_field

from kubex.errors import DecodeError
from kubex.models import (
    ApiResource,
    LazyModel,
    ManagedObjectMeta,
    Model,
    NamespacedResource,
    ObjectMeta,
    Time,
    dynamic_resource,
)
from kubex.models.fields import NullAsEmpty
from kubex_k8s.v1_37.core.v1 import Pod, PodStatus, Secret

from .lazy_helpers import lazy, not_decoded

LONG = "x" * 400


class Port(Model):
    number: int
    name: str | None = None


class Part(LazyModel):
    name: str
    image: str | None = None
    ports: Annotated[list[Port], NullAsEmpty] = Field(default_factory=list[Port])


class Template(LazyModel):
    parts: Annotated[list[Part], NullAsEmpty]
    since: Time | None = None
    count: int = Field(default=1, ge=0)
    notes: list[str] | None = None


class Spec(LazyModel):
    template: Template
    selector: dict[str, str] | None = None


class Machine(NamespacedResource):
    __resource__ = ApiResource(group="example.com", version="v1", kind="Machine", plural="machines")
    spec: Spec
    status: Template | None = None


TEMPLATE: dict[str, Any] = {
    "parts": [
        {"name": "a", "image": LONG, "ports": [{"number": 80}], "unheardOf": 1},
        {"name": "b", "image": LONG, "ports": None},
        {"name": "small"},
    ],
    "since": "2026-01-02T03:04:05Z",
    "count": 3,
}
DOCUMENT: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Machine",
    "metadata": {"name": "m", "namespace": "n", "labels": {"a": "b"}},
    "spec": {"template": TEMPLATE, "selector": {"a": "b"}},
    "status": TEMPLATE,
}
BODY = json.dumps(DOCUMENT).encode()


def make(body: bytes = BODY) -> Machine:
    return lazy(Machine, body)


def changed(path: tuple[Any, ...], value: object) -> bytes:
    document = json.loads(BODY)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(document).encode()


def rich(model: Any) -> list[tuple[str, Any]]:
    """Return what the library rich shows of an object."""
    return list(model.__rich_repr__())


def outcome(use: Callable[[Any], None], model: Any) -> type[Exception] | None:
    try:
        use(model)
    except Exception as error:  # noqa: BLE001 - each is compared
        return type(error)
    return None


# Laziness


def test_fields_that_are_not_read_stay_json_at_every_depth() -> None:
    machine = make()
    template = machine.spec.template
    assert not_decoded(machine) == {"api_version", "kind", "status"}
    assert not_decoded(machine.spec) == {"selector"}
    assert template.count == 3
    assert not_decoded(template) == {"parts", "since"}
    assert template.parts[0].name == "a"
    assert not_decoded(template.parts[0]) == {"image", "ports", "unheardOf"}
    assert not_decoded(template.parts[1]) == {"name", "image", "ports"}
    assert not_decoded(template.parts[2]) == set()
    assert type(template) is Template
    assert type(template.parts) is list


def test_objects_that_were_read_stay_the_same() -> None:
    machine = make()
    metadata, spec, parts = machine.metadata, machine.spec, machine.spec.template.parts
    metadata.labels = {"app": "edited"}
    assert machine.to_dict()["metadata"]["labels"] == {"app": "edited"}
    assert machine.metadata is metadata
    assert machine.spec is spec
    assert machine.spec.template.parts is parts


def test_assigning_and_deleting_decodes_no_other_field() -> None:
    machine = make()
    machine.kind = "Other"
    machine.status = None
    assert not_decoded(machine) == {"api_version", "spec"}
    machine.spec.selector = {"c": "d"}
    del machine.spec.template.since
    assert not_decoded(machine.spec.template) == {"parts", "count"}
    assert machine.to_dict()["spec"]["selector"] == {"c": "d"}
    assert "since" not in machine.to_dict()["spec"]["template"]


def test_asking_for_a_missing_attribute_decodes_nothing() -> None:
    machine = make()
    assert not hasattr(machine, "_repr_html_")
    assert not hasattr(machine.spec, "misspelt")
    with pytest.raises(AttributeError, match="'Template' object has no attribute 'colour'"):
        _ = machine.spec.template.colour  # type: ignore[attr-defined]  # the point of the test
    assert not_decoded(machine.spec.template) == {"parts", "since", "count"}


def test_a_dump_has_the_order_of_the_class_whatever_was_read_before() -> None:
    machine = make()
    assert machine.status is not None
    assert machine.status.count == 3
    machine.kind = "Machine"
    assert machine.to_json() == Machine.model_validate_json(BODY).to_json()


def test_classes_do_not_change_when_objects_are_decoded() -> None:
    before = [(kind.__bases__, kind.__mro__, set(vars(kind)) - _BUILT) for kind in (Machine, Spec, Part)]
    make().to_json()
    _ = make().spec.template.parts[0].name
    assert [(kind.__bases__, kind.__mro__, set(vars(kind)) - _BUILT) for kind in (Machine, Spec, Part)] == before


# What Pydantic adds to a class when it builds its schema.
_BUILT = {"__pydantic_core_schema__", "__pydantic_serializer__", "__pydantic_validator__", "__signature__"}


def test_only_classes_derived_from_the_lazy_base_are_lazy() -> None:
    class Whole(Model):
        text: str
        more: str

    class Note(NamespacedResource):
        spec: Whole

    note = lazy(Note, json.dumps({"metadata": {"name": "n"}, "spec": {"text": LONG, "more": LONG}}).encode())
    assert not_decoded(note) == {"spec"}
    assert not_decoded(note.spec) == set()


def test_an_object_does_not_keep_the_response_in_memory() -> None:
    body = bytearray(BODY)  # it cannot grow while something looks at it, so that this can be seen
    machine = lazy(Machine, bytes(body))
    template = machine.spec.template
    gone = weakref.ref(machine)
    del machine
    gc.collect()
    assert gone() is None
    assert template.parts[0].name == "a"


# Malformed fields

MALFORMED: list[tuple[tuple[Any, ...], object, Callable[[Machine], Any], str]] = [
    (("spec",), 7, lambda m: m.spec, r"spec: Input"),
    (("spec",), [LONG], lambda m: m.spec, r"spec: Input"),
    (("spec", "template"), LONG, lambda m: m.spec.template, r"spec\.template: Input"),
    (("spec", "template", "count"), -1, lambda m: m.spec.template.count, r"spec\.template\.count: Input"),
    (("spec", "template", "parts"), {"a": LONG}, lambda m: m.spec.template.parts, r"spec\.template\.parts: Input"),
    (("spec", "template", "parts", 1), 7, lambda m: m.spec.template.parts, r"spec\.template\.parts\.1: Input"),
    (
        ("spec", "template", "parts", 1, "ports"),
        [{"number": "many"}],
        lambda m: m.spec.template.parts[1].ports,
        r"spec\.template\.parts\.1\.ports\.0\.number: Input",
    ),
    (
        ("spec", "template", "parts", 0),
        {"image": LONG},
        lambda m: m.spec.template.parts[0].name,
        r"spec\.template\.parts\.0\.name: Field required",
    ),
]
CASES = pytest.mark.parametrize(("path", "value", "read", "named"), MALFORMED)

LOOKS: dict[str, Callable[[Any], Any]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "dir": dir,
    "rich": rich,
    "pretty": lambda model: list(model.__pretty__(repr)),
    "fields set": lambda model: model.model_fields_set,
    "hasattr": lambda model: hasattr(model, "nothing"),
}


@CASES
def test_a_malformed_field_raises_each_time_it_is_read(
    path: tuple[Any, ...], value: object, read: Callable[[Machine], Any], named: str
) -> None:
    machine = make(changed(path, value))
    for _ in range(2):
        with pytest.raises(DecodeError, match=r"cannot decode Machine n/m: " + named) as caught:
            read(machine)
        assert LONG not in str(caught.value)
        assert LONG not in str(caught.value.__cause__)
    assert machine.metadata.name == "m"
    assert machine.status is not None
    assert machine.status.parts[0].name == "a"


@CASES
def test_a_malformed_field_raises_when_the_object_is_dumped_compared_or_copied(
    path: tuple[Any, ...], value: object, read: Callable[[Machine], Any], named: str
) -> None:
    machine = make(changed(path, value))
    for use in (Machine.model_dump, copy.deepcopy, lambda m: m == make()):
        with pytest.raises(DecodeError, match=r"cannot decode Machine n/m: spec"):
            use(machine)
    with pytest.raises(DecodeError):
        read(machine)


@CASES
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_looking_at_an_object_with_a_malformed_field_raises_nothing_and_decodes_nothing(
    path: tuple[Any, ...],
    value: object,
    read: Callable[[Machine], Any],
    named: str,
    look: Callable[[Any], Any],
) -> None:
    machine = make(changed(path, value))
    before = not_decoded(machine)
    look(machine)
    assert not_decoded(machine) == before >= {"spec", "status"}
    with pytest.raises(DecodeError, match=named):
        read(machine)
    look(machine)


def test_other_fields_of_an_object_with_a_malformed_field_are_read_and_changed() -> None:
    machine = make(changed(("spec", "template", "since"), "yesterday"))
    machine.kind = "Other"
    machine.metadata.labels = {"c": "d"}
    assert machine.spec.template.count == 3
    assert machine.spec.template.parts[1].ports == []
    with pytest.raises(DecodeError, match=r"Machine n/m: spec\.template\.since"):
        _ = machine.spec.template.since


@pytest.mark.parametrize("repair", ["assign", "delete"])
def test_a_malformed_field_can_be_repaired(repair: str) -> None:
    pod = lazy(Pod, b'{"metadata":{"name":"w"},"spec":{"containers":[]},"status":{"conditions":7}}')
    if repair == "assign":
        pod.status = PodStatus(phase="Running")
        assert pod.status.phase == "Running"
        assert json.loads(pod.to_json())["status"] == {"phase": "Running"}
    else:
        del pod.status
        assert "status" not in json.loads(pod.to_json())
        assert not hasattr(pod, "status")
    assert pod.spec is not None


def test_malformed_metadata_raises_at_once_and_shows_no_value() -> None:
    with pytest.raises(DecodeError, match="labels") as caught:
        lazy(Pod, b'{"metadata":{"name":"bad","labels":"SECRET"},"spec":{"containers":[]}}')
    assert "SECRET" not in str(caught.value) + str(caught.value.__cause__)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b'{"metadata":', b'{"metadata":{},}', b"\xff\xfe"])
def test_a_body_that_is_not_an_object_is_a_decode_error(body: bytes) -> None:
    with pytest.raises(DecodeError):
        make(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"metadata":{"name":"\xff"}}',
        b'{"metadata":{"managedFields":[{"manager":"\xff"}]}}',
        b'{"metadata":{"unheardOf":"\xff"}}',
        b'{"metadata":{},"spec":{"a":"\xff"}}',
        b'{"metadata":{},"unheardOf":"\xff"}',
        b'{"metadata":{},"\xff":1}',
    ],
)
@pytest.mark.parametrize("kind", [Pod, dynamic_resource("v1", "Thing", plural="things")])
def test_json_that_is_not_utf_8_is_rejected(body: bytes, kind: type[Pod]) -> None:
    with pytest.raises(DecodeError):
        lazy(kind, body)


def test_numbers_that_only_pydantic_reads_are_read() -> None:
    body = b'{"metadata":{"name":"n"},"ratio":NaN,"most":Infinity}'
    thing = lazy(dynamic_resource("v1", "Thing", plural="things"), body)
    assert thing["most"] == float("inf")
    assert thing["ratio"] != thing["ratio"]


def test_an_undeclared_field_that_cannot_be_read_raises_only_when_it_is_read() -> None:
    surrogate = lazy(Secret, b'{"metadata":{"name":"s"},"data":{"k":"bWFya2Vk"},"unheardOf":"\\ud800"}')
    assert "unheardOf=..." in repr(surrogate)
    assert surrogate.data == {"k": "bWFya2Vk"}
    for use in (lambda: surrogate.unheardOf, surrogate.to_dict):  # type: ignore[attr-defined]  # kept, and not declared
        with pytest.raises(DecodeError, match="cannot decode Secret s: unheardOf: "):
            use()


# Representation


def test_a_repr_shows_the_fields_that_are_set() -> None:
    machine = make()
    shown = "metadata=ObjectMeta(name='m', namespace='n', labels={'a': 'b'})"
    assert repr(machine) == f"Machine(api_version=..., kind=..., {shown}, spec=..., status=...)"
    assert str(machine) == f"api_version=... kind=... {shown} spec=... status=..."
    assert rich(machine)[0] == ("api_version", rich(machine)[1][1])
    _ = machine.spec.selector, machine.kind
    assert "kind='Machine'" in repr(machine)
    assert "spec=Spec(template=..., selector={'a': 'b'})" in repr(machine)
    machine.spec.template.parts[2].image = "i"
    assert "Part(name=..., image=..., ports=...), Part(name='small', image='i')]" in repr(machine)


def test_a_repr_of_an_object_made_by_the_program_shows_the_fields_that_are_set() -> None:
    pod = Pod(metadata=ObjectMeta(name="w"))
    assert repr(pod) == "Pod(metadata=ObjectMeta(name='w'))"
    bare = Pod()
    assert repr(bare) == "Pod()"
    bare.metadata.name = "changed in place"
    assert repr(bare) == "Pod(metadata=ObjectMeta(name='changed in place'))"


def test_a_repr_of_an_object_that_holds_itself_ends() -> None:
    loop = Port.model_construct(number=1)
    loop.name = loop  # type: ignore[assignment]  # the point of the test
    assert repr(loop) == "Port(number=1, name=...)"
    machine = make()
    machine.status = machine  # type: ignore[assignment]  # the point of the test
    assert "status=..." in repr(machine)


@pytest.mark.parametrize("read", [False, True])
def test_the_data_of_a_secret_is_masked(read: bool) -> None:
    secret = lazy(Secret, b'{"metadata":{"name":"s"},"data":{"k":"bWFya2Vk"},"stringData":{"k":"marked"}}')
    if read:
        assert secret.data == {"k": "bWFya2Vk"}
        assert secret.string_data == {"k": "marked"}
    for shown in (repr(secret), str(secret), repr(rich(secret))):
        assert "bWFya2Vk" not in shown
        assert "marked" not in shown
        assert "data" not in shown.replace("metadata", "")


def test_a_repr_does_not_compute_fields() -> None:
    class Counted(Machine):
        @computed_field  # type: ignore[prop-decorator]  # mypy does not know decorated properties
        @property
        def parts(self) -> int:
            return len(self.spec.template.parts)

    counted = lazy(Counted, changed(("spec", "template"), 7))
    assert "parts=..." in repr(counted)
    assert not_decoded(counted) >= {"spec"}


def test_logging_an_object_with_a_malformed_field_raises_nothing() -> None:
    logger, stream = logging.getLogger("kubex.test"), StringIO()
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    logger.warning("found %s and %r", make(changed(("spec",), 7)), make(changed(("spec",), 7)))
    logger.removeHandler(handler)
    assert stream.getvalue().count("spec=...") == 2


# Classes and shapes


class DerivedSpec(Spec):
    extra_name: str | None = None


class DerivedMachine(Machine):
    spec: DerivedSpec


class Managed(Machine):
    metadata: ManagedObjectMeta


def test_subclasses_of_a_user_are_lazy_too() -> None:
    machine = lazy(DerivedMachine, changed(("spec", "extraName"), "e"))
    assert machine.spec.extra_name == "e"
    assert not_decoded(machine.spec) == {"template", "selector"}
    assert machine.api_version == "example.com/v1"
    managed = lazy(Managed, changed(("metadata", "managedFields"), [{"manager": "m"}]))
    assert managed.metadata.managed_fields is not None
    assert managed.metadata.managed_fields[0].manager == "m"
    assert "spec" in not_decoded(managed)


class Ignoring(Spec):
    model_config = ConfigDict(extra="ignore")


class Frozen(Spec):
    model_config = ConfigDict(frozen=True)


class Checking(Spec):
    model_config = ConfigDict(validate_assignment=True)


@pytest.mark.parametrize("kind", [Ignoring, Frozen, Checking])
def test_a_part_with_another_configuration_is_lazy_and_the_same(kind: type[Spec]) -> None:
    body = changed(("spec", "unknown"), 1)
    owner: type[Any] = type("Owner", (NamespacedResource,), {"__annotations__": {"spec": kind}, "__module__": __name__})
    found, expected = lazy(owner, body), owner.model_validate_json(body)
    assert not_decoded(found.spec) >= {"template", "selector"}
    changes: list[Callable[[Any], None]] = [
        lambda spec: setattr(spec, "selector", 7),
        lambda spec: delattr(spec, "selector"),
    ]
    for change in changes:
        assert outcome(change, found.spec) == outcome(change, expected.spec)
    assert found == expected
    assert found.spec.model_extra == expected.spec.model_extra
    assert found.spec.model_fields_set == expected.spec.model_fields_set


class Names(RootModel[list[str]]):
    pass


class Odd(LazyModel):
    names: Names
    either: int | Template | None = None
    by_alias: str | None = Field(default=None, alias="An-Odd-Name")
    templates: dict[str, Template] | None = None


class Curious(NamespacedResource):
    spec: Odd


def test_fields_of_other_shapes_are_decoded() -> None:
    spec = {"names": [LONG], "either": TEMPLATE, "An-Odd-Name": "a", "templates": {"t": TEMPLATE}}
    body = json.dumps({"metadata": {"name": "c"}, "spec": spec}).encode()
    found, expected = lazy(Curious, body), Curious.model_validate_json(body)
    for name in Odd.model_fields:
        assert getattr(found.spec, name) == getattr(expected.spec, name)
    assert found == expected


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace(b'"apiVersion"', b'"api_version"'),
        BODY[:-1] + b',"a\\"b\\n":1,"\xc3\xa9":2}',
        BODY[:-1] + b',"__dict__":1,"model_dump":2,"\\u0000raw":3,"":4}',
        BODY[:-1] + b',"kind":"Twice"}',
        BODY[:-1] + b',"api_version":"both"}',
        b'{"spec":{"template":{"parts":null}}}',
        b'{"metadata":{"unheardOf":1},"spec":{"template":{"parts":[]}}}',
    ],
)
def test_odd_names_and_missing_fields_are_read_as_by_pydantic(body: bytes) -> None:
    found, expected = make(body), Machine.model_validate_json(body)
    assert found.model_fields_set == expected.model_fields_set
    assert found.model_extra == expected.model_extra
    assert found.api_version == expected.api_version
    assert found == expected


class Forward(NamespacedResource):
    spec: "Later"


class Later(Model):
    size: int


def test_a_class_with_forward_references_is_completed_when_it_is_first_read() -> None:
    found = lazy(Forward, b'{"metadata":{"name":"f"},"spec":{"size":2}}')
    assert found.metadata.name == "f"
    assert found.spec.size == 2


def test_a_part_can_be_dumped_inside_another_model_before_its_schema_is_built() -> None:
    class Half(LazyModel):
        text: str

    class Whole(LazyModel):
        half: Half
        text: str

    class Note(NamespacedResource):
        spec: Whole

    class Envelope(BaseModel):
        inside: Any

    note = lazy(Note, json.dumps({"metadata": {}, "spec": {"half": {"text": LONG}, "text": LONG}}).encode())
    assert Envelope(inside=note.spec).model_dump() == {"inside": {"half": {"text": LONG}, "text": LONG}}
    assert Envelope(inside=[note.spec.half]).model_dump_json() == f'{{"inside":[{{"text":"{LONG}"}}]}}'
