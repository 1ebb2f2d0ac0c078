"""The items of a list behave as a list of objects whose raw form nobody sees."""

import copy
import json
import pickle
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from kubex.api._decode import Decoder
from kubex.errors import DecodeError
from kubex.models import ObjectMeta, ResourceList
from kubex_k8s.v1_37.core.v1 import ConfigMap


def body(*names: str, more: tuple[Any, ...] = ()) -> bytes:
    items = [{"metadata": {"name": name}, "data": {"n": name}} for name in names]
    return json.dumps(
        {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [*items, *more]}
    ).encode()


def listed(*names: str, more: tuple[Any, ...] = ()) -> ResourceList[ConfigMap]:
    return Decoder(ConfigMap, "ConfigMap").list(body(*names, more=more))


def config_map(name: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name), data={"n": name})


def names(items: Any) -> list[str | None]:
    return [item.metadata.name for item in items]


def test_len_index_slice_and_iteration() -> None:
    items = listed("a", "b", "c").items
    assert len(items) == 3
    assert items[0].metadata.name == "a"
    assert items[-1].metadata.name == "c"
    assert names(items[1:]) == ["b", "c"]
    assert names(items[::-1]) == ["c", "b", "a"]
    assert names(items) == ["a", "b", "c"]
    assert names(reversed(items)) == ["c", "b", "a"]
    with pytest.raises(IndexError):
        _ = items[3]


def test_an_edit_of_an_item_persists() -> None:
    found = listed("a", "b")
    found.items[1].data = {"n": "edited"}
    assert found.items[1].data == {"n": "edited"}
    assert found.items[1] is found.items[1]
    assert found.to_dict()["items"][1]["data"] == {"n": "edited"}


def test_the_sequence_can_be_edited() -> None:
    items = listed("a", "b", "c").items
    del items[0]
    items.append(config_map("z"))
    items.insert(0, config_map("first"))
    items[1] = config_map("second")
    items.extend([config_map("last")])
    assert names(items) == ["first", "second", "c", "z", "last"]
    assert items.pop().metadata.name == "last"
    items[0:2] = [config_map("only")]
    assert names(items) == ["only", "c", "z"]
    items.reverse()
    assert names(items) == ["z", "c", "only"]
    del items[:2]
    assert names(items) == ["only"]
    items.clear()
    assert not items


def test_equality_containment_and_concatenation_see_objects() -> None:
    items = listed("a", "b").items
    same = [ConfigMap.model_validate(item) for item in json.loads(body("a", "b"))["items"]]
    assert items == same
    assert items == listed("a", "b").items
    assert items != listed("a").items
    assert same[1] in items
    assert items.index(same[1]) == 1
    assert items.count(same[0]) == 1
    assert items + same == same + same
    assert same + items == same + same


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copies_and_pickles_are_equal_and_hold_objects(again: Any) -> None:
    assert again(listed("a", "b").items) == listed("a", "b").items
    assert again(listed("a", "b")) == listed("a", "b")
    assert again(listed("a", "b")).items[0].metadata.name == "a"


def test_repr_and_dumps_show_objects() -> None:
    found = listed("a")
    assert "Raw" not in repr(found) + str(found.model_dump()) + found.model_dump_json()
    assert repr(found.items).startswith("[ConfigMap(")
    dumped = found.model_dump()
    assert dumped["items"][0]["data"] == {"n": "a"}
    assert ResourceList[ConfigMap].model_validate(dumped) == found
    assert json.loads(found.to_json())["items"][0] == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"n": "a"},
    }


def test_dumps_inside_a_foreign_model() -> None:
    class Box(BaseModel):
        found: ResourceList[ConfigMap]

    box = Box(found=listed("a", "b"))
    assert [item["metadata"]["name"] for item in box.model_dump()["found"]["items"]] == ["a", "b"]
    assert Box.model_validate_json(box.model_dump_json()) == box


def test_a_list_can_be_made_from_a_plain_list_or_null() -> None:
    made = ResourceList[ConfigMap](items=[config_map("a")])
    assert names(made.items) == ["a"]
    assert len(ResourceList[ConfigMap].model_validate_json('{"items":null}').items) == 0


def test_one_malformed_item_raises_when_it_is_reached_and_names_itself() -> None:
    found = listed("a", more=({"metadata": {"name": "bad", "namespace": "shop"}, "data": 7}, 9))
    assert len(found.items) == 3
    assert found.items[0].data == {"n": "a"}
    assert found.items[1].metadata.name == "bad"
    for _ in range(2):
        with pytest.raises(DecodeError, match="shop/bad"):
            _ = found.items[1].data
        with pytest.raises(DecodeError, match="ConfigMap"):
            _ = found.items[2]


def test_a_repr_decodes_no_items() -> None:
    found = listed("a", "b", "c", more=(7,))
    assert found.items[1].metadata.name == "b"
    assert repr(found.items) == (
        "[<1 not decoded>, ConfigMap(metadata=ObjectMeta(name='b'), data=...), <2 not decoded>]"
    )
    assert "items=[<1 not decoded>, " in repr(found)


def test_a_list_is_a_sequence_of_its_items() -> None:
    found = listed("a", "b", "c")
    assert isinstance(found, Sequence)
    assert names(found) == ["a", "b", "c"]
    assert (len(found), bool(found), bool(listed())) == (3, True, False)
    assert found[0] is found.items[0]
    assert found[-1].metadata.name == "c"
    assert names(found[1:]) == ["b", "c"]
    assert names(reversed(found)) == ["c", "b", "a"]
    assert found[1] in found
    assert (found.index(found[1]), found.count(found[1])) == (1, 1)
    assert [item.metadata.name for item in sorted(found, key=lambda item: item.metadata.name or "")] == ["a", "b", "c"]
    with pytest.raises(IndexError):
        _ = found[3]


def test_only_the_fields_that_the_server_sent_are_set() -> None:
    assert listed("a").model_fields_set == {"kind", "api_version", "metadata", "items"}
    assert Decoder(ConfigMap, "ConfigMap").list(b'{"items":[]}').model_fields_set == {"items"}


def test_taking_items_keeps_none_of_them() -> None:
    items: Any = listed("a", "b").items
    first = items[0]
    assert items.pop_first() is first
    assert items.pop_first().metadata.name == "b"
    assert len(items) == 0
    with pytest.raises(IndexError):
        items.pop_first()


def test_sorting_by_a_key() -> None:
    items: Any = listed("b", "c", "a").items
    items.sort(key=lambda item: item.metadata.name)
    assert names(items) == ["a", "b", "c"]
