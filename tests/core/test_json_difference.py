"""`JsonPatch.between()` without a server."""

import random
from typing import Any

import pytest
from pydantic import Field

from kubex.core._json_difference import MAX_OPERATIONS
from kubex.errors import EncodeError
from kubex.models import (
    ManagedFieldsEntry,
    ManagedObjectMeta,
    NamespacedObjectMetadata,
    ObjectMeta,
    Scale,
    ScaleSpec,
    dynamic_resource,
)
from kubex.patch import JsonPatch
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.core.v1 import ConfigMap, Container
from support.json_patch import apply_json_patch
from support.random_json import changed, random_value

Thing = dynamic_resource("example.com/v1", "Thing", plural="things")


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values are equal and have the same types; the order of keys does not matter."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and bool(one == other)


@pytest.mark.parametrize("seed", range(20))
def test_between_applied_to_before_gives_after(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - a reproducible sequence
    for _ in range(100):
        before = random_value(source)
        after = changed(source, before)
        operations = JsonPatch.between(before, after).operations
        assert is_same(apply_json_patch(before, operations), after), (before, after)
        assert bool(operations) is not is_same(before, after)


@pytest.mark.parametrize(
    ("before", "after", "operations"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [("replace", "/a/c", 3)]),
        ({"a": {"b": 1}}, {"a": {}}, [("remove", "/a/b")]),
        ({"a": {}}, {"a": {"b": 1}}, [("add", "/a/b", 1)]),
        ({}, {"a": {"b": {"c": 1}}}, [("add", "/a", {"b": {"c": 1}})]),
        ({"a": None}, {}, [("remove", "/a")]),
        ({}, {"a": None}, [("add", "/a", None)]),
        ({"a": None}, {"a": {}}, [("replace", "/a", {})]),
        ({"a": [1, 2]}, {"a": [1, 2, 3]}, [("replace", "/a", [1, 2, 3])]),
        ({"a": {"b": 1}}, {"a": [1]}, [("replace", "/a", [1])]),
        ({"a": 1}, {"a": True}, [("replace", "/a", True)]),
        ({"a": [0]}, {"a": [False]}, [("replace", "/a", [False])]),
        ({"a": [1, 2.0]}, {"a": [1.0, 2]}, []),
        ({"x/y": 1, "": 1}, {"x/y": 2}, [("replace", "/x~1y", 2), ("remove", "/")]),
        ({"a": (1, 2)}, {"a": [1, 2]}, []),
        ([1], {"a": 1}, [("replace", "", {"a": 1})]),
    ],
)
def test_between_contains_only_the_differences(before: Any, after: Any, operations: list[tuple[Any, ...]]) -> None:
    names = ("op", "path", "value")
    expected = [dict(zip(names, operation, strict=False)) for operation in operations]
    assert list(JsonPatch.between(before, after).operations) == expected


def test_between_ignores_metadata_of_the_server() -> None:
    class Managed(ConfigMap):
        metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)

    server_owned = {"uid": "u", "resourceVersion": "1", "generation": 2, "creationTimestamp": "2026-01-02T03:04:05Z"}
    read = Managed.model_validate({"metadata": {"name": "a", "labels": {"a": "b"}, **server_owned}})
    read.metadata.managed_fields = [ManagedFieldsEntry(manager="m")]
    written = Managed(metadata=ManagedObjectMeta(name="a", labels={"a": "c"}))
    expected = [{"op": "replace", "path": "/metadata/labels/a", "value": "c"}]
    assert list(JsonPatch.between(read, written).operations) == expected
    assert list(JsonPatch.between(read, written.to_dict()).operations) == expected
    assert list(JsonPatch.between(read.to_dict(), written).operations) == expected
    assert len(JsonPatch.between(read.to_dict(), written.to_dict()).operations) == 1 + len(server_owned) + 1
    read_scale = Scale.model_validate({"metadata": {"name": "a", **server_owned}, "spec": {"replicas": 1}})
    written_scale = Scale(metadata=ObjectMeta(name="a"), spec=ScaleSpec(replicas=2))
    assert [operation["path"] for operation in JsonPatch.between(read_scale, written_scale).operations] == [
        "/spec/replicas"
    ]
    # Templates have metadata, too, which does not belong to the server.
    inner = {"template": {"metadata": {"generation": 1}}}
    thing = Thing.model_validate({"metadata": {"name": "a"}, "spec": inner})
    other = Thing.model_validate({"metadata": {"name": "a"}, "spec": {}})
    assert [operation["path"] for operation in JsonPatch.between(thing, other).operations] == ["/spec/template"]


def test_between_compares_models_and_their_nulls() -> None:
    before = Thing.model_validate({"metadata": {"name": "a"}, "spec": {"null": None, "size": 1}, "other": None})
    after = before.model_copy(deep=True)
    assert JsonPatch.between(before, after) == JsonPatch()
    after["spec"]["size"] = None
    after["spec"].pop("null")
    after["other"] = None  # None of the program is not sent
    assert sorted(map(str, JsonPatch.between(before, after).operations)) == [
        "{'op': 'remove', 'path': '/other'}",
        "{'op': 'remove', 'path': '/spec/null'}",
        "{'op': 'replace', 'path': '/spec/size', 'value': None}",
    ]
    deployment = Deployment.model_validate(
        {
            "metadata": {"name": "a"},
            "spec": {
                "selector": {},
                "template": {"metadata": {"creationTimestamp": None}, "spec": {"containers": [{"name": "a"}]}},
            },
        }
    )
    changed = deployment.model_copy(deep=True)
    assert changed.spec is not None
    assert changed.spec.template.spec is not None
    changed.spec.template.spec.containers.append(Container(name="b"))
    (operation,) = JsonPatch.between(deployment, changed).operations
    assert operation["path"] == "/spec/template/spec/containers"
    assert operation["value"] == [{"name": "a"}, {"name": "b"}]


def test_between_of_partial_metadata_can_be_applied_to_the_object() -> None:
    read = NamespacedObjectMetadata.model_validate(
        {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "a"}}
    )
    changed = read.model_copy(deep=True)
    changed.metadata.labels = {"a": "b"}
    expected = {"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}
    assert list(JsonPatch.between(read, changed).operations) == [expected]


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        pytest.param(
            {"keep": 1, "data": {str(n): 0 for n in range(MAX_OPERATIONS)}},
            {"keep": 1, "data": {str(n): 1 for n in range(MAX_OPERATIONS)}},
            MAX_OPERATIONS,
            id="exactly the limit",
        ),
        pytest.param(
            {"keep": 1, "data": {str(n): 0 for n in range(MAX_OPERATIONS + 1)}},
            {"keep": 2, "data": {str(n): 1 for n in range(MAX_OPERATIONS + 1)}},
            ["/keep", "/data"],
            id="one map",
        ),
        pytest.param(
            {"small": {"x": 1, "y": 1}, "large": {str(n): 0 for n in range(MAX_OPERATIONS)}},
            {"small": {"x": 2, "y": 2}, "large": {str(n): 1 for n in range(MAX_OPERATIONS)}},
            ["/small/x", "/small/y", "/large"],
            id="only the largest map",
        ),
        pytest.param(
            {"spec": {str(n): {"a": 0} for n in range(MAX_OPERATIONS + 1)}},
            {"spec": {str(n): {"a": 1} for n in range(MAX_OPERATIONS + 1)}},
            ["/spec"],
            id="many small maps",
        ),
        pytest.param(
            {str(n): 0 for n in range(MAX_OPERATIONS + 1)},
            {str(n): 1 for n in range(MAX_OPERATIONS + 1)},
            [""],
            id="the document",
        ),
        pytest.param({}, {str(n): 1 for n in range(MAX_OPERATIONS + 1)}, [""], id="added keys"),
        pytest.param({str(n): 1 for n in range(MAX_OPERATIONS + 1)}, {}, [""], id="removed keys"),
    ],
)
def test_between_replaces_maps_that_differ_in_too_many_keys(before: Any, after: Any, paths: int | list[str]) -> None:
    operations = JsonPatch.between(before, after).operations
    if isinstance(paths, int):
        assert len(operations) == paths
    else:
        assert [operation["path"] for operation in operations] == paths
    assert apply_json_patch(before, operations) == after


def test_between_never_replaces_the_metadata_of_an_object() -> None:
    def labels_and_data(value: str, count: int) -> ConfigMap:
        values = {str(number): value for number in range(count)}
        return ConfigMap(metadata=ObjectMeta(name="a", labels=values), data=values)

    operations = JsonPatch.between(labels_and_data("0", 6_000), labels_and_data("1", 6_000)).operations
    paths = [operation["path"] for operation in operations]
    assert paths == ["/metadata/labels", *(f"/data/{number}" for number in range(6_000))]
    operations = JsonPatch.between(labels_and_data("0", 10_001), labels_and_data("1", 10_001)).operations
    assert [operation["path"] for operation in operations] == ["/metadata/labels", "/data"]


@pytest.mark.parametrize("other", [None, [1], "text", {}, {"metadata": None}, {"metadata": [1]}])
def test_between_accepts_an_object_and_a_value(other: Any) -> None:
    obj = ConfigMap(metadata=ObjectMeta(name="a"))
    assert apply_json_patch(obj.to_dict(), JsonPatch.between(obj, other).operations) == other
    assert apply_json_patch(other, JsonPatch.between(other, obj).operations) == obj.to_dict()


def test_between_rejects_text_that_utf8_cannot_encode() -> None:
    with pytest.raises(EncodeError, match="half of a surrogate pair"):
        JsonPatch.between({"a": "b"}, {"a": "\ud800"})
