"""JSON patch (RFC 6902), JSON merge patch (RFC 7386)."""

import copy
from typing import Any

import pytest

from kubex_testing._objects.json_patch import JsonPatchError, JsonPatchFormatError, apply_json_patch
from kubex_testing._objects.merge_patch import apply_merge_patch


@pytest.mark.parametrize(
    ("document", "operations", "expected"),
    [
        ({"data": {}}, [{"op": "add", "path": "/data/j", "value": "1"}], {"data": {"j": "1"}}),
        ({"data": {"j": "0"}}, [{"op": "add", "path": "/data/j", "value": "1"}], {"data": {"j": "1"}}),
        ({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2]}),
        ({"a": 1}, [{"op": "test", "path": "", "value": {"a": 1}}, {"op": "replace", "path": "", "value": {}}], {}),
        ({"a": 1, "b": 2}, [{"op": "remove", "path": "/b"}], {"a": 1}),
        ({"a": [1, 2]}, [{"op": "remove", "path": "/a/0"}], {"a": [2]}),
        ({"a": [1, 2]}, [{"op": "replace", "path": "/a/0", "value": 9}], {"a": [9, 2]}),
        ({"a": 1}, [{"op": "replace", "path": "/a", "value": None}], {"a": None}),
        ({"a": {"x": 1}, "b": {}}, [{"op": "move", "from": "/a/x", "path": "/b/y"}], {"a": {}, "b": {"y": 1}}),
        ({"a": [1, 2, 3]}, [{"op": "move", "from": "/a/0", "path": "/a/2"}], {"a": [2, 3, 1]}),
        ({"a": 1}, [{"op": "move", "from": "/a", "path": "/a"}], {"a": 1}),
        ({"a": {"x": 1}}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": {"x": 1}, "b": {"x": 1}}),
        ({"a/b": 1, "m~n": 2}, [{"op": "remove", "path": "/a~1b"}, {"op": "remove", "path": "/m~0n"}], {}),
        ({"~1": 1}, [{"op": "test", "path": "/~01", "value": 1}], {"~1": 1}),
        ({"": 1}, [{"op": "remove", "path": "/"}], {}),
        ({"a": [{"b": 1.0}]}, [{"op": "test", "path": "/a", "value": [{"b": 1}]}], {"a": [{"b": 1.0}]}),
        ({"a": 1}, [], {"a": 1}),
        ({"a": {}}, [{"op": "replace", "path": "/a/b", "value": 1}], {"a": {"b": 1}}),
        ({"a": {}}, [{"op": "test", "path": "/a/b", "value": None}], {"a": {}}),
        ({"a": {}}, [{"op": "copy", "from": "/a/b", "path": "/c"}], {"a": {}, "c": None}),
        ({}, [{"op": "add", "path": "/a"}], {"a": None}),
        ({"a": [1, 2]}, [{"op": "remove", "path": "/a/-1"}], {"a": [1]}),
        ({"a": [1, 3]}, [{"op": "add", "path": "/a/01", "value": 2}], {"a": [1, 2, 3]}),
    ],
)
def test_json_patch_is_applied(document: Any, operations: list[Any], expected: Any) -> None:
    before = copy.deepcopy(document)
    assert apply_json_patch(document, operations) == expected
    assert document == before


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/data/j", "value": "2"},
        {"op": "test", "path": "/flag", "value": 1},
        {"op": "remove", "path": "/data/zzz"},
        {"op": "remove", "path": "/list/2"},
        {"op": "replace", "path": "/nope/zzz", "value": 1},
        {"op": "replace", "path": "/list/2", "value": 1},
        {"op": "test", "path": "/list/2", "value": None},
        {"op": "move", "from": "/data/zzz", "path": "/data/y"},
        {"op": "add", "path": "/nope/a", "value": 1},
        {"op": "add", "path": "/list/3", "value": 1},
        {"op": "add", "path": "/list/-4", "value": 1},
        {"op": "add", "path": "/list/x", "value": 1},
        {"op": "remove", "path": "/list/-"},
        {"op": "add", "path": "/data/j/k", "value": 1},
        {"op": "add", "path": "data", "value": 1},
        {"op": "add", "path": "/a~2b", "value": 1},
        {"op": "add", "value": 1},
        {"op": "move", "from": "/data", "path": "/data/j"},
        {"op": "copy", "from": "/nope/x", "path": "/a"},
        {"op": "copy", "path": "/a"},
        {"op": "add", "path": "", "value": {}},
        {"op": "remove", "path": ""},
        {"op": "copy", "from": "", "path": "/a"},
        {"op": "copy", "from": "/data", "path": ""},
        {"op": "test", "path": "", "value": {}},
        {"op": "jump", "path": "/a"},
        {"path": "/a"},
    ],
)
def test_json_patch_that_does_not_apply_changes_nothing(operation: dict[str, Any]) -> None:
    document = {"data": {"j": "1"}, "list": [1, 2], "flag": True}
    before = copy.deepcopy(document)
    with pytest.raises(JsonPatchError):
        apply_json_patch(document, [{"op": "add", "path": "/data/first", "value": 1}, operation])
    assert document == before


def test_patch_does_not_share_values_with_the_result() -> None:
    value = {"x": [1]}
    result = apply_json_patch(
        {}, [{"op": "add", "path": "/a", "value": value}, {"op": "copy", "from": "/a", "path": "/b"}]
    )
    result["a"]["x"].append(2)
    assert value == {"x": [1]}
    assert result["b"] == {"x": [1]}


@pytest.mark.parametrize(
    "operations",
    [{"op": "remove", "path": "/data/zzz"}, "x", 1, [1], [{"op": "remove", "path": 1}], [{"op": True}], [{"from": {}}]],
)
def test_json_patch_must_be_a_list_of_operations(operations: Any) -> None:
    with pytest.raises(JsonPatchFormatError):
        apply_json_patch({}, operations)


def test_json_patch_object_uses_the_message_of_kube_apiserver() -> None:
    with pytest.raises(JsonPatchFormatError) as caught:
        apply_json_patch({}, {"op": "remove"})
    assert str(caught.value) == "json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
    with pytest.raises(JsonPatchFormatError) as caught:
        apply_json_patch({}, [{"op": "add", "path": 3, "value": 1}])
    assert str(caught.value) == "json: cannot unmarshal number into Go struct field jsonPatchOp.path of type string"


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"k": "v2"}, {"k": None, "n": "1"}, {"n": "1"}),
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        # kube-apiserver removes null fields of objects in new lists, unlike RFC 7386. It keeps null items.
        ({}, {"a": [{"b": None, "c": 1}, None, [{"d": None}]]}, {"a": [{"c": 1}, None, [{}]]}),
        ({"a": [1]}, {"a": [{"b": {"c": None}}]}, {"a": [{"b": {}}]}),
        ({"a": {"b": 1}}, {"a": [{"c": None}]}, {"a": [{"c": None}]}),
    ],
)
def test_merge_patch_is_applied(target: Any, patch: Any, expected: Any) -> None:
    before = copy.deepcopy((target, patch))
    assert apply_merge_patch(target, patch) == expected
    assert (target, patch) == before
