"""A received null is sent as null; a field that the program set to None is omitted."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, computed_field, model_serializer

from kubex.core._encode import encode, encode_object
from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, ObjectMeta, ResourceList, dynamic_resource
from kubex.models._lazy.decode import decode_eagerly, decode_lazily
from kubex.models.fields import NullAsEmpty, NullAsEmptyDict
from kubex.patch import MergePatch

from .lazy_helpers import undecoded_fields


class Rule(Model):
    verbs: Annotated[list[str], NullAsEmpty]
    labels: Annotated[dict[str, str], NullAsEmptyDict]
    mode: str | None = "auto"
    notes: list[str] | None = None
    extra: dict[str, Annotated[list[str], NullAsEmpty]] | None = None


class Foreign(BaseModel):
    """A class of another library, which does not mark fields that the program sets to None."""

    rule: Rule
    mode: str | None = None


class Spec(LazyModel):
    size: int | None
    mode: str | None = "auto"
    host_ip: str | None = None
    rule: Rule | None = None
    rules: list[Rule] | None = None
    by_name: dict[str, Rule] | None = None
    free: dict[str, Any] | None = None
    foreign: Foreign | None = None


class Knob(NamespacedResource):
    __resource__ = ApiResource(group="example.com", version="v1", kind="Knob", plural="knobs")
    spec: Spec
    status: Spec | None = None


RULE: dict[str, Any] = {"verbs": None, "labels": None, "mode": None, "notes": None, "extra": {"a": None}, "new": None}
SPEC: dict[str, Any] = {
    "size": None,
    "mode": None,
    "hostIP": None,
    "rule": RULE,
    "rules": [RULE, {**RULE, "mode": "x" * 400}],
    "byName": {"a": RULE},
    "free": {"a": None, "b": [None]},
    "foreign": {"rule": RULE},
    "unheardOf": None,
    "alsoNew": {"deep": None},
}
BODY: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Knob",
    "metadata": {"name": "k", "creationTimestamp": None, "labels": None, "new": None},
    "spec": SPEC,
    "status": None,
    "newField": None,
}
TEXT = json.dumps(BODY).encode()

READERS: dict[str, Callable[[], Any]] = {
    "lazy": lambda: decode_lazily(Knob, TEXT, "knob"),
    "eager": lambda: decode_eagerly(Knob, TEXT, "knob"),
    "from a dict": lambda: Knob.model_validate(BODY),
    "an item of a list": lambda: ResourceList[Knob].model_validate({"items": [BODY]})[0],
}

COPIES: dict[str, Callable[[Any], Any]] = {
    "itself": lambda knob: knob,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "model_copy": lambda knob: knob.model_copy(),
    "model_copy, deep": lambda knob: knob.model_copy(deep=True),
    "pickle": lambda knob: pickle.loads(pickle.dumps(knob)),
    "part of another": lambda knob: Knob(metadata=knob.metadata, spec=knob.spec, status=None),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("copy_of", COPIES.values(), ids=COPIES)
def test_received_nulls_are_sent(read: Callable[[], Any], copy_of: Callable[[Any], Any]) -> None:
    knob = copy_of(read())
    wanted = {key: BODY[key] for key in ("metadata", "spec")}
    knob.metadata.annotations = {"a": "b"}
    wanted["metadata"] = {**wanted["metadata"], "annotations": {"a": "b"}}
    for written in (
        knob.to_dict(),
        json.loads(knob.to_json()),
        json.loads(encode(knob)),
        json.loads(encode({"items": [knob]}))["items"][0],
        json.loads(encode_object(knob, Knob.__resource__ or knob)),
        ResourceList[Knob](items=[knob]).to_dict()["items"][0],
    ):
        assert {key: written[key] for key in wanted} == wanted
    assert knob.spec.rule.verbs == []
    assert knob.spec.rule.labels == {}
    assert knob.spec.rule.extra == {"a": []}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_assigned_values_replace_nulls(read: Callable[[], Any]) -> None:
    knob = read()
    knob.spec.host_ip = "192.0.2.7"
    knob.spec.rule.verbs.append("get")
    knob.spec.rule.labels["a"] = "b"
    knob.spec.rules[0].verbs = []
    knob.spec.rules[0].mode = "auto"
    knob.spec.rule.extra["a"] = ["b"]
    written = knob.to_dict()["spec"]
    assert written == {
        **SPEC,
        "hostIP": "192.0.2.7",
        "rule": {**RULE, "verbs": ["get"], "labels": {"a": "b"}, "extra": {"a": ["b"]}},
        "rules": [{**RULE, "verbs": [], "mode": "auto"}, SPEC["rules"][1]],
    }


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("copy_of", COPIES.values(), ids=COPIES)
def test_field_set_to_none_is_omitted(read: Callable[[], Any], copy_of: Callable[[Any], Any]) -> None:
    knob = read()
    for name in ("mode", "host_ip", "rule", "rules", "by_name", "free", "foreign", "unheardOf", "alsoNew"):
        setattr(knob.spec, name, None)
    knob.metadata.creation_timestamp = None
    knob.metadata = knob.metadata.model_copy(update={"labels": None})
    written = copy_of(knob).to_dict()
    assert written["spec"] == {"size": None}
    assert written["metadata"] == {"name": "k", "new": None}


def test_assigning_none_does_not_decode_fields() -> None:
    knob = decode_lazily(Knob, TEXT, "knob")
    knob.spec.mode = None
    assert {"rule", "rules"} <= undecoded_fields(knob.spec)


def test_constructed_object_omits_none() -> None:
    rule = Rule(verbs=[], labels={}, mode=None, notes=None)
    assert rule.to_dict() == {"verbs": [], "labels": {}}
    assert Rule.model_construct(verbs=[], labels={}, mode=None).to_dict() == {"verbs": [], "labels": {}}
    assert Spec(size=1, hostIP=None).to_dict() == {"size": 1, "mode": "auto"}  # type: ignore[call-arg]  # a JSON name
    thing: Any = dynamic_resource("v1", "Thing", plural="things")
    assert thing(data=None).to_dict() == {
        "apiVersion": "v1",
        "kind": "Thing",
        "metadata": {},
    }
    assert MergePatch(Rule(verbs=[], labels={}, mode=None)).encode() == b'{"verbs":[],"labels":{},"mode":null}'


def test_required_field_that_is_none_is_sent_as_null() -> None:
    spec = Spec(size=None, mode=None)
    assert spec.to_dict() == {"size": None}
    spec.size = 1
    spec.size = None
    assert spec.to_dict() == {"size": None}


def test_dynamic_object_preserves_nulls() -> None:
    thing = dynamic_resource("v1", "Thing", plural="things").model_validate(BODY)
    thing["other"] = None
    assert thing.to_dict() == BODY
    thing["newField"] = None
    assert "newField" not in thing.to_dict()


def test_received_null_does_not_affect_equality() -> None:
    read = Rule.model_validate({"verbs": None, "labels": {}, "mode": None, "notes": None})
    assert read == Rule(verbs=[], labels={}, mode=None)


def test_output_of_serializers_and_computed_fields_is_preserved() -> None:
    class Sized(Model):
        name: str | None = None
        secret: str | None = Field(default=None, exclude=True)

        @computed_field  # type: ignore[prop-decorator]  # mypy does not know decorated properties
        @property
        def size(self) -> int:
            return 1

    class CustomSerializer(Model):
        name: str | None = None

        @model_serializer
        def _serialize(self) -> dict[str, Any]:
            return {"custom": True}

    assert Sized.model_validate({"name": None, "secret": None}).to_dict() == {"name": None, "size": 1}
    assert CustomSerializer.model_validate({"name": None}).to_dict() == {"custom": True}
    assert ObjectMeta.model_validate({"name": None}).model_dump(exclude_none=True) == {}
