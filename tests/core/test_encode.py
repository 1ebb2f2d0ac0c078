"""Encoding of request bodies: objects, plain values and patches."""

import json
from datetime import datetime, timezone
from enum import Enum
from typing import Any

import pytest
from pydantic import Field

from kubex.core._encode import complete_apply_body, encode, encode_object
from kubex.core._unicode import LONE_SURROGATE
from kubex.errors import EncodeError
from kubex.models import ManagedFieldsEntry, ManagedObjectMeta, ObjectMeta, api_resource, dynamic_resource
from kubex.patch import ApplyPatch, JsonPatch, MergePatch, StrategicMergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container, Pod, PodSpec
from support.resources import Widget, WidgetSpec

WHEN = datetime(2024, 2, 3, 4, 5, 6, tzinfo=timezone.utc)


class Color(str, Enum):
    RED = "red"


def decode_body(body: bytes) -> Any:
    return json.loads(body)


@pytest.mark.covers("pitfall-5")
def test_an_item_of_a_list_is_encoded_with_api_version_and_kind() -> None:
    item = Deployment.model_validate_json(
        b'{"metadata": {"name": "web"}, "spec": {"selector": {}, "template": {"spec": {"containers": []}}}}'
    )
    body = decode_body(encode_object(item, api_resource(Deployment)))
    assert (body["apiVersion"], body["kind"]) == ("apps/v1", "Deployment")


@pytest.mark.covers("pitfall-5")
@pytest.mark.parametrize("managed", [False, True])
def test_an_object_without_type_is_encoded_with_api_version_and_kind(managed: bool) -> None:
    item = ConfigMap(api_version=None, kind=None, metadata=ObjectMeta(name="a"), data={"k": "v"})
    body = decode_body(encode_object(item, api_resource(ConfigMap), managed=managed))
    assert body == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}


@pytest.mark.covers("pitfall-6")
def test_an_apply_of_an_object_contains_json_values_and_its_kind() -> None:
    widget = Widget(metadata=ObjectMeta(name="w"), spec=WidgetSpec(size=1, color=Color.RED, due=WHEN))
    body = decode_body(encode_object(widget, api_resource(Widget), managed=True))
    assert body == {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": {"size": 1, "color": "red", "due": "2024-02-03T04:05:06Z"},
    }


@pytest.mark.covers("pitfall-6")
def test_an_apply_of_plain_values_contains_json_values_and_its_kind() -> None:
    body = complete_apply_body({"spec": {"color": Color.RED, "due": WHEN}}, api_resource(Widget), "w")
    assert decode_body(ApplyPatch(body).encode()) == {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": {"color": "red", "due": "2024-02-03T04:05:06Z"},
    }


def test_complete_apply_body_keeps_existing_fields() -> None:
    body = {"apiVersion": "example.com/v2", "kind": "Other", "metadata": {"labels": {"a": "b"}}}
    completed = complete_apply_body(body, api_resource(Widget), "w")
    assert completed == body | {"metadata": {"name": "w", "labels": {"a": "b"}}}
    assert body["metadata"] == {"labels": {"a": "b"}}


def test_an_apply_does_not_contain_managed_fields() -> None:
    class Managed(ConfigMap):
        metadata: ManagedObjectMeta

    entry = ManagedFieldsEntry(manager="m")
    item = Managed(metadata=ManagedObjectMeta(name="a", managed_fields=[entry]))
    assert "managedFields" not in decode_body(encode_object(item, api_resource(Managed), managed=True))["metadata"]
    assert decode_body(encode_object(item, api_resource(Managed)))["metadata"]["managedFields"] == [{"manager": "m"}]


def test_a_dynamic_object_is_encoded_completely() -> None:
    kind = dynamic_resource("example.com/v1", "Thing", plural="things")
    thing = kind.model_validate({"metadata": {"name": "t"}, "spec": {"due": WHEN, "none": None, "deep": [{"a": None}]}})
    body = decode_body(encode_object(thing, api_resource(kind)))
    assert (body["apiVersion"], body["kind"]) == ("example.com/v1", "Thing")
    assert body["spec"]["due"] == "2024-02-03T04:05:06Z"


@pytest.mark.covers("pitfall-7")
@pytest.mark.parametrize("patch", [MergePatch, StrategicMergePatch])
def test_a_merge_patch_contains_nulls(patch: type[MergePatch] | type[StrategicMergePatch]) -> None:
    assert decode_body(patch({"data": {"gone": None, "kept": "v"}}).encode()) == {"data": {"gone": None, "kept": "v"}}
    assert patch({"data": None}).encode() == b'{"data":null}'


@pytest.mark.covers("pitfall-7")
def test_a_patch_with_a_model_contains_the_fields_that_were_set() -> None:
    partial = ConfigMap.model_construct(data=None, immutable=True)
    assert decode_body(MergePatch(partial).encode()) == {"data": None, "immutable": True}
    spec = PodSpec.model_construct(node_name=None)
    assert decode_body(MergePatch(Pod.model_construct(spec=spec)).encode()) == {"spec": {"nodeName": None}}


@pytest.mark.covers("pitfall-6")
def test_patches_can_contain_json_values_and_models() -> None:
    patch = StrategicMergePatch(
        {"spec": {"containers": [Container(name="c", image=None)], "color": Color.RED, "at": WHEN}}
    )
    assert decode_body(patch.encode()) == {
        "spec": {"containers": [{"name": "c"}], "color": "red", "at": "2024-02-03T04:05:06Z"}
    }
    operations: list[dict[str, Any]] = [
        {"op": "add", "path": "/spec/at", "value": WHEN},
        {"op": "test", "path": "/data", "value": None},
    ]
    assert decode_body(JsonPatch(operations).encode()) == [
        {"op": "add", "path": "/spec/at", "value": "2024-02-03T04:05:06Z"},
        {"op": "test", "path": "/data", "value": None},
    ]


@pytest.mark.parametrize(
    ("patch", "content_type"),
    [
        (JsonPatch([]), "application/json-patch+json"),
        (MergePatch({}), "application/merge-patch+json"),
        (StrategicMergePatch({}), "application/strategic-merge-patch+json"),
        (ApplyPatch({}), "application/apply-patch+yaml"),
    ],
)
def test_each_patch_has_a_media_type(patch: Any, content_type: str) -> None:
    assert patch.content_type == content_type


def test_fields_that_are_none_are_omitted() -> None:
    assert encode(ConfigMap(metadata=ObjectMeta(name="a"), data=None)) == (
        b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}'
    )


@pytest.mark.parametrize(
    ("value", "body"),
    [(None, b"null"), ([], b"[]"), ((1, "a"), b'[1,"a"]'), ({"a": {}}, b'{"a":{}}'), ("é", '"é"'.encode())],
)
def test_plain_values_are_encoded(value: object, body: bytes) -> None:
    assert encode(value) == body


SURROGATE = "half \udc80"
DYNAMIC = dynamic_resource("example.com/v1", "Widget", plural="widgets")
HALVES: list[tuple[str, Any, str]] = [
    ("a value", ConfigMap(metadata=ObjectMeta(name="c"), data={"k": SURROGATE}), "data['k']"),
    ("a key", ConfigMap(metadata=ObjectMeta(name="c"), data={SURROGATE: "v"}), "data['half \\udc80']"),
    ("a name", ConfigMap(metadata=ObjectMeta(name=SURROGATE)), "metadata.name"),
    ("a label", ConfigMap(metadata=ObjectMeta(labels={SURROGATE: "v"})), "metadata.labels['half \\udc80']"),
    ("dynamic", DYNAMIC.model_validate({"metadata": {}, "spec": {SURROGATE: 1}}), "spec['half \\udc80']"),
    (
        "an item",
        Pod(spec=PodSpec(containers=[Container(name="c", args=["a", SURROGATE])])),
        "spec.containers[0].args[1]",
    ),
]


@pytest.mark.parametrize(("obj", "place"), [row[1:] for row in HALVES], ids=[row[0] for row in HALVES])
@pytest.mark.parametrize("encoder", ["object", "model", "plain"])
def test_an_object_with_a_lone_surrogate_raises(obj: Any, place: str, encoder: str) -> None:
    with pytest.raises(EncodeError, match="half of a surrogate pair") as caught:
        encode_object(obj, api_resource(type(obj))) if encoder == "object" else encode(
            obj if encoder == "model" else [obj]
        )
    assert place in caught.value.problem
    assert "half" not in caught.value.problem.replace(place, "").replace(LONE_SURROGATE, ""), (
        "the message must not contain values"
    )


@pytest.mark.parametrize(
    "body", [{"a": SURROGATE}, {SURROGATE: 1}, ["a", {"b": [SURROGATE]}], SURROGATE, {1: SURROGATE}]
)
def test_plain_values_with_a_lone_surrogate_raise(body: Any) -> None:
    with pytest.raises(EncodeError, match="half of a surrogate pair"):
        encode(body)


@pytest.mark.parametrize("key", ["\ufffd", "a\ufffdb"])
def test_the_replacement_character_is_encoded(key: str) -> None:
    obj = ConfigMap(metadata=ObjectMeta(name="c"), data={key: key})
    assert decode_body(encode_object(obj, api_resource(ConfigMap)))["data"] == {key: key}


@pytest.mark.parametrize("patch_class", [MergePatch, StrategicMergePatch, ApplyPatch])
@pytest.mark.parametrize("body", ["kind: ConfigMap", [("a", 1)], [{"op": "remove", "path": "/a"}], None, ConfigMap])
def test_patches_of_fields_reject_other_types(patch_class: Any, body: Any) -> None:
    message = f"^{patch_class.__name__} takes a dict or a model with the fields to (change|apply), not "
    with pytest.raises(TypeError, match=f"{message}{type(body).__name__}"):
        patch_class(body)


@pytest.mark.parametrize("operations", [{"op": "remove", "path": "/a"}, '[{"op": "remove"}]', b"[]", ConfigMap()])
def test_a_json_patch_rejects_other_types(operations: Any) -> None:
    message = f"takes a list of operations, not {type(operations).__name__}; pass the fields to change to MergePatch"
    with pytest.raises(TypeError, match=message):
        JsonPatch(operations)


def test_an_apply_patch_of_a_model_contains_the_values_that_are_not_none() -> None:
    class Managed(ConfigMap):
        metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)

    entry = ManagedFieldsEntry(manager="m")
    obj = Managed(metadata=ManagedObjectMeta(labels={"a": "b"}, managed_fields=[entry]), data=None)
    body = complete_apply_body(obj, api_resource(Managed), "c")
    assert decode_body(ApplyPatch(body).encode()) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c", "labels": {"a": "b"}},
    }
    inner = {"metadata": ObjectMeta(labels={"a": "b"}, annotations=None)}
    assert complete_apply_body(inner, api_resource(Managed), "c")["metadata"] == {"name": "c", "labels": {"a": "b"}}
