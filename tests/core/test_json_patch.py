"""`Pointer`, and the methods of `JsonPatch` that add operations."""

import copy
import json
import pickle
from enum import Enum, IntEnum
from typing import Any

import pytest

from kubex.errors import ConfigurationError
from kubex.patch import JsonPatch, Pointer
from kubex_k8s.v1_37.core.v1 import Container


class Key(str, Enum):
    TEAM = "example.com/team"


class Position(IntEnum):
    SECOND = 1


def body(patch: JsonPatch) -> Any:
    return json.loads(patch.encode())


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((), ""),
        (("",), "/"),
        (("", ""), "//"),
        (("metadata", "labels", "example.com/x"), "/metadata/labels/example.com~1x"),
        (("a~b", "~1", "~0"), "/a~0b/~01/~00"),
        (("spec", "containers", 0, "image"), "/spec/containers/0/image"),
        (("items", "-"), "/items/-"),
        (("ä b\n", '"'), '/ä b\n/"'),
        (("labels", Key.TEAM), "/labels/example.com~1team"),
        (("items", Position.SECOND), "/items/1"),
    ],
)
def test_pointer_escapes_its_parts(parts: tuple[str | int, ...], text: str) -> None:
    pointer = Pointer(*parts)
    assert pointer == text
    assert json.dumps([pointer]) == json.dumps([text])
    assert pointer.parts == tuple(part.value if isinstance(part, Key) else str(part) for part in map(plain, parts))
    for copied in (copy.copy(pointer), copy.deepcopy(pointer), pickle.loads(pickle.dumps(pointer))):
        assert (type(copied), copied) == (Pointer, text)


def plain(part: str | int) -> str | int:
    return part if isinstance(part, str) else int(part)


def test_slash_appends_a_part_to_a_pointer() -> None:
    labels = Pointer("metadata") / "labels"
    assert labels == "/metadata/labels"
    assert labels / "a/b" == Pointer("metadata", "labels", "a/b")
    assert Pointer() / "items" / 0 / "" == "/items/0/"
    assert isinstance(labels / "a", Pointer)
    assert Pointer("spec", "template") / labels / "a/b" == "/spec/template/metadata/labels/a~1b"
    assert Pointer(labels, "a") == "/metadata/labels/a"


@pytest.mark.parametrize("part", [None, True, 1.5, b"a", ["a"]])
def test_pointer_rejects_parts_of_other_types(part: Any) -> None:
    for make in (lambda: Pointer("a", part), lambda: Pointer("a") / part):
        with pytest.raises(TypeError, match="a part of a Pointer is a str or an int, not "):
            make()


def test_pointer_rejects_negative_positions() -> None:
    with pytest.raises(ConfigurationError, match='must be 0 or more, not -1; "-" is the end of a list'):
        Pointer("items", -1)


def test_methods_add_operations_in_order() -> None:
    labels = Pointer("metadata", "labels")
    patch = (
        JsonPatch()
        .test("/data/a", "1")
        .add(labels / "example.com/x", "y")
        .remove("/data/b")
        .replace("/data/c", None)
        .move("/data/e", from_="/data/d")
        .copy("/data/f", from_=labels / "g~")
    )
    assert body(patch) == [
        {"op": "test", "path": "/data/a", "value": "1"},
        {"op": "add", "path": "/metadata/labels/example.com~1x", "value": "y"},
        {"op": "remove", "path": "/data/b"},
        {"op": "replace", "path": "/data/c", "value": None},
        {"op": "move", "path": "/data/e", "from": "/data/d"},
        {"op": "copy", "path": "/data/f", "from": "/metadata/labels/g~0"},
    ]


def test_methods_do_not_change_a_patch() -> None:
    first = JsonPatch().add("/a", 1)
    second, third = first.remove("/b"), first.remove("/c")
    assert body(first) == [{"op": "add", "path": "/a", "value": 1}]
    assert (body(second)[1:], body(third)[1:]) == ([{"op": "remove", "path": "/b"}], [{"op": "remove", "path": "/c"}])
    assert body(JsonPatch()) == []


def test_values_of_a_patch_do_not_change_later() -> None:
    value: dict[str, Any] = {"items": [{"a": 1}]}
    operations: list[dict[str, Any]] = [{"op": "remove", "path": "/a"}]
    built, listed = JsonPatch().add("/a", value), JsonPatch(operations)
    value["items"][0]["a"] = 2
    operations.append({"op": "remove", "path": "/b"})
    assert body(built) == [{"op": "add", "path": "/a", "value": {"items": [{"a": 1}]}}]
    assert body(listed) == [{"op": "remove", "path": "/a"}]


def test_list_form_can_be_extended_and_compared() -> None:
    listed = JsonPatch([{"op": "remove", "path": Pointer("data", "a/b")}])
    assert listed == JsonPatch().remove("/data/a~1b")
    assert body(listed.add("/data/c", "d")) == [
        {"op": "remove", "path": "/data/a~1b"},
        {"op": "add", "path": "/data/c", "value": "d"},
    ]


def test_values_can_be_models() -> None:
    container = Container(name="web", working_dir="/srv")
    patch = JsonPatch().add("/spec/containers/-", container).test("/spec/containers", [container])
    expected = {"name": "web", "workingDir": "/srv"}
    assert [operation["value"] for operation in body(patch)] == [expected, [expected]]


@pytest.mark.parametrize("path", ["data/a", "a", "/a~b", "/~", "/~2", "a/", "#/a", "$.data.a", " /a"])
@pytest.mark.parametrize("method", ["add", "remove", "replace", "test", "move", "copy"])
def test_methods_reject_paths_that_are_not_json_pointers(method: str, path: str) -> None:
    arguments = {"add": ("v",), "replace": ("v",), "test": ("v",)}.get(method, ())
    source: dict[str, str] = {"from_": "/b"} if method in ("move", "copy") else {}
    with pytest.raises(ConfigurationError, match=r"^path: .* is not a JSON pointer: use Pointer"):
        getattr(JsonPatch(), method)(path, *arguments, **source)
    if source:
        with pytest.raises(ConfigurationError, match=r"^from_: .* is not a JSON pointer: use Pointer"):
            getattr(JsonPatch(), method)("/a", from_=path)


def test_repr_of_a_patch_does_not_contain_values() -> None:
    assert repr(JsonPatch().add("/data/password", "secret")) == "JsonPatch()"
