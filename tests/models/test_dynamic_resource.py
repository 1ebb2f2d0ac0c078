"""Kinds without a model, metadata alone, lists and events."""

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
)
from kubex.models._lazy.decode import decode_lazily
from kubex_k8s.v1_37.core.v1 import ConfigMap

BODY = {
    "apiVersion": "example.com/v1",
    "kind": "Gadget",
    "metadata": {"name": "g"},
    "spec": {"size": 3, "nested": {"none": None}},
    "status": {"ready": True},
}


class Sprocket(dynamic_resource("example.com/v1", "Gadget", plural="gadgets")):  # type: ignore[misc]  # its base is made here
    """A user's own class on top of one made at run time."""


@pytest.mark.parametrize("lazily", [False, True])
def test_an_untyped_object_is_read_and_written_by_json_names(lazily: bool) -> None:
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
def test_the_fields_that_every_object_has_are_there_by_json_name_too(lazily: bool) -> None:
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
def test_a_field_called_as_a_method_is_kept(name: str, lazily: bool) -> None:
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
def test_fields_can_be_looked_for_and_removed(lazily: bool) -> None:
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


def test_fields_that_a_users_class_declares_go_by_their_json_names_as_well() -> None:
    class Sized(Sprocket):
        frame_size: int = 0

    sized = Sized.model_validate({**BODY, "frameSize": 3})
    assert "frameSize" in sized
    sized["frameSize"] += 1
    assert (sized["frameSize"], sized.frame_size, sized.to_dict()["frameSize"]) == (4, 4, 4)


def test_scope_and_facts_of_an_untyped_kind() -> None:
    namespaced = dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
    wide = dynamic_resource("v1", "Node", plural="nodes", namespaced=False)
    assert issubclass(namespaced, NamespacedResource)
    assert issubclass(wide, ClusterResource)
    assert api_resource(namespaced).group_resource == "gadgets.example.com"
    assert (api_resource(wide).group, api_resource(wide).api_version, api_resource(wide).plural) == ("", "v1", "nodes")
    assert (wide().api_version, wide().kind) == ("v1", "Node")
    assert namespaced.__name__ == "Gadget"


@pytest.mark.covers("pitfall-17")
def test_two_untyped_kinds_share_nothing() -> None:
    one, two = dynamic_resource("a/v1", "One", plural="ones"), dynamic_resource("b/v1", "Two", plural="twos")
    assert (one().kind, two().kind, dynamic_resource("c/v1", "Three", plural="threes")().kind) == (
        "One",
        "Two",
        "Three",
    )


def test_an_untyped_object_can_be_pickled() -> None:
    gadget = dynamic_resource("example.com/v1", "Gadget", plural="gadgets").model_validate(BODY)
    twin = pickle.loads(pickle.dumps(gadget))
    assert twin == gadget
    assert type(twin) is dynamic_resource("example.com/v1", "Gadget", plural="gadgets")
    assert twin["spec"] == BODY["spec"]
    assert pickle.loads(pickle.dumps(Sprocket.model_validate(BODY))) == Sprocket.model_validate(BODY)


def test_metadata_alone() -> None:
    partial = PartialObjectMetadata.model_validate(
        {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": {"name": "a"}}
    )
    assert partial.metadata.name == "a"
    assert issubclass(NamespacedObjectMetadata, NamespacedResource)


def test_a_list_by_itself() -> None:
    page = ResourceList[ConfigMap].model_validate_json(
        '{"metadata": {"resourceVersion": "7", "continue": "c"}, "items": [{"metadata": {"name": "a"}}]}'
    )
    assert page.resource_version == "7"
    assert page.metadata.continue_ == "c"
    assert [item.metadata.name for item in page.items] == ["a"]
    assert isinstance(page.items[0], ConfigMap)


@pytest.mark.covers("pitfall-9")
@pytest.mark.parametrize("items", ["null", "[]"])
def test_a_list_of_null_is_empty(items: str) -> None:
    assert list(ResourceList[ConfigMap].model_validate_json(f'{{"items": {items}}}').items) == []


def test_events_are_values() -> None:
    item = ConfigMap(metadata=ObjectMeta(name="a", resource_version="5"))
    event = WatchEvent(EventType.ADDED, item)
    assert event == WatchEvent(EventType.ADDED, item)
    assert event.resource_version == "5"


def test_an_event_type_is_its_text() -> None:
    kind = EventType("ADDED")
    assert (kind, str(kind), f"{kind:6}", {"ADDED": 1}[kind]) == (EventType.ADDED, "ADDED", "ADDED ", 1)
    assert json.dumps(kind) == '"ADDED"'
