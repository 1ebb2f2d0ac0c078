"""Lazy objects: when fields are decoded, errors of malformed fields, representations, and supported classes."""

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

from .lazy_helpers import lazy_object, undecoded_fields

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


def decode_machine(body: bytes = BODY) -> Machine:
    return lazy_object(Machine, body)


def body_with(path: tuple[Any, ...], value: object) -> bytes:
    document = json.loads(BODY)
    inner: Any = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(document).encode()


def rich_repr(model: Any) -> list[tuple[str, Any]]:
    """Return the values that the library rich shows for an object."""
    return list(model.__rich_repr__())


def exception_type(use: Callable[[Any], None], model: Any) -> type[Exception] | None:
    """Return the type of the exception that a function raises; None if it returns."""
    try:
        use(model)
    except Exception as error:  # noqa: BLE001 - all types are compared
        return type(error)
    return None


# Laziness


def test_unread_fields_stay_json_at_every_depth() -> None:
    machine = decode_machine()
    template = machine.spec.template
    assert undecoded_fields(machine) == {"api_version", "kind", "status"}
    assert undecoded_fields(machine.spec) == {"selector"}
    assert template.count == 3
    assert undecoded_fields(template) == {"parts", "since"}
    assert template.parts[0].name == "a"
    assert undecoded_fields(template.parts[0]) == {"image", "ports", "unheardOf"}
    assert undecoded_fields(template.parts[1]) == {"name", "image", "ports"}
    assert undecoded_fields(template.parts[2]) == set()
    assert type(template) is Template
    assert type(template.parts) is list


def test_reading_a_field_twice_returns_the_same_object() -> None:
    machine = decode_machine()
    metadata, spec, parts = machine.metadata, machine.spec, machine.spec.template.parts
    metadata.labels = {"app": "edited"}
    assert machine.to_dict()["metadata"]["labels"] == {"app": "edited"}
    assert machine.metadata is metadata
    assert machine.spec is spec
    assert machine.spec.template.parts is parts


def test_assigning_and_deleting_do_not_decode_other_fields() -> None:
    machine = decode_machine()
    machine.kind = "Other"
    machine.status = None
    assert undecoded_fields(machine) == {"api_version", "spec"}
    machine.spec.selector = {"c": "d"}
    del machine.spec.template.since
    assert undecoded_fields(machine.spec.template) == {"parts", "count"}
    assert machine.to_dict()["spec"]["selector"] == {"c": "d"}
    assert "since" not in machine.to_dict()["spec"]["template"]


def test_missing_attribute_does_not_decode_fields() -> None:
    machine = decode_machine()
    assert not hasattr(machine, "_repr_html_")
    assert not hasattr(machine.spec, "misspelt")
    with pytest.raises(AttributeError, match="'Template' object has no attribute 'colour'"):
        _ = machine.spec.template.colour  # type: ignore[attr-defined]  # wrong on purpose
    assert undecoded_fields(machine.spec.template) == {"parts", "since", "count"}


def test_dump_has_the_order_of_the_class_after_any_reads() -> None:
    machine = decode_machine()
    assert machine.status is not None
    assert machine.status.count == 3
    machine.kind = "Machine"
    assert machine.to_json() == Machine.model_validate_json(BODY).to_json()


def test_decoding_does_not_change_classes() -> None:
    before = [(kind.__bases__, kind.__mro__, set(vars(kind)) - _ADDED_BY_PYDANTIC) for kind in (Machine, Spec, Part)]
    decode_machine().to_json()
    _ = decode_machine().spec.template.parts[0].name
    assert [
        (kind.__bases__, kind.__mro__, set(vars(kind)) - _ADDED_BY_PYDANTIC) for kind in (Machine, Spec, Part)
    ] == before


# The attributes that Pydantic adds to a class when it builds its schema.
_ADDED_BY_PYDANTIC = {"__pydantic_core_schema__", "__pydantic_serializer__", "__pydantic_validator__", "__signature__"}


def test_only_subclasses_of_lazy_model_are_lazy() -> None:
    class EagerSpec(Model):
        text: str
        more: str

    class Note(NamespacedResource):
        spec: EagerSpec

    note = lazy_object(Note, json.dumps({"metadata": {"name": "n"}, "spec": {"text": LONG, "more": LONG}}).encode())
    assert undecoded_fields(note) == {"spec"}
    assert undecoded_fields(note.spec) == set()


def test_nested_object_does_not_keep_its_parent_in_memory() -> None:
    machine = decode_machine()
    template = machine.spec.template
    reference = weakref.ref(machine)
    del machine
    gc.collect()
    assert reference() is None
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
MALFORMED_CASES = pytest.mark.parametrize(("path", "value", "read", "message"), MALFORMED)

INSPECTIONS: dict[str, Callable[[Any], Any]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "dir": dir,
    "rich": rich_repr,
    "pretty": lambda model: list(model.__pretty__(repr)),
    "fields set": lambda model: model.model_fields_set,
    "hasattr": lambda model: hasattr(model, "nothing"),
}


@MALFORMED_CASES
def test_malformed_field_raises_each_time_it_is_read(
    path: tuple[Any, ...], value: object, read: Callable[[Machine], Any], message: str
) -> None:
    machine = decode_machine(body_with(path, value))
    for _ in range(2):
        with pytest.raises(DecodeError, match=r"cannot decode Machine n/m: " + message) as caught:
            read(machine)
        assert LONG not in str(caught.value)
        assert LONG not in str(caught.value.__cause__)
    assert machine.metadata.name == "m"
    assert machine.status is not None
    assert machine.status.parts[0].name == "a"


@MALFORMED_CASES
def test_malformed_field_raises_when_the_object_is_dumped_compared_or_copied(
    path: tuple[Any, ...], value: object, read: Callable[[Machine], Any], message: str
) -> None:
    machine = decode_machine(body_with(path, value))
    for use in (Machine.model_dump, copy.deepcopy, lambda m: m == decode_machine()):
        with pytest.raises(DecodeError, match=r"cannot decode Machine n/m: spec"):
            use(machine)
    with pytest.raises(DecodeError):
        read(machine)


@MALFORMED_CASES
@pytest.mark.parametrize("inspect", INSPECTIONS.values(), ids=INSPECTIONS.keys())
def test_inspection_of_a_malformed_object_does_not_raise_or_decode(
    path: tuple[Any, ...],
    value: object,
    read: Callable[[Machine], Any],
    message: str,
    inspect: Callable[[Any], Any],
) -> None:
    machine = decode_machine(body_with(path, value))
    before = undecoded_fields(machine)
    inspect(machine)
    assert undecoded_fields(machine) == before >= {"spec", "status"}
    with pytest.raises(DecodeError, match=message):
        read(machine)
    inspect(machine)


def test_other_fields_of_a_malformed_object_can_be_read_and_changed() -> None:
    machine = decode_machine(body_with(("spec", "template", "since"), "yesterday"))
    machine.kind = "Other"
    machine.metadata.labels = {"c": "d"}
    assert machine.spec.template.count == 3
    assert machine.spec.template.parts[1].ports == []
    with pytest.raises(DecodeError, match=r"Machine n/m: spec\.template\.since"):
        _ = machine.spec.template.since


@pytest.mark.parametrize("repair", ["assign", "delete"])
def test_malformed_field_can_be_assigned_or_deleted(repair: str) -> None:
    pod = lazy_object(Pod, b'{"metadata":{"name":"w"},"spec":{"containers":[]},"status":{"conditions":7}}')
    if repair == "assign":
        pod.status = PodStatus(phase="Running")
        assert pod.status.phase == "Running"
        assert json.loads(pod.to_json())["status"] == {"phase": "Running"}
    else:
        del pod.status
        assert "status" not in json.loads(pod.to_json())
        assert not hasattr(pod, "status")
    assert pod.spec is not None


def test_malformed_metadata_raises_immediately_without_the_value() -> None:
    with pytest.raises(DecodeError, match="labels") as caught:
        lazy_object(Pod, b'{"metadata":{"name":"bad","labels":"SECRET"},"spec":{"containers":[]}}')
    assert "SECRET" not in str(caught.value) + str(caught.value.__cause__)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b'{"metadata":', b'{"metadata":{},}', b"\xff\xfe"])
def test_body_that_is_not_an_object_raises_decode_error(body: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_machine(body)


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
def test_json_that_is_not_utf8_raises_decode_error(body: bytes, kind: type[Pod]) -> None:
    with pytest.raises(DecodeError):
        lazy_object(kind, body)


def test_nan_and_infinity_are_decoded() -> None:
    body = b'{"metadata":{"name":"n"},"ratio":NaN,"most":Infinity}'
    thing = lazy_object(dynamic_resource("v1", "Thing", plural="things"), body)
    assert thing["most"] == float("inf")
    assert thing["ratio"] != thing["ratio"]


def test_malformed_undeclared_field_raises_only_when_it_is_read() -> None:
    surrogate = lazy_object(Secret, b'{"metadata":{"name":"s"},"data":{"k":"bWFya2Vk"},"unheardOf":"\\ud800"}')
    assert "unheardOf=..." in repr(surrogate)
    assert surrogate.data == {"k": "bWFya2Vk"}
    for use in (lambda: surrogate.unheardOf, surrogate.to_dict):  # type: ignore[attr-defined]  # preserved, but not declared
        with pytest.raises(DecodeError, match="cannot decode Secret s: unheardOf: "):
            use()


# Representation


def test_repr_contains_the_fields_that_are_set() -> None:
    machine = decode_machine()
    metadata = "metadata=ObjectMeta(name='m', namespace='n', labels={'a': 'b'})"
    assert repr(machine) == f"Machine(api_version=..., kind=..., {metadata}, spec=..., status=...)"
    assert str(machine) == f"api_version=... kind=... {metadata} spec=... status=..."
    assert rich_repr(machine)[0] == ("api_version", rich_repr(machine)[1][1])
    _ = machine.spec.selector, machine.kind
    assert "kind='Machine'" in repr(machine)
    assert "spec=Spec(template=..., selector={'a': 'b'})" in repr(machine)
    machine.spec.template.parts[2].image = "i"
    assert "Part(name=..., image=..., ports=...), Part(name='small', image='i')]" in repr(machine)


def test_repr_of_a_constructed_object_contains_the_fields_that_are_set() -> None:
    pod = Pod(metadata=ObjectMeta(name="w"))
    assert repr(pod) == "Pod(metadata=ObjectMeta(name='w'))"
    bare = Pod()
    assert repr(bare) == "Pod()"
    bare.metadata.name = "changed in place"
    assert repr(bare) == "Pod(metadata=ObjectMeta(name='changed in place'))"


def test_repr_of_an_object_that_contains_itself_ends() -> None:
    loop = Port.model_construct(number=1)
    loop.name = loop  # type: ignore[assignment]  # wrong on purpose
    assert repr(loop) == "Port(number=1, name=...)"
    machine = decode_machine()
    machine.status = machine  # type: ignore[assignment]  # wrong on purpose
    assert "status=..." in repr(machine)


@pytest.mark.parametrize("read", [False, True])
def test_repr_does_not_contain_the_data_of_a_secret(read: bool) -> None:
    secret = lazy_object(Secret, b'{"metadata":{"name":"s"},"data":{"k":"bWFya2Vk"},"stringData":{"k":"marked"}}')
    if read:
        assert secret.data == {"k": "bWFya2Vk"}
        assert secret.string_data == {"k": "marked"}
    for text in (repr(secret), str(secret), repr(rich_repr(secret))):
        assert "bWFya2Vk" not in text
        assert "marked" not in text
        assert "data" not in text.replace("metadata", "")


def test_repr_does_not_compute_fields() -> None:
    class Counted(Machine):
        @computed_field  # type: ignore[prop-decorator]  # mypy does not know decorated properties
        @property
        def parts(self) -> int:
            return len(self.spec.template.parts)

    counted = lazy_object(Counted, body_with(("spec", "template"), 7))
    assert "parts=..." in repr(counted)
    assert undecoded_fields(counted) >= {"spec"}


def test_logging_a_malformed_object_does_not_raise() -> None:
    logger, stream = logging.getLogger("kubex.test"), StringIO()
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    logger.warning("found %s and %r", decode_machine(body_with(("spec",), 7)), decode_machine(body_with(("spec",), 7)))
    logger.removeHandler(handler)
    assert stream.getvalue().count("spec=...") == 2


# Classes and types of fields


class DerivedSpec(Spec):
    extra_name: str | None = None


class DerivedMachine(Machine):
    spec: DerivedSpec


class Managed(Machine):
    metadata: ManagedObjectMeta


def test_subclasses_of_lazy_classes_are_lazy() -> None:
    machine = lazy_object(DerivedMachine, body_with(("spec", "extraName"), "e"))
    assert machine.spec.extra_name == "e"
    assert undecoded_fields(machine.spec) == {"template", "selector"}
    assert machine.api_version == "example.com/v1"
    managed = lazy_object(Managed, body_with(("metadata", "managedFields"), [{"manager": "m"}]))
    assert managed.metadata.managed_fields is not None
    assert managed.metadata.managed_fields[0].manager == "m"
    assert "spec" in undecoded_fields(managed)


class ExtraIgnored(Spec):
    model_config = ConfigDict(extra="ignore")


class Frozen(Spec):
    model_config = ConfigDict(frozen=True)


class ValidatedAssignment(Spec):
    model_config = ConfigDict(validate_assignment=True)


@pytest.mark.parametrize("kind", [ExtraIgnored, Frozen, ValidatedAssignment])
def test_nested_class_with_a_safe_configuration_is_lazy_and_equal(kind: type[Spec]) -> None:
    body = body_with(("spec", "unknown"), 1)
    owner: type[Any] = type("Owner", (NamespacedResource,), {"__annotations__": {"spec": kind}, "__module__": __name__})
    found, expected = lazy_object(owner, body), owner.model_validate_json(body)
    assert undecoded_fields(found.spec) >= {"template", "selector"}
    changes: list[Callable[[Any], None]] = [
        lambda spec: setattr(spec, "selector", 7),
        lambda spec: delattr(spec, "selector"),
    ]
    for change in changes:
        assert exception_type(change, found.spec) == exception_type(change, expected.spec)
    assert found == expected
    assert found.spec.model_extra == expected.spec.model_extra
    assert found.spec.model_fields_set == expected.spec.model_fields_set


class RootNames(RootModel[list[str]]):
    pass


class VariousTypes(LazyModel):
    names: RootNames
    either: int | Template | None = None
    by_alias: str | None = Field(default=None, alias="An-Odd-Name")
    templates: dict[str, Template] | None = None


class VariousTypesOwner(NamespacedResource):
    spec: VariousTypes


def test_root_models_unions_aliases_and_maps_are_decoded() -> None:
    spec = {"names": [LONG], "either": TEMPLATE, "An-Odd-Name": "a", "templates": {"t": TEMPLATE}}
    body = json.dumps({"metadata": {"name": "c"}, "spec": spec}).encode()
    found, expected = lazy_object(VariousTypesOwner, body), VariousTypesOwner.model_validate_json(body)
    for name in VariousTypes.model_fields:
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
def test_unusual_names_and_missing_fields_are_read_as_by_pydantic(body: bytes) -> None:
    found, expected = decode_machine(body), Machine.model_validate_json(body)
    assert found.model_fields_set == expected.model_fields_set
    assert found.model_extra == expected.model_extra
    assert found.api_version == expected.api_version
    assert found == expected


class Forward(NamespacedResource):
    spec: "Later"


class Later(Model):
    size: int


def test_class_with_forward_references_is_built_when_it_is_first_read() -> None:
    found = lazy_object(Forward, b'{"metadata":{"name":"f"},"spec":{"size":2}}')
    assert found.metadata.name == "f"
    assert found.spec.size == 2


def test_nested_object_can_be_dumped_in_another_model_before_its_schema_is_built() -> None:
    class Inner(LazyModel):
        text: str

    class Outer(LazyModel):
        inner: Inner
        text: str

    class Note(NamespacedResource):
        spec: Outer

    class Envelope(BaseModel):
        inside: Any

    note = lazy_object(Note, json.dumps({"metadata": {}, "spec": {"inner": {"text": LONG}, "text": LONG}}).encode())
    assert Envelope(inside=note.spec).model_dump() == {"inside": {"inner": {"text": LONG}, "text": LONG}}
    assert Envelope(inside=[note.spec.inner]).model_dump_json() == f'{{"inside":[{{"text":"{LONG}"}}]}}'
