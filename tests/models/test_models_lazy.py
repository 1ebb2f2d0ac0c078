"""An object built lazily is, for everything that looks at it, the object that eager validation would have built."""

import copy
import json
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, PrivateAttr, field_validator

from kubex.api._decode import Decoder
from kubex.errors import DecodeError
from kubex.models import ManagedObjectMeta, Model, NamespacedResource, ResourceFacts
from kubex.models._lazy import is_lazy
from kubex.models._raw import lazy
from kubex_k8s.v1_37.core.v1 import ConfigMap, Pod

BODY = (
    b'{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-0","namespace":"shop","labels":{"app":"web"},'
    b'"managedFields":[{"manager":"m"}]},"spec":{"containers":[{"name":"c","image":"i","newField":[1]}],"other":null},'
    b'"status":{"phase":"Running","podIP":"192.0.2.7"},"unknown":{"deep":[1,2]}}'
)
MALFORMED = b'{"metadata":{"name":"bad","namespace":"shop"},"spec":{"containers":7}}'


def make(body: bytes = BODY) -> Pod:
    return lazy(Pod, body, "Pod")


def eager(body: bytes = BODY) -> Pod:
    return Pod.model_validate_json(body)


def test_reading_metadata_leaves_the_rest_raw() -> None:
    pod = make()
    assert pod.metadata.name == "web-0"
    assert pod.metadata.labels == {"app": "web"}
    assert is_lazy(pod, "spec")
    assert pod.status is not None
    assert not is_lazy(pod, "status")
    assert is_lazy(pod, "spec")
    assert "spec" in vars(pod)
    assert not is_lazy(pod)


def test_the_metadata_handed_out_before_stays_the_same_object() -> None:
    pod = make()
    metadata = pod.metadata
    metadata.labels = {"app": "edited"}
    assert pod.spec is not None
    assert pod.spec.containers[0].name == "c"
    assert pod.metadata is metadata
    assert pod.model_dump()["metadata"]["labels"] == {"app": "edited"}


LOOKS: dict[str, Callable[[Any], Any]] = {
    "model_dump": lambda pod: pod.model_dump(),
    "dump by alias": lambda pod: pod.model_dump(by_alias=True),
    "dump exclude_unset": lambda pod: pod.model_dump(exclude_unset=True),
    "dump exclude_none": lambda pod: pod.model_dump(exclude_none=True),
    "dump exclude_defaults": lambda pod: pod.model_dump(exclude_defaults=True),
    "json": lambda pod: pod.model_dump_json(),
    "json exclude_unset": lambda pod: pod.model_dump_json(exclude_unset=True),
    "json exclude_none by alias": lambda pod: pod.model_dump_json(exclude_none=True, by_alias=True),
    "to_json": lambda pod: pod.to_json(),
    "to_dict": lambda pod: pod.to_dict(),
    "repr": repr,
    "str": str,
    "iteration": dict,
    "vars": vars,
    "fields set": lambda pod: pod.model_fields_set,
    "extras": lambda pod: pod.model_extra,
    "an unknown field": lambda pod: pod.unknown,
    "an optional field": lambda pod: pod.status,
    "model_copy": lambda pod: pod.model_copy(),
    "deep model_copy": lambda pod: pod.model_copy(deep=True),
    "model_copy with an update": lambda pod: pod.model_copy(update={"kind": "Other"}),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda pod: pickle.loads(pickle.dumps(pod)),
    "nested in a foreign model": lambda pod: Box(pod=pod, pods=[pod]).model_dump(),
    "nested, as JSON": lambda pod: Box(pod=pod, pods=[pod]).model_dump_json(exclude_unset=True),
    "validation of the instance": Pod.model_validate,
    "a missing attribute": lambda pod: hasattr(pod, "nothing"),
}


class Box(BaseModel):
    pod: Pod
    pods: list[Pod]


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_looks_like_the_eager_object(look: Callable[[Any], Any]) -> None:
    assert look(make()) == look(eager())


def test_is_equal_both_ways_and_to_another_lazy_one() -> None:
    assert make() == eager()
    assert eager() == make()
    assert make() == make()
    assert make() != make(BODY.replace(b"Running", b"Pending"))
    assert make() != object()


def test_is_as_unhashable_as_the_eager_object() -> None:
    for pod in (make(), eager()):
        with pytest.raises(TypeError, match="unhashable"):
            hash(pod)


def test_an_assignment_before_the_first_touch_stays() -> None:
    pod = make()
    pod.status = None
    assert pod.status is None
    assert pod.spec == eager().spec
    assert "status" in pod.model_fields_set


def test_an_assignment_after_the_first_touch_stays() -> None:
    pod = make()
    assert pod.spec is not None
    pod.spec.containers[0].image = "other"
    pod.kind = "Changed"
    assert pod.to_dict()["spec"]["containers"][0]["image"] == "other"
    assert pod.to_dict()["kind"] == "Changed"


def test_a_field_can_be_deleted_before_the_first_touch() -> None:
    lazy_pod, eager_pod = make(), eager()
    del lazy_pod.status
    del eager_pod.status
    assert "status" not in vars(lazy_pod)
    assert vars(lazy_pod) == vars(eager_pod)


def test_a_malformed_part_raises_each_time_and_names_the_object() -> None:
    pod = make(MALFORMED)
    for _ in range(2):
        with pytest.raises(DecodeError, match=r"Pod shop/bad: spec\.containers"):
            _ = pod.spec
    assert pod.metadata.name == "bad"
    with pytest.raises(DecodeError, match="shop/bad"):
        pod.model_dump()
    with pytest.raises(DecodeError, match="shop/bad"):
        repr(pod)


def test_malformed_metadata_raises_at_once_and_shows_no_value() -> None:
    with pytest.raises(DecodeError, match="labels") as caught:
        make(b'{"metadata":{"name":"bad","labels":"SECRET"},"spec":{"containers":[]}}')
    assert "SECRET" not in str(caught.value) + str(caught.value.__cause__)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b'{"metadata":', b"\xff\xfe"])
def test_what_is_no_object_is_a_decode_error(body: bytes) -> None:
    with pytest.raises(DecodeError):
        make(body)


def test_an_object_without_metadata_has_an_empty_one() -> None:
    pod = make(b'{"spec":{"containers":[]}}')
    assert pod.metadata.name is None
    assert pod == eager(b'{"spec":{"containers":[]}}')
    assert pod.model_fields_set == {"spec"}


def test_odd_field_names_survive() -> None:
    body = b'{"metadata":{},"spec":{"containers":[]},"a\\"b\\n":1,"\xc3\xa9":2}'
    assert make(body).model_extra == {'a"b\n': 1, "é": 2}


def test_the_first_touch_from_many_threads_decodes_once() -> None:
    pod = make()
    start = threading.Barrier(8)
    seen: list[Any] = []

    def touch() -> None:
        start.wait()
        seen.append(pod.spec)

    threads = [threading.Thread(target=touch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert all(spec is seen[0] for spec in seen)


@pytest.mark.parametrize("name", ["spec", "__pydantic_fields_set__", "__pydantic_extra__"])
def test_what_another_thread_decodes_between_the_look_and_the_touch_is_found(name: str) -> None:
    pod = make()
    pod.model_dump()  # the other thread; this one has looked before, and so it comes to:
    kind: Any = type(pod)
    assert kind.__getattr__(pod, name) is getattr(pod, name)


class Derived(Pod):
    nickname: str | None = None


def test_a_users_subclass_is_lazy_too() -> None:
    pod = lazy(Derived, BODY[:-1] + b',"nickname":"n"}', "Derived")
    assert is_lazy(pod)
    assert pod.nickname == "n"
    assert pod.api_version == "v1"


class Managed(Pod):
    metadata: ManagedObjectMeta


def test_metadata_of_another_type_is_decoded_as_that() -> None:
    pod = lazy(Managed, BODY, "Managed")
    assert is_lazy(pod)
    assert pod.metadata.managed_fields is not None
    assert pod.metadata.managed_fields[0].manager == "m"


class WithPrivate(Pod):
    _seen: int = PrivateAttr(default=3)


class Checked(ConfigMap):
    @field_validator("data")
    @classmethod
    def _upper(cls, data: dict[str, str] | None) -> dict[str, str]:
        return {key.upper(): value for key, value in (data or {}).items()}


def test_a_class_that_does_more_than_hold_fields_is_decoded_at_once() -> None:
    pod = lazy(WithPrivate, BODY, "WithPrivate")
    assert not is_lazy(pod)
    assert pod._seen == 3
    checked = lazy(Checked, b'{"metadata":{"name":"c"},"data":{"a":"1"}}', "Checked")
    assert not is_lazy(checked)
    assert checked.data == {"A": "1"}


class Forward(NamespacedResource):
    __resource__ = ResourceFacts(group="example.com", version="v1", kind="Forward", plural="forwards")
    spec: "Later"


class Later(Model):
    size: int


def test_a_class_with_forward_references_is_completed_on_the_first_touch() -> None:
    found = lazy(Forward, b'{"metadata":{"name":"f"},"spec":{"size":2}}', "Forward")
    assert found.metadata.name == "f"
    assert found.spec.size == 2


def test_a_part_can_be_written_inside_another_model_before_anything_else_is_done_with_its_class() -> None:
    class Half(Model):
        text: str

    class Whole(Model):
        half: Half
        text: str

    class Note(NamespacedResource):
        __resource__ = ResourceFacts(version="v1", kind="Note", plural="notes")
        spec: Whole

    class Envelope(BaseModel):
        inside: Any

    text = "x" * 3000
    body = json.dumps({"metadata": {"name": "n"}, "spec": {"half": {"text": text}, "text": text}}).encode()
    note = Decoder(Note, "Note").item(body)
    assert is_lazy(note.spec)
    assert Envelope(inside=note.spec).model_dump() == {"inside": {"half": {"text": text}, "text": text}}
    assert Envelope(inside=[note.spec.half]).model_dump_json() == f'{{"inside":[{{"text":"{text}"}}]}}'
