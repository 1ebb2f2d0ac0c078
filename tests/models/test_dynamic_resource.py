"""Classes from `dynamic_resource()`, partial metadata, lists and watch events."""

import json
import pickle
from copy import deepcopy

import pytest

from kubex.models import (
    ClusterResource,
    EventType,
    NamespacedObjectMetadata,
    NamespacedResource,
    ObjectMeta,
    PartialObjectMetadata,
    ResourceList,
    WatchEvent,
    api_resource,
    dynamic_resource,
    markers,
)
from kubex.models._lazy.decode import decode_lazily
from kubex.models.markers import HasExec, HasLogs, HasScale, HasStatus
from kubex_codegen._resources import MARKERS as CODEGEN_MARKERS
from kubex_k8s.v1_37.core.v1 import ConfigMap

BODY = {
    "apiVersion": "example.com/v1",
    "kind": "Gadget",
    "metadata": {"name": "g"},
    "spec": {"size": 3, "nested": {"none": None}},
    "status": {"ready": True},
}


class GadgetSubclass(dynamic_resource("example.com/v1", "Gadget", plural="gadgets")):  # type: ignore[misc]  # a run-time base class
    """A user's subclass of a class that was created at run time."""


@pytest.mark.parametrize("lazily", [False, True])
def test_dynamic_object_is_read_and_written_by_json_names(lazily: bool) -> None:
    kind = dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
    gadget = decode_lazily(kind, json.dumps(BODY).encode(), "Gadget") if lazily else kind.model_validate(deepcopy(BODY))
    assert gadget["spec"]["size"] == 3
    gadget["spec"]["size"] = 4
    gadget["data"] = {"new": [1]}
    with pytest.raises(KeyError, match="missing"):
        gadget["missing"]
    assert gadget.metadata.name == "g"
    assert gadget.to_dict() == {
        **BODY,
        "spec": {"size": 4, "nested": {"none": None}},
        "data": {"new": [1]},
    }


@pytest.mark.parametrize("lazily", [False, True])
def test_common_fields_are_accessible_by_json_name(lazily: bool) -> None:
    kind = dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
    gadget = decode_lazily(kind, json.dumps(BODY).encode(), "Gadget") if lazily else kind.model_validate(BODY)
    assert (gadget["apiVersion"], gadget["kind"], gadget["metadata"].name) == ("example.com/v1", "Gadget", "g")
    gadget["apiVersion"] = "example.com/v2"
    gadget["metadata"] = ObjectMeta(name="h")
    assert json.loads(gadget.to_json())["apiVersion"] == gadget.api_version == "example.com/v2"
    assert gadget.to_json().count(b"apiVersion") == 1
    assert gadget.metadata.name == "h"


@pytest.mark.parametrize("lazily", [False, True])
@pytest.mark.parametrize("name", ["schema", "copy", "json", "dict", "validate", "construct", "get", "to_json", "_odd"])
def test_field_with_the_name_of_a_method_is_preserved(name: str, lazily: bool) -> None:
    kind = dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
    gadget = decode_lazily(kind, json.dumps(BODY).encode(), "Gadget") if lazily else kind.model_validate(BODY)
    assert name not in gadget
    gadget[name] = {"new": 1}
    assert name in gadget
    assert gadget[name] == gadget.get(name) == {"new": 1}
    assert gadget.to_dict() == {**BODY, name: {"new": 1}}
    assert json.loads(gadget.to_json()) == {**BODY, name: {"new": 1}}
    assert name in gadget.model_fields_set


@pytest.mark.parametrize("lazily", [False, True])
def test_in_get_and_del_work_as_for_a_dict(lazily: bool) -> None:
    kind = dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
    gadget = decode_lazily(kind, json.dumps(BODY).encode(), "Gadget") if lazily else kind.model_validate(BODY)
    assert "spec" in gadget
    assert "metadata" in gadget
    assert "missing" not in gadget
    assert (gadget.get("missing"), gadget.get("missing", 1), gadget.get("kind")) == (None, 1, "Gadget")
    del gadget["spec"]
    assert "spec" not in gadget
    assert gadget.to_dict() == {name: value for name, value in BODY.items() if name != "spec"}
    with pytest.raises(KeyError, match="spec"):
        del gadget["spec"]


def test_declared_fields_of_a_subclass_are_accessible_by_json_name() -> None:
    class Sized(GadgetSubclass):
        frame_size: int = 0

    sized = Sized.model_validate({**BODY, "frameSize": 3})
    assert "frameSize" in sized
    sized["frameSize"] += 1
    assert (sized["frameSize"], sized.frame_size, sized.to_dict()["frameSize"]) == (4, 4, 4)


def test_dynamic_class_has_a_scope_and_an_api_resource() -> None:
    namespaced = dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
    cluster_scoped = dynamic_resource("v1", "Node", plural="nodes", namespaced=False)
    assert issubclass(namespaced, NamespacedResource)
    assert issubclass(cluster_scoped, ClusterResource)
    assert api_resource(namespaced).group_resource == "gadgets.example.com"
    assert (
        api_resource(cluster_scoped).group,
        api_resource(cluster_scoped).api_version,
        api_resource(cluster_scoped).plural,
    ) == ("", "v1", "nodes")
    assert (cluster_scoped().api_version, cluster_scoped().kind) == ("v1", "Node")
    assert namespaced.__name__ == "Gadget"


@pytest.mark.covers("pitfall-17")
def test_dynamic_classes_have_separate_defaults() -> None:
    one, two = dynamic_resource("a/v1", "One", plural="ones"), dynamic_resource("b/v1", "Two", plural="twos")
    assert (one().kind, two().kind, dynamic_resource("c/v1", "Three", plural="threes")().kind) == (
        "One",
        "Two",
        "Three",
    )


def test_dynamic_object_can_be_pickled() -> None:
    gadget = dynamic_resource("example.com/v1", "Gadget", plural="gadgets").model_validate(BODY)
    unpickled = pickle.loads(pickle.dumps(gadget))
    assert unpickled == gadget
    assert type(unpickled) is dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
    assert unpickled["spec"] == BODY["spec"]
    assert pickle.loads(pickle.dumps(GadgetSubclass.model_validate(BODY))) == GadgetSubclass.model_validate(BODY)


def test_subresources_of_a_dynamic_class_add_markers() -> None:
    names = ["status", "scale", "log", "unknown"]
    kind = dynamic_resource("example.com/v1", "Gadget", plural="gadgets", subresources=names, verbs=["get"])
    assert issubclass(kind, HasStatus)
    assert issubclass(kind, HasScale)
    assert issubclass(kind, HasLogs)
    assert not issubclass(kind, HasExec)
    assert (api_resource(kind).verbs, api_resource(kind).subresources) == (frozenset({"get"}), frozenset(names))
    assert not issubclass(dynamic_resource("example.com/v1", "Gadget", plural="gadgets"), HasStatus)
    unpickled = pickle.loads(pickle.dumps(kind.model_validate(BODY)))
    assert type(unpickled) is kind
    assert unpickled["spec"] == BODY["spec"]


def test_each_marker_belongs_to_a_subresource() -> None:
    classes = {getattr(markers, name) for name in markers.__all__ if name != "MARKERS"}
    assert set(markers.MARKERS.values()) == classes
    assert {name: marker.__name__ for name, marker in markers.MARKERS.items()} == CODEGEN_MARKERS


def test_partial_object_metadata_has_metadata() -> None:
    partial = PartialObjectMetadata.model_validate(
        {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "a"}}
    )
    assert partial.metadata.name == "a"
    assert issubclass(NamespacedObjectMetadata, NamespacedResource)


def test_resource_list_is_read_from_json() -> None:
    page = ResourceList[ConfigMap].model_validate_json(
        '{"metadata": {"resourceVersion": "7", "continue": "c"}, "items": [{"metadata": {"name": "a"}}]}'
    )
    assert page.resource_version == "7"
    assert page.metadata.continue_ == "c"
    assert [item.metadata.name for item in page.items] == ["a"]
    assert isinstance(page.items[0], ConfigMap)


@pytest.mark.covers("pitfall-9")
@pytest.mark.parametrize("items", ["null", "[]"])
def test_null_items_are_read_as_an_empty_list(items: str) -> None:
    assert list(ResourceList[ConfigMap].model_validate_json(f'{{"items": {items}}}').items) == []


def test_watch_events_with_equal_fields_are_equal() -> None:
    item = ConfigMap(metadata=ObjectMeta(name="a", resource_version="5"))
    event = WatchEvent(EventType.ADDED, item)
    assert event == WatchEvent(EventType.ADDED, item)
    assert event.resource_version == "5"


def test_event_type_equals_its_text() -> None:
    kind = EventType("ADDED")
    assert (kind, str(kind), f"{kind:6}", {"ADDED": 1}[kind]) == (EventType.ADDED, "ADDED", "ADDED ", 1)
    assert json.dumps(kind) == '"ADDED"'
