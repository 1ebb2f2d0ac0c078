"""Label and field selectors."""

from enum import Enum
from types import MappingProxyType
from typing import Any, get_type_hints

import pytest

from kubex.api import Api
from kubex.core._selectors import (
    field_selector,
    label_selector,
    restricting_field_selector,
    restricting_label_selector,
)
from kubex.errors import ConfigurationError
from kubex.selectors import EVERYTHING, LabelRequirements, field, label, parse
from kubex_k8s.v1_35.meta.v1 import LabelSelector as OlderLabelSelector
from kubex_k8s.v1_37.meta.v1 import LabelSelector


class Tier(str, Enum):
    WEB = "web"


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (None, None),
        ("app in (a, b),!c", "app in (a, b),!c"),
        ({}, ""),
        ({"matchLabels": "a", "matchExpressions": "b"}, "matchLabels=a,matchExpressions=b"),
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
    with pytest.raises(ConfigurationError, match=f"but the {problem}; use kubex.selectors or a string") as caught:
        select(selector)
    assert caught.value.field == select.__name__


@pytest.mark.parametrize(
    ("key", "value"), [("a", "x,b=c"), ("a", "x y"), ("a", "ü"), ("a", "x\n"), ("a", "_x"), ("a", "x" * 64)]
)
def test_invalid_values_of_labels_raise(key: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"of the label 'a' must be .*; use kubex\.selectors or") as caught:
        label_selector({key: value})
    assert caught.value.field == "label_selector"
    assert f"the value {value!r}" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("a,b", "name 'a,b'"),
        ("!a", "name '!a'"),
        ("", "name ''"),
        ("a-", "name 'a-'"),
        ("x/" + "a" * 64, "name 'aaa"),
        ("/a", "prefix ''"),
        ("X/a", "prefix 'X'"),
        ("x/y/z", "prefix 'x/y'"),
        ("x_y/z", "prefix 'x_y'"),
        ("a." * 126 + "bc/x", "prefix 'a.a."),
    ],
)
def test_invalid_keys_of_labels_raise(key: str, part: str) -> None:
    with pytest.raises(ConfigurationError, match=r"of the label key .* must ") as caught:
        label_selector({key: "x"})
    assert f"label_selector: the {part}" in str(caught.value)
    assert repr(key) in str(caught.value)


@pytest.mark.parametrize("key", ["", "a,b", "a=b", "a!", "a\\", "a b"])
def test_invalid_field_names_raise(key: str) -> None:
    with pytest.raises(ConfigurationError, match="is not the name of a field"):
        field_selector({key: "x"})


@pytest.mark.parametrize("selector", ["a=x\udc80", {"a": "x\udc80"}, {"a\ud800": "x"}])
@pytest.mark.parametrize("select", [label_selector, field_selector])
def test_strings_that_utf_8_cannot_encode_raise(select: Any, selector: object) -> None:
    with pytest.raises(ConfigurationError, match=r"half of a surrogate pair|of the label") as caught:
        select(selector)
    assert caught.value.field == select.__name__


JSON_SELECTOR = {
    "matchLabels": {"app": "web"},
    "matchExpressions": [
        {"key": "tier", "operator": "NotIn", "values": ["db", "cache"]},
        {"key": "canary", "operator": "DoesNotExist"},
        {"key": "zone", "operator": "In", "values": ["a"]},
        {"key": "team", "operator": "Exists", "values": []},
    ],
}
JSON_TEXT = "app=web,!canary,team,tier notin (cache,db),zone in (a)"


class OtherRequirement:
    """A class that does not use Pydantic."""

    key = "tier"
    operator = "Exists"
    values = None


class OtherSelector:
    match_labels = None
    match_expressions = (OtherRequirement(),)


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (parse("app = web, !canary"), "app=web,!canary"),
        (label("app").in_("b", "a") & label("size").exists(), "app in (a,b),size"),
        (parse(""), ""),
        (JSON_SELECTOR, JSON_TEXT),
        (LabelSelector.model_validate(JSON_SELECTOR), JSON_TEXT),
        (OlderLabelSelector.model_validate(JSON_SELECTOR), JSON_TEXT),
        (OtherSelector(), "tier"),
        ({"matchLabels": {"app": "web"}}, "app=web"),
        ({"matchExpressions": [OtherRequirement()]}, "tier"),
        ({"matchLabels": {"app": Tier.WEB}}, "app=web"),
        ({"matchLabels": None}, ""),
        ({"matchLabels": {}, "matchExpressions": []}, ""),
        (LabelSelector(), ""),
        (EVERYTHING, None),
    ],
)
def test_label_selectors_are_objects(selector: Any, text: str | None) -> None:
    assert label_selector(selector) == text


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        ((field("b") == "x,y") & (field("a") != "="), "a!=\\=,b=x\\,y"),
        (field("a") == Tier.WEB, "a=web"),
        (EVERYTHING, None),
    ],
)
def test_field_selectors_are_objects(selector: Any, text: str | None) -> None:
    assert field_selector(selector) == text


@pytest.mark.parametrize(
    ("selector", "problem"),
    [
        ({"matchLabels": {"app": "web"}, "app": "web"}, "LabelSelector has the unknown fields app: expected matchE"),
        ({"matchLabels": {"app": "web"}, "matchExpressions": "x"}, "an item of matchExpressions has key, operator an"),
        ({"matchLabels": ["app"]}, "a LabelSelector has a mapping of labels in matchLabels, and a list in"),
        ({"matchLabels": {"app": None}}, "matchLabels of a LabelSelector contains None, which must be a str"),
        ({"matchLabels": {"a b": "c"}}, "the name 'a b' of the label key 'a b' must have"),
        ({"matchExpressions": [5]}, "an item of matchExpressions has key, operator and values, not int"),
        ({"matchExpressions": [{"operator": "Exists"}]}, "matchExpressions of a LabelSelector contains None"),
        ({"matchExpressions": [{"key": "a"}]}, "the operator of 'a' in matchExpressions must be one of In, NotIn"),
        ({"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]}, "DoesNotExist, not 'Gt'"),
        ({"matchExpressions": [{"key": "a", "operator": "In"}]}, "the operator In of 'a' in matchExpressions needs at"),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": "db"}]}, "must be a list, not str"),
        ({"matchExpressions": [{"key": "a", "operator": "Exists", "values": ["b"]}]}, "does not have values"),
        (
            {"matchExpressions": [{"key": "a", "operator": "In", "values": [None]}]},
            "a of a LabelSelector contains None",
        ),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["x y"]}]}, "the value 'x y' of the label 'a'"),
        ({"matchExpressions": [{"key": "a", "operator": "Exists", "value": "x"}]}, "has the unknown fields value: exp"),
    ],
)
def test_invalid_label_selector_objects_raise(selector: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        label_selector(selector)
    assert caught.value.field == "label_selector"
    with pytest.raises(ValueError, match=problem):
        LabelRequirements.from_model(selector)


@pytest.mark.parametrize(
    "document",
    [
        {"matchLabels": {"app": "web"}, "matchFields": {"a": "b"}},
        {"matchExpressions": [{"key": "a", "operator": "Exists", "minimum": 5}]},
    ],
)
def test_models_with_unknown_fields_raise(document: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="has the unknown fields m"):
        label_selector(LabelSelector.model_validate(document))


class AnySelector:
    """A class that does not check its values."""

    def __init__(self, labels: object, expressions: object) -> None:
        self.match_labels = labels
        self.match_expressions = expressions


@pytest.mark.parametrize(
    ("labels", "expressions", "problem"),
    [
        ("abc", None, "a LabelSelector has a mapping of labels in matchLabels"),
        (None, "abc", "an item of matchExpressions has key, operator and values, not str"),
        (None, 5, "and a list in matchExpressions"),
        (None, [5], "an item of matchExpressions has key, operator and values, not int"),
        (None, [OtherSelector()], "an item of matchExpressions has key, operator and values, not OtherSelector"),
    ],
)
def test_models_with_wrong_values_raise(labels: object, expressions: object, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        label_selector(AnySelector(labels, expressions))


@pytest.mark.parametrize("selector", [LabelSelector, OtherRequirement(), object()])
def test_other_objects_raise(selector: object) -> None:
    with pytest.raises(ConfigurationError, match=r"or a selector of kubex\.selectors, not "):
        label_selector(selector)
    with pytest.raises(TypeError, match="is not a LabelSelector: pass a model with match_labels and match_exp"):
        LabelRequirements.from_model(selector)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_selectors_of_the_other_kind_raise_type_error() -> None:
    with pytest.raises(
        TypeError, match=r"^label_selector: <FieldRequirements 'a=b'> is a field selector: pass it as fi"
    ):
        label_selector(field("a") == "b")
    with pytest.raises(
        TypeError, match=r"^field_selector: <LabelRequirements 'a=b'> is a label selector: pass it as la"
    ):
        field_selector(label("a") == "b")
    with pytest.raises(TypeError, match=r"^label_selector: label\('a'\) is not a requirement: add .* or \.exists\(\)"):
        label_selector(label("a"))
    with pytest.raises(TypeError, match=r"^field_selector: field\('a'\) is not a requirement: add .* \"value\"$"):
        field_selector(field("a"))
    with pytest.raises(ConfigurationError, match="not LabelSelector"):
        field_selector(LabelSelector())


@pytest.mark.parametrize(
    "selector",
    [
        "",
        "  ",
        "\t\n",
        " \0app=web",
        {},
        {"matchLabels": {}},
        {"matchLabels": None},
        LabelSelector(),
        LabelSelector(match_labels={}),
    ],
)
def test_restricting_label_selectors_reject_empty_ones(selector: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"is empty, .* pass EVERYTHING of kubex\.selectors, or leave out"
    ) as caught:
        restricting_label_selector(selector)
    assert caught.value.field == "label_selector"
    with pytest.raises(ConfigurationError, match="is empty"):
        restricting_label_selector(parse(""))


@pytest.mark.parametrize("selector", ["", ",", "=", "!=,==", {}])
def test_restricting_field_selectors_reject_empty_ones(selector: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"is empty, .* pass EVERYTHING of kubex\.selectors, or leave out"
    ) as caught:
        restricting_field_selector(selector)
    assert caught.value.field == "field_selector"


def test_restricting_selectors_accept_everything_and_none() -> None:
    for restricting in (restricting_label_selector, restricting_field_selector):
        assert restricting(EVERYTHING) is None
        assert restricting(None) is None
        assert restricting({"a": "b"}) == "a=b"


def test_type_hints_of_verbs_can_be_read() -> None:
    assert "label_selector" in get_type_hints(Api.list)
