"""The merge patch that changes one JSON document into another."""

import copy
import json
import random
from typing import Any

import pytest

from kubex.core._json_equal import json_equal
from kubex.core._merge_patch_diff import merge_patch_between
from kubex_testing._objects.merge_patch import apply_merge_patch


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ({}, {}, {}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {}, {"a": None}),
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": True}, {"a": True}),
        ({"a": 0}, {"a": False}, {"a": False}),
        ({"a": 1}, {"a": 1.0}, {}),
        ({"a": "1"}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": None}}),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, {"a": {"b": {"c": 2}}}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": None}}),
        ({}, {"a": {}}, {"a": {}}),
        ({"a": 1}, {"a": {}}, {"a": {}}),
        ({"a": {"b": 1}}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": [1]}),
        ({"a": [1]}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": [1, 2]}, {"a": [2, 1]}, {"a": [2, 1]}),
        ({"a": [{"b": 1}]}, {"a": [{"b": True}]}, {"a": [{"b": True}]}),
        ({"a": [1]}, {"a": []}, {"a": []}),
        ({"a": [1]}, {"a": [1, None]}, {"a": [1, None]}),
        ({"": {"/": 1, "~": 2, "a.b": 3}}, {"": {"/": 4}}, {"": {"/": 4, "~": None, "a.b": None}}),
        # Nulls that stay, and nulls that are removed or replaced
        ({"a": None, "b": 1}, {"a": None, "b": 2}, {"b": 2}),
        ({"a": {"b": None, "c": 1}}, {"a": {"b": None, "c": 2}}, {"a": {"c": 2}}),
        ({"a": [{"b": None}], "c": 1}, {"a": [{"b": None}], "c": 2}, {"c": 2}),
        ({"a": None}, {}, {"a": None}),
        ({"a": None}, {"a": {}}, {"a": {}}),
    ],
)
def test_merge_patch_between_documents_contains_only_the_difference(
    before: dict[str, Any], after: dict[str, Any], patch: dict[str, Any]
) -> None:
    copies = copy.deepcopy((before, after))
    found = merge_patch_between(before, after)
    # The text of 1 differs from that of True.
    assert json.dumps(found, sort_keys=True) == json.dumps(patch, sort_keys=True)
    assert (before, after) == copies
    assert json_equal(apply_merge_patch(before, found), after)


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"a": 1}, {"a": None}, "a"),
        ({}, {"a": None}, "a"),
        ({"spec": {"a": 1}}, {"spec": {"a": None}}, "spec.a"),
        ({"spec": 1}, {"spec": {"a": {"b": None}}}, "spec.a.b"),
        ({"spec": None}, {"spec": {"a": None}}, "spec.a"),
        ({}, {"spec": {"items": [1, {"a": None}]}}, r"spec\.items\[1\]\.a"),
        ({"a": [{"b": None}]}, {"a": [{"b": None}, 1]}, r"a\[0\]\.b"),
        ({}, {"a": [[None, {"b": None}]]}, r"a\[0\]\[1\]\.b"),
    ],
)
def test_merge_patch_that_stores_a_null_raises_and_names_its_path(
    before: dict[str, Any], after: dict[str, Any], path: str
) -> None:
    with pytest.raises(ValueError, match=f"^{path}: .*null"):
        merge_patch_between(before, after)


def test_merge_patch_between_random_documents_changes_one_into_the_other() -> None:
    generator = random.Random(20)  # noqa: S311 - test data
    expressible = 0
    for _ in range(2000):
        before, after = random_object(generator, 4), random_object(generator, 4)
        if generator.random() < 0.7:  # similar documents
            after = copy.deepcopy(before) | {key: value for key, value in after.items() if generator.random() < 0.5}
        try:
            patch = merge_patch_between(before, after)
        except ValueError:
            continue
        expressible += 1
        assert json_equal(apply_merge_patch(before, patch), after)
        assert (patch == {}) == json_equal(before, after)
    assert expressible > 1000


def random_object(generator: random.Random, levels: int) -> dict[str, Any]:
    """Return an object with few different keys, so that two of them have common keys."""
    keys = generator.sample(["a", "b", "c/d", "e~f", "", "g.h"], generator.randint(0, 4))
    return {key: random_value(generator, levels) for key in keys}


def random_value(generator: random.Random, levels: int) -> Any:
    if levels > 0 and generator.random() < 0.6:
        if generator.random() < 0.6:
            return random_object(generator, levels - 1)
        return [random_value(generator, levels - 1) for _ in range(generator.randint(0, 3))]
    return generator.choice([None, True, False, 0, 1, 1.0, 1.5, "", "x"] if generator.random() < 0.3 else [1, 2, "x"])


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), ([1], [True]), ({"a": 1}, {"a": True}), ({}, []), (None, 0), ([1], [1, 1])],
)
def test_different_json_values_are_not_equal(one: object, other: object) -> None:
    assert not json_equal(one, other)
    assert not json_equal(other, one)
    assert json_equal(one, copy.deepcopy(one))
