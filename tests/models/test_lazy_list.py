"""`LazyList` and `ResourceList`: items are decoded when they are read, and the list behaves like a list of objects."""

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


def list_json(*names: str, more: tuple[Any, ...] = ()) -> bytes:
    items = [{"metadata": {"name": name}, "data": {"n": name}} for name in names]
    return json.dumps(
        {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [*items, *more]}
    ).encode()


def decode_list(*names: str, more: tuple[Any, ...] = ()) -> ResourceList[ConfigMap]:
    return Decoder(ConfigMap, "ConfigMap").list(list_json(*names, more=more))


def config_map(name: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name), data={"n": name})


def names(items: Any) -> list[str | None]:
    return [item.metadata.name for item in items]


def test_list_supports_len_index_slice_and_iteration() -> None:
    items = decode_list("a", "b", "c").items
    assert len(items) == 3
    assert items[0].metadata.name == "a"
    assert items[-1].metadata.name == "c"
    assert names(items[1:]) == ["b", "c"]
    assert names(items[::-1]) == ["c", "b", "a"]
    assert names(items) == ["a", "b", "c"]
    assert names(reversed(items)) == ["c", "b", "a"]
    with pytest.raises(IndexError):
        _ = items[3]


def test_change_of_an_item_persists() -> None:
    result = decode_list("a", "b")
    result.items[1].data = {"n": "edited"}
    assert result.items[1].data == {"n": "edited"}
    assert result.items[1] is result.items[1]
    assert result.to_dict()["items"][1]["data"] == {"n": "edited"}


def test_items_can_be_added_replaced_and_removed() -> None:
    items = decode_list("a", "b", "c").items
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


def test_comparison_search_and_concatenation_use_objects() -> None:
    items = decode_list("a", "b").items
    same = [ConfigMap.model_validate(item) for item in json.loads(list_json("a", "b"))["items"]]
    assert items == same
    assert items == decode_list("a", "b").items
    assert items != decode_list("a").items
    assert same[1] in items
    assert items.index(same[1]) == 1
    assert items.count(same[0]) == 1
    assert items + same == same + same
    assert same + items == same + same


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copies_and_pickles_are_equal_and_contain_objects(duplicate: Any) -> None:
    assert duplicate(decode_list("a", "b").items) == decode_list("a", "b").items
    assert duplicate(decode_list("a", "b")) == decode_list("a", "b")
    assert duplicate(decode_list("a", "b")).items[0].metadata.name == "a"


def test_repr_and_dumps_contain_objects() -> None:
    result = decode_list("a")
    assert "Raw" not in repr(result) + str(result.model_dump()) + result.model_dump_json()
    assert repr(result.items).startswith("[ConfigMap(")
    dumped = result.model_dump()
    assert dumped["items"][0]["data"] == {"n": "a"}
    assert ResourceList[ConfigMap].model_validate(dumped) == result
    assert json.loads(result.to_json())["items"][0] == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"n": "a"},
    }


def test_list_can_be_dumped_inside_another_pydantic_model() -> None:
    class Box(BaseModel):
        result: ResourceList[ConfigMap]

    box = Box(result=decode_list("a", "b"))
    assert [item["metadata"]["name"] for item in box.model_dump()["result"]["items"]] == ["a", "b"]
    assert Box.model_validate_json(box.model_dump_json()) == box


def test_list_can_be_created_from_a_plain_list_or_null() -> None:
    created = ResourceList[ConfigMap](items=[config_map("a")])
    assert names(created.items) == ["a"]
    assert len(ResourceList[ConfigMap].model_validate_json('{"items":null}').items) == 0


def test_malformed_item_raises_when_it_is_read_and_is_named() -> None:
    result = decode_list("a", more=({"metadata": {"name": "bad", "namespace": "shop"}, "data": 7}, 9))
    assert len(result.items) == 3
    assert result.items[0].data == {"n": "a"}
    assert result.items[1].metadata.name == "bad"
    for _ in range(2):
        with pytest.raises(DecodeError, match="shop/bad"):
            _ = result.items[1].data
        with pytest.raises(DecodeError, match="ConfigMap"):
            _ = result.items[2]


def test_repr_does_not_decode_items() -> None:
    result = decode_list("a", "b", "c", more=(7,))
    assert result.items[1].metadata.name == "b"
    assert repr(result.items) == (
        "[<1 not decoded>, ConfigMap(metadata=ObjectMeta(name='b'), data=...), <2 not decoded>]"
    )
    assert "items=[<1 not decoded>, " in repr(result)


def test_resource_list_is_a_sequence_of_its_items() -> None:
    result = decode_list("a", "b", "c")
    assert isinstance(result, Sequence)
    assert names(result) == ["a", "b", "c"]
    assert (len(result), bool(result), bool(decode_list())) == (3, True, False)
    assert result[0] is result.items[0]
    assert result[-1].metadata.name == "c"
    assert names(result[1:]) == ["b", "c"]
    assert names(reversed(result)) == ["c", "b", "a"]
    assert result[1] in result
    assert (result.index(result[1]), result.count(result[1])) == (1, 1)
    assert [item.metadata.name for item in sorted(result, key=lambda item: item.metadata.name or "")] == ["a", "b", "c"]
    with pytest.raises(IndexError):
        _ = result[3]


def test_fields_set_contains_only_received_fields() -> None:
    assert decode_list("a").model_fields_set == {"kind", "api_version", "metadata", "items"}
    assert Decoder(ConfigMap, "ConfigMap").list(b'{"items":[]}').model_fields_set == {"items"}


def test_pop_first_removes_the_reference_to_the_object() -> None:
    items: Any = decode_list("a", "b").items
    first = items[0]
    assert items.pop_first() is first
    assert items.pop_first().metadata.name == "b"
    assert len(items) == 0
    with pytest.raises(IndexError):
        items.pop_first()


def test_sort_orders_items_by_a_key() -> None:
    items: Any = decode_list("b", "c", "a").items
    items.sort(key=lambda item: item.metadata.name)
    assert names(items) == ["a", "b", "c"]
