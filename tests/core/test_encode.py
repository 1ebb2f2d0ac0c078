"""Bodies as they are sent: objects, plain values and patches."""

import json
from datetime import datetime, timezone
from enum import Enum
from typing import Any

import pytest

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


def sent(body: bytes) -> Any:
    return json.loads(body)


@pytest.mark.covers("pitfall-5")
def test_an_item_of_a_list_is_sent_with_api_version_and_kind() -> None:
    item = Deployment.model_validate_json(
        b'{"metadata": {"name": "web"}, "spec": {"selector": {}, "template": {"spec": {"containers": []}}}}'
    )
    body = sent(encode_object(item, api_resource(Deployment)))
    assert (body["apiVersion"], body["kind"]) == ("apps/v1", "Deployment")


@pytest.mark.covers("pitfall-5")
@pytest.mark.parametrize("managed", [False, True])
def test_also_when_the_object_says_none(managed: bool) -> None:
    item = ConfigMap(api_version=None, kind=None, metadata=ObjectMeta(name="a"), data={"k": "v"})
    body = sent(encode_object(item, api_resource(ConfigMap), managed=managed))
    assert body == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}


@pytest.mark.covers("pitfall-6")
def test_an_apply_has_json_forms_and_names_its_kind() -> None:
    widget = Widget(metadata=ObjectMeta(name="w"), spec=WidgetSpec(size=1, color=Color.RED, due=WHEN))
    body = sent(encode_object(widget, api_resource(Widget), managed=True))
    assert body == {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": {"size": 1, "color": "red", "due": "2024-02-03T04:05:06Z"},
    }


@pytest.mark.covers("pitfall-6")
def test_an_apply_of_plain_values_is_completed_and_has_json_forms() -> None:
    body = complete_apply_body({"spec": {"color": Color.RED, "due": WHEN}}, api_resource(Widget), "w")
    assert sent(ApplyPatch(body).encode()) == {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": {"color": "red", "due": "2024-02-03T04:05:06Z"},
    }


def test_what_an_apply_says_of_itself_is_kept() -> None:
    given = {"apiVersion": "example.com/v2", "kind": "Other", "metadata": {"labels": {"a": "b"}}}
    body = complete_apply_body(given, api_resource(Widget), "w")
    assert body == given | {"metadata": {"name": "w", "labels": {"a": "b"}}}
    assert given["metadata"] == {"labels": {"a": "b"}}


def test_an_apply_sends_no_managed_fields() -> None:
    class Managed(ConfigMap):
        metadata: ManagedObjectMeta

    entry = ManagedFieldsEntry(manager="m")
    item = Managed(metadata=ManagedObjectMeta(name="a", managed_fields=[entry]))
    assert "managedFields" not in sent(encode_object(item, api_resource(Managed), managed=True))["metadata"]
    assert sent(encode_object(item, api_resource(Managed)))["metadata"]["managedFields"] == [{"manager": "m"}]


def test_an_untyped_object_is_sent_whole() -> None:
    kind = dynamic_resource("example.com/v1", "Thing", plural="things")
    thing = kind.model_validate({"metadata": {"name": "t"}, "spec": {"due": WHEN, "none": None, "deep": [{"a": None}]}})
    body = sent(encode_object(thing, api_resource(kind)))
    assert (body["apiVersion"], body["kind"]) == ("example.com/v1", "Thing")
    assert body["spec"]["due"] == "2024-02-03T04:05:06Z"


@pytest.mark.covers("pitfall-7")
@pytest.mark.parametrize("patch", [MergePatch, StrategicMergePatch])
def test_a_merge_patch_deletes_by_null(patch: type[MergePatch] | type[StrategicMergePatch]) -> None:
    assert sent(patch({"data": {"gone": None, "kept": "v"}}).encode()) == {"data": {"gone": None, "kept": "v"}}
    assert patch({"data": None}).encode() == b'{"data":null}'


@pytest.mark.covers("pitfall-7")
def test_a_partial_model_patches_what_was_set() -> None:
    partial = ConfigMap.model_construct(data=None, immutable=True)
    assert sent(MergePatch(partial).encode()) == {"data": None, "immutable": True}
    spec = PodSpec.model_construct(node_name=None)
    assert sent(MergePatch(Pod.model_construct(spec=spec)).encode()) == {"spec": {"nodeName": None}}


@pytest.mark.covers("pitfall-6")
def test_patches_hold_json_forms_and_models() -> None:
    patch = StrategicMergePatch(
        {"spec": {"containers": [Container(name="c", image=None)], "color": Color.RED, "at": WHEN}}
    )
    assert sent(patch.encode()) == {
        "spec": {"containers": [{"name": "c"}], "color": "red", "at": "2024-02-03T04:05:06Z"}
    }
    operations: list[dict[str, Any]] = [
        {"op": "add", "path": "/spec/at", "value": WHEN},
        {"op": "test", "path": "/data", "value": None},
    ]
    assert sent(JsonPatch(operations).encode()) == [
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
def test_each_patch_names_its_kind(patch: Any, content_type: str) -> None:
    assert patch.content_type == content_type


def test_an_object_sends_nothing_that_is_none() -> None:
    assert encode(ConfigMap(metadata=ObjectMeta(name="a"), data=None)) == (
        b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}'
    )


@pytest.mark.parametrize(
    ("value", "body"),
    [(None, b"null"), ([], b"[]"), ((1, "a"), b'[1,"a"]'), ({"a": {}}, b'{"a":{}}'), ("é", '"é"'.encode())],
)
def test_plain_values(value: object, body: bytes) -> None:
    assert encode(value) == body


HALF = "half \udc80"
DYNAMIC = dynamic_resource("example.com/v1", "Widget", plural="widgets")
HALVES: list[tuple[str, Any, str]] = [
    ("a value", ConfigMap(metadata=ObjectMeta(name="c"), data={"k": HALF}), "data['k']"),
    ("a key", ConfigMap(metadata=ObjectMeta(name="c"), data={HALF: "v"}), "data['half \\udc80']"),
    ("a name", ConfigMap(metadata=ObjectMeta(name=HALF)), "metadata.name"),
    ("a label", ConfigMap(metadata=ObjectMeta(labels={HALF: "v"})), "metadata.labels['half \\udc80']"),
    ("dynamic", DYNAMIC.model_validate({"metadata": {}, "spec": {HALF: 1}}), "spec['half \\udc80']"),
    ("an item", Pod(spec=PodSpec(containers=[Container(name="c", args=["a", HALF])])), "spec.containers[0].args[1]"),
]


@pytest.mark.parametrize(("obj", "place"), [row[1:] for row in HALVES], ids=[row[0] for row in HALVES])
@pytest.mark.parametrize("way", ["object", "model", "plain"])
def test_an_object_with_text_that_utf_8_cannot_encode_is_refused(obj: Any, place: str, way: str) -> None:
    with pytest.raises(EncodeError, match="half of a surrogate pair") as caught:
        encode_object(obj, api_resource(type(obj))) if way == "object" else encode(obj if way == "model" else [obj])
    assert place in caught.value.problem
    assert "half" not in caught.value.problem.replace(place, "").replace(LONE_SURROGATE, ""), "no value is shown"


@pytest.mark.parametrize("body", [{"a": HALF}, {HALF: 1}, ["a", {"b": [HALF]}], HALF, {1: HALF}])
def test_plain_values_with_text_that_utf_8_cannot_encode_are_refused(body: Any) -> None:
    with pytest.raises(EncodeError, match="half of a surrogate pair"):
        encode(body)


@pytest.mark.parametrize("key", ["\ufffd", "a\ufffdb"])
def test_the_replacement_character_itself_is_sent(key: str) -> None:
    obj = ConfigMap(metadata=ObjectMeta(name="c"), data={key: key})
    assert sent(encode_object(obj, api_resource(ConfigMap)))["data"] == {key: key}


@pytest.mark.parametrize("body", [ConfigMap(metadata=ObjectMeta(name="c")), "kind: ConfigMap", [("a", 1)]])
def test_an_apply_patch_takes_plain_values_only(body: Any) -> None:
    with pytest.raises(
        TypeError, match=rf"not {type(body).__name__}; apply a complete object with Api\.apply\(object\)"
    ):
        ApplyPatch(body)
