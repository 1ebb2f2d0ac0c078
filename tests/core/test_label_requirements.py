"""Selectors that are built: `label`, `field`, `parse`, and the conversion from and to models."""

import copy
import pickle
import random
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel

from kubex.errors import ConfigurationError
from kubex.models import Model
from kubex.selectors import (
    EVERYTHING,
    FieldRequirements,
    LabelRequirements,
    LabelSelectorTypes,
    field,
    label,
    label_requirements,
    parse,
)
from kubex_k8s.v1_35.meta.v1 import LabelSelector as OlderLabelSelector
from kubex_k8s.v1_37.apps.v1 import Deployment
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from support.selectors import random_labels, random_selector

WEB = (label("app") == "web") & label("tier").not_in("db", "cache") & label("canary").absent()


class Tier(str, Enum):
    WEB = "web"


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (label("app") == "web", "app=web"),
        ("web" == label("app"), "app=web"),  # noqa: SIM300 - the order of the operands is the subject
        (label("app") == "", "app="),
        (label("example.com/app") != "web", "example.com/app!=web"),
        (label("tier").in_("db"), "tier in (db)"),
        (label("tier").in_("db", "cache", "db", ""), "tier in (,cache,db)"),
        (label("tier").not_in(""), "tier notin ()"),
        (label("canary").exists(), "canary"),
        (label("canary").absent(), "!canary"),
        (label("size") > 5, "size>5"),
        (5 < label("size"), "size>5"),  # noqa: SIM300 - the order of the operands is the subject
        (label("size") < 2**63 - 1, "size<9223372036854775807"),
        (label("in").in_("in", "notin"), "in in (in,notin)"),
        (label("tier") == Tier.WEB, "tier=web"),
        (label(Tier.WEB).in_(Tier.WEB), "web in (web)"),
        (WEB, "app=web,!canary,tier notin (cache,db)"),
        ((label("a") == "1") & (label("a") == "1"), "a=1"),
    ],
)
def test_label_requirements_are_written_as_kubernetes_reads_them(selector: LabelRequirements, text: str) -> None:
    assert str(selector) == text
    assert repr(selector) == f"<LabelRequirements {text!r}>"
    assert parse(text) == selector
    assert hash(parse(text)) == hash(selector)


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (field("status.phase") != "Running", "status.phase!=Running"),
        ((field("b") == "x,y=z\\") & (field("a") != ""), "a!=,b=x\\,y\\=z\\\\"),
        (field("metadata.name") == Tier.WEB, "metadata.name=web"),
    ],
)
def test_field_requirements_are_written_as_kubernetes_reads_them(selector: FieldRequirements, text: str) -> None:
    assert str(selector) == text
    assert repr(selector) == f"<FieldRequirements {text!r}>"


def test_order_of_requirements_does_not_matter() -> None:
    first, second = label("a") == "1", label("b") > 1
    assert first & second == second & first
    assert first & second != first
    assert len({first & second, second & first, first}) == 2
    equal, unequal = field("a") == "1", field("b") != "1"
    assert equal & unequal == unequal & equal


@pytest.mark.parametrize("selector", [WEB, field("a") == "b", EVERYTHING])
def test_selectors_are_copied_and_pickled(selector: object) -> None:
    assert copy.deepcopy(selector) == selector
    assert pickle.loads(pickle.dumps(selector)) == selector


def test_everything_has_a_short_repr() -> None:
    assert repr(EVERYTHING) == "EVERYTHING"


@pytest.mark.parametrize("seed", range(20))
def test_parse_reverses_str(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same values in each run
    for _ in range(100):
        selector = random_selector(rng)
        assert parse(str(selector)) == selector


@pytest.mark.parametrize("seed", range(20))
def test_conversion_to_a_model_and_back_selects_the_same_objects(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - the same values in each run
    for _ in range(50):
        selector = random_selector(rng, numbers=False)
        for model in (LabelSelector, OlderLabelSelector):
            created = selector.to_model(model)
            assert type(created) is model
            from_model, from_json = (LabelRequirements.from_model(form) for form in (created, created.to_dict()))
            assert from_model == from_json
            for _ in range(20):
                labels = random_labels(rng)
                assert from_model.matches(labels) is selector.matches(labels)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        (" \t\r\n", ""),
        ("a", "a"),
        ("! a", "!a"),
        (" a = b ", "a=b"),
        ("a==b", "a=b"),
        ("a=", "a="),
        ("a=,b!=", "a=,b!="),
        ("b,a", "a,b"),
        ("a in(x , y)", "a in (x,y)"),
        ("a in (,y,)", "a in (,y)"),
        ("a notin ()", "a notin ()"),
        ("in in (in)", "in in (in)"),
        ("notin", "notin"),
        ("a=in", "a=in"),
        ("a > 05", "a>05"),
        ("x.io/a<7", "x.io/a<7"),
    ],
)
def test_parse_reads_the_syntax_of_kubernetes(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        ",",
        "a,",
        ",a",
        "a,,b",
        "a b",
        "a=b c",
        "a=b=c",
        "a===b",
        "!",
        "!!a",
        "!a=b",
        "!a in (b)",
        "=a",
        "a in b",
        "a in",
        "in (a)",
        "ain(b)",
        "a in (b",
        "a in b)",
        "a in (b c)",
        "a in (b=c)",
        "a not in (b)",
        "a>=5",
        "a\u00a0=b",
        "a\x00",
        "(a)",
    ],
)
def test_parse_rejects_other_texts(text: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid label selector ") as caught:
        parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x=1,a b", r"cannot read 'a b', expected KEY, !KEY, KEY=VALUE, .* separated by commas"),
        ("a in (b c)", r"the values \(b c\) must be separated by commas"),
        ("a_=b", "the name 'a_' of the label key 'a_' must have at most 63"),
        ("X/a", "the prefix 'X' of the label key 'X/a' must be a DNS subdomain"),
        ("a=b_", "the value 'b_' of the label 'a' must be empty, or have at most 63"),
        ("a in (b,ü)", "the value 'ü' of the label 'a' must"),
        ("a>x", "the value 'x' of a > must be an integer from 0 to"),
        ("a<-1", "the value '-1' of a < must be an integer from 0 to"),
        ("a>9223372036854775808", "the value '9223372036854775808' of a > must be an integer"),
    ],
)
def test_errors_of_parse_name_the_part(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse(text)


NUMBERS = [
    "6",
    "007",
    "+6",
    "9223372036854775807",
    "-7",
    "0",
    "5",
    "",
    "x",
    "1_0",
    " 7",
    "\u0667",
    "9" * 63,
    "9" * 5000,
]


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("size>5", ["6", "007", "+6", "9223372036854775807"]),
        ("size<5", ["-7", "0"]),
        ("size=5", ["5"]),
        ("size", NUMBERS),
        ("size!=5,size<5", ["-7", "0"]),
    ],
)
def test_numbers_are_compared_as_64_bit_integers(text: str, selected: list[str]) -> None:
    assert [value for value in NUMBERS if parse(text).matches({"size": value})] == selected


def test_requirements_on_missing_labels() -> None:
    present, missing = {"a": "1"}, {"b": "1"}
    for selector in (label("a") != "2", label("a").not_in("2"), label("a").absent()):
        assert selector.matches(missing)
        assert selector.matches({})
        assert selector.matches(None)
    for selector in (label("a") == "1", label("a").in_("1"), label("a").exists(), label("a") < 2):
        assert selector.matches(present)
        assert not selector.matches(missing)
        assert not selector.matches(None)


def test_to_model_uses_match_labels_for_the_first_value_of_a_label() -> None:
    selector = parse("a=1,a=2,b!=3,c in (4),d,!e")
    assert selector.to_model(LabelSelector).to_dict() == {
        "matchLabels": {"a": "1"},
        "matchExpressions": [
            {"key": "a", "operator": "In", "values": ["2"]},
            {"key": "b", "operator": "NotIn", "values": ["3"]},
            {"key": "c", "operator": "In", "values": ["4"]},
            {"key": "d", "operator": "Exists"},
            {"key": "e", "operator": "DoesNotExist"},
        ],
    }
    assert (label("a") == "1").to_model(LabelSelector).to_dict() == {"matchLabels": {"a": "1"}}
    assert parse("").to_model(LabelSelector).to_dict() == {}


@pytest.mark.parametrize("selector", [label("a") > 5, label("a") < 5])
def test_to_model_rejects_comparisons_with_numbers(selector: LabelRequirements) -> None:
    with pytest.raises(ValueError, match=r"a LabelSelector cannot express a [<>] 5: only label_selector= supports"):
        (selector & WEB).to_model(LabelSelector)


class OnlyLabels(Model):
    match_labels: dict[str, str] | None = None


class WithoutJsonNames(BaseModel):
    """A class that would ignore matchLabels, and select all objects."""

    match_labels: dict[str, str] | None = None
    match_expressions: list[Any] | None = None


@pytest.mark.parametrize("selector", [label("a") == "b", label("a").exists()])
def test_to_model_rejects_a_class_without_the_json_names(selector: LabelRequirements) -> None:
    with pytest.raises(TypeError, match="does not read matchLabels and matchExpressions: pass a class with these JSON"):
        selector.to_model(WithoutJsonNames)


@pytest.mark.parametrize("text", [f"a in ({' ' * 1_000_000}b c)", "a" * 100_000 + " " * 100_000, "a," * 50_000 + "b c"])
def test_parse_takes_linear_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"^invalid label selector "):
        parse(text)


@pytest.mark.parametrize("model", [OnlyLabels, Deployment, dict])
def test_to_model_rejects_other_classes(model: Any) -> None:
    with pytest.raises(TypeError, match="is not a class with match_labels and match_expressions: pass the LabelSel"):
        WEB.to_model(model)


@pytest.mark.parametrize(
    "test",
    [
        lambda: bool(WEB),
        lambda: not WEB,
        lambda: (label("a") == "b") and (label("c") == "d"),
        lambda: (label("a") == "b") or (label("c") == "d"),
        lambda: bool(label("a")),
        lambda: 1 < label("a") < 5,
        lambda: bool(field("a") == "b"),
        lambda: bool(field("a")),
    ],
)
def test_selectors_are_neither_true_nor_false(test: Callable[[], object]) -> None:
    with pytest.raises(
        TypeError, match=r"neither true nor false: combine requirements with & instead of `and`, with par"
    ):
        test()


# Without types, so that type checkers accept wrong operands.
LABEL: Any = label("a")
FIELD: Any = field("a")
REQUIREMENT: Any = label("a") == "b"
FIELD_REQUIREMENT: Any = field("a") == "b"


@pytest.mark.parametrize(
    ("combine", "problem"),
    [
        (
            lambda: REQUIREMENT & FIELD_REQUIREMENT,
            "cannot be combined with &: pass them separately, as label_selector= a",
        ),
        (
            lambda: FIELD_REQUIREMENT & REQUIREMENT,
            "cannot be combined with &: pass them separately, as label_selector= a",
        ),
        (
            lambda: LABEL & FIELD_REQUIREMENT,
            "cannot be combined with &: pass them separately, as label_selector= a",
        ),
        (lambda: REQUIREMENT & LABEL, r"a label without a comparison is not a .* or label\(\"a\"\)\.exists\(\)"),
        (lambda: LABEL & REQUIREMENT, "a label without a comparison is not a requirement"),
        (lambda: LABEL & LABEL, "a label without a comparison is not a requirement"),
        (lambda: FIELD_REQUIREMENT & FIELD, "a field without a comparison is not a requirement"),
        (lambda: label("a") == "b" & REQUIREMENT, "& combines requirements, not 'b': put parentheses around each comp"),
        (lambda: LABEL == "b" & LABEL == "d", "not 'b': put parentheses around each comparison, such as"),
        (lambda: FIELD == "b" & FIELD == "d", r"parentheses around .*, such as \(field\(\"a\"\) == \"b\"\)"),
        (lambda: REQUIREMENT & "a=b", "& combines requirements, not 'a=b'"),
        (lambda: REQUIREMENT & {"a": "b"}, "& combines two requirements, such as .* not one and a dict"),
        (lambda: None & REQUIREMENT, "& combines two requirements, such as .* not one and a NoneType"),
        (lambda: REQUIREMENT & EVERYTHING, "& combines two requirements, such as .* not one and a Everything"),
    ],
)
def test_wrong_operands_raise_type_error(combine: Callable[[], object], problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        combine()


@pytest.mark.parametrize("value", [None, 5, True, ["db", "cache"], b"db", label("a")])
@pytest.mark.parametrize(
    "use",
    [
        lambda value: label("a") == value,
        lambda value: label("a") != value,
        lambda value: label("a").in_("x", value),
        lambda value: label("a").not_in(value),
        lambda value: field("a") == value,
        lambda value: field("a") != value,
    ],
)
def test_values_of_other_types_raise_type_error(use: Callable[[object], object], value: object) -> None:
    with pytest.raises(TypeError, match=rf"the value of \w+\('a'\) must be a str, not {type(value).__name__}: pass "):
        use(value)


@pytest.mark.parametrize("value", ["5", True, 5.0, None])
def test_numbers_of_other_types_raise_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match=r"label\('a'\) > must be followed by an int, not "):
        _ = label("a") > value
    with pytest.raises(TypeError, match=r"label\('a'\) < must be followed by an int, not "):
        _ = label("a") < value


@pytest.mark.parametrize("value", [-1, 2**63])
def test_numbers_out_of_range_raise_value_error(value: int) -> None:
    with pytest.raises(ValueError, match=rf"the value '{value}' of a > must be an integer from 0 to 2\*\*63 - 1"):
        _ = label("a") > value


@pytest.mark.parametrize("use", [lambda: label("a").in_(), lambda: label("a").not_in()])
def test_sets_without_a_value_raise_value_error(use: Callable[[], object]) -> None:
    with pytest.raises(
        ValueError, match=r"in_?\(\) without a value: pass at least one, or use exists\(\) or absent\(\)"
    ):
        use()


@pytest.mark.parametrize("key", ["", "a b", "a=b", "!a", "x/y/z", "X.io/a", "/a", "a/", "a" * 64, "ü"])
def test_invalid_label_keys_raise_value_error(key: str) -> None:
    with pytest.raises(ValueError, match=r"^the (name|prefix) '.*' of the label key "):
        label(key)


@pytest.mark.parametrize("value", ["x,y", "x y", "_x", "x-", "a" * 64, "ü", "x\n"])
def test_invalid_label_values_raise_value_error(value: str) -> None:
    with pytest.raises(ValueError, match=r"^the value '.*' of the label 'a' must be empty, or "):
        _ = label("a") == value
    with pytest.raises(ValueError, match=r"^the value '.*' of the label 'a' must be empty, or "):
        label("a").not_in("x", value)


@pytest.mark.parametrize("name", ["", "a,b", "a=b", "a!", "a\\", "a b"])
def test_invalid_field_names_raise_value_error(name: str) -> None:
    with pytest.raises(ValueError, match=r"is not the name of a field, such as 'metadata\.name'"):
        field(name)


def test_field_values_that_utf_8_cannot_encode_raise_value_error() -> None:
    with pytest.raises(ValueError, match=r"the field 'a' or its value contains half of a surrogate pair"):
        _ = field("a") == "\udc80"


def test_labels_have_a_repr() -> None:
    assert repr(label("example.com/a")) == "label('example.com/a')"
    assert repr(field("metadata.name")) == "field('metadata.name')"


@pytest.mark.parametrize(
    "selector",
    [
        "app in (a,b),!c",
        {"app": "a"},
        label("app") == "a",
        {"matchLabels": {"app": "a"}},
        {"matchExpressions": [{"key": "app", "operator": "In", "values": ["a"]}]},
    ],
)
def test_label_requirements_accepts_every_form_of_a_selector(selector: LabelSelectorTypes) -> None:
    requirements = label_requirements(selector)
    assert requirements.matches({"app": "a"})
    assert not requirements.matches({"app": "x"})
    assert not requirements.matches(None)


@pytest.mark.parametrize("selector", [None, "", {}, EVERYTHING])
def test_label_requirements_of_an_empty_selector_select_all_objects(selector: LabelSelectorTypes) -> None:
    assert label_requirements(selector).matches(None)


@pytest.mark.parametrize("selector", ["app in (a", {"app": "a,b"}, 5])
def test_label_requirements_of_an_invalid_selector_raise_a_configuration_error(selector: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^label_selector: "):
        label_requirements(selector)
