"""Label and field selectors."""

from enum import Enum
from types import MappingProxyType
from typing import Any

import pytest

from kubex.core._selectors import field_selector, label_selector
from kubex.errors import ConfigurationError


class Tier(str, Enum):
    WEB = "web"


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (None, None),
        ("app in (a, b),!c", "app in (a, b),!c"),
        ({}, ""),
        ({"app": "web", "example.com/tier_1": "A.b-c"}, "app=web,example.com/tier_1=A.b-c"),
        ({"empty": ""}, "empty="),
        (MappingProxyType({"tier": Tier.WEB}), "tier=web"),
        (Tier.WEB, "web"),
    ],
)
def test_label_selectors_are_strings_or_mappings(selector: Any, text: str | None) -> None:
    assert repr(label_selector(selector)) == repr(text)


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (None, None),
        ("metadata.name!=a", "metadata.name!=a"),
        ({"metadata.name": "a", "status.phase": ""}, "metadata.name=a,status.phase="),
        ({"spec.color": "a,b=c\\d"}, "spec.color=a\\,b\\=c\\\\d"),
    ],
)
def test_values_of_field_selectors_are_escaped(selector: Any, text: str | None) -> None:
    assert field_selector(selector) == text


@pytest.mark.parametrize("selector", [["app=web", "tier=db"], [], ("a=b",), {"a"}, b"app=web", 5, True, iter("a")])
@pytest.mark.parametrize("select", [label_selector, field_selector])
def test_other_types_than_strings_and_mappings_raise(select: Any, selector: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        select(selector)
    assert caught.value.field == select.__name__
    assert str(caught.value).startswith(f"{select.__name__}: must be a string such as ")
    assert str(caught.value).endswith(f"not {type(selector).__name__}")


@pytest.mark.parametrize(
    ("selector", "problem"),
    [
        ({"a": None}, "value must be a str, not NoneType"),
        ({"a": 5}, "value must be a str, not int"),
        ({"a": ["b"]}, "value must be a str, not list"),
        ({1: "b"}, "key must be a str, not int"),
    ],
)
@pytest.mark.parametrize("select", [label_selector, field_selector])
def test_keys_and_values_of_mappings_must_be_strings(select: Any, selector: object, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=f"but the {problem}; pass other requirements as a string") as caught:
        select(selector)
    assert caught.value.field == select.__name__


@pytest.mark.parametrize(
    ("key", "value"), [("a", "x,b=c"), ("a", "x y"), ("a", "ü"), ("a", "x\n"), ("a,b", "x"), ("!a", ""), ("", "x")]
)
def test_invalid_labels_raise(key: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match="contains the invalid label") as caught:
        label_selector({key: value})
    assert repr(key) in str(caught.value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("key", ["", "a,b", "a=b", "a!", "a\\", "a b"])
def test_invalid_field_names_raise(key: str) -> None:
    with pytest.raises(ConfigurationError, match="is not the name of a field"):
        field_selector({key: "x"})


@pytest.mark.parametrize("selector", ["a=x\udc80", {"a": "x\udc80"}, {"a\ud800": "x"}])
@pytest.mark.parametrize("select", [label_selector, field_selector])
def test_strings_that_utf_8_cannot_encode_raise(select: Any, selector: object) -> None:
    with pytest.raises(ConfigurationError, match=r"half of a surrogate pair|contains the invalid label") as caught:
        select(selector)
    assert caught.value.field == select.__name__
