"""The operators of conditions, their `repr`, functions as conditions, and missing objects."""

import re
from typing import Any

import pytest

from kubex.models import Resource
from kubex_k8s.v1_37.core.v1 import ConfigMap
from kubex_runtime._conditions.condition import as_condition
from kubex_runtime.conditions import (
    Condition,
    OptionalCondition,
    Verdict,
    bound,
    complete,
    condition,
    deleted,
    established,
    exists,
    load_balancer,
    phase,
    ready,
    rolled_out,
)

CONFIG_MAP = {"uid": "1", "name": "web"}


@pytest.mark.parametrize(
    ("metadata", "tested", "expected"),
    [
        (None, deleted(), Verdict(True, "the object does not exist")),
        (CONFIG_MAP, deleted(), Verdict(False, "the object exists, and its deletion was not requested")),
        (CONFIG_MAP, deleted(uid="1"), Verdict(False, "the object exists, and its deletion was not requested")),
        (
            CONFIG_MAP,
            deleted(uid="2"),
            Verdict(True, "the object with the UID 2 does not exist; its name belongs to a new object"),
        ),
        (
            {**CONFIG_MAP, "deletionTimestamp": "2026-01-01T00:00:00Z"},
            deleted(),
            Verdict(False, "the object is being deleted"),
        ),
        (
            {**CONFIG_MAP, "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a/b", "c/d"]},
            deleted(),
            Verdict(False, "the object is being deleted and waits for the finalizers a/b, c/d"),
        ),
        (CONFIG_MAP, exists(), Verdict(True, "the object exists")),
        (None, exists(), Verdict(None, "the object does not exist")),
        (None, ready(), Verdict(None, "the object does not exist")),
        (None, ~ready(), Verdict(None, "the object does not exist")),
        (None, ~deleted(), Verdict(False, "the object does not exist")),
        (CONFIG_MAP, ~deleted(), Verdict(True, "the object exists, and its deletion was not requested")),
    ],
)
def test_missing_object_fulfils_only_deleted(
    metadata: dict[str, Any] | None, tested: OptionalCondition[Resource], expected: Verdict
) -> None:
    obj = None if metadata is None else ConfigMap.model_validate({"metadata": metadata})
    assert tested.evaluate(obj) == expected
    assert tested(obj) is (expected.holds is True)


def test_negated_exists_raises() -> None:
    with pytest.raises(TypeError, match=r"use deleted\(\)"):
        _ = ~exists()


YES, NO, FINAL, STALE_TEXT = "yes", "no", "final", "stale"


def verdict_of(holds: bool | None, text: str, final: bool = False) -> Condition[Resource]:
    return Condition(text, lambda _, __: Verdict(holds, text, final))


OPERANDS = {
    YES: verdict_of(True, YES),
    NO: verdict_of(False, NO),
    FINAL: verdict_of(False, FINAL, final=True),
    STALE_TEXT: verdict_of(None, STALE_TEXT),
}
OBJECT = ConfigMap()


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (YES, YES, Verdict(True, "yes"), Verdict(True, "yes")),
        (YES, NO, Verdict(False, "no"), Verdict(True, "yes")),
        (YES, FINAL, Verdict(False, "final", final=True), Verdict(True, "yes")),
        (YES, STALE_TEXT, Verdict(None, "stale"), Verdict(True, "yes")),
        (NO, FINAL, Verdict(False, "final", final=True), Verdict(False, "no; final")),
        (NO, STALE_TEXT, Verdict(False, "no; stale"), Verdict(None, "no; stale")),
        (FINAL, FINAL, Verdict(False, "final", final=True), Verdict(False, "final", final=True)),
        (FINAL, STALE_TEXT, Verdict(False, "final", final=True), Verdict(None, "final; stale")),
        (STALE_TEXT, STALE_TEXT, Verdict(None, "stale"), Verdict(None, "stale")),
    ],
)
def test_operators_combine_verdicts(first: str, second: str, both: Verdict, either: Verdict) -> None:
    one, other = OPERANDS[first], OPERANDS[second]
    assert (one & other).evaluate(OBJECT) == both
    assert (one | other).evaluate(OBJECT) == either
    for swapped, expected in [((other & one), both), ((other | one), either)]:
        assert swapped.evaluate(OBJECT)[::2] == expected[::2]


@pytest.mark.parametrize(("operand", "expected"), [(YES, False), (NO, True), (FINAL, True), (STALE_TEXT, None)])
def test_negation_of_an_unknown_verdict_is_unknown(operand: str, expected: bool | None) -> None:
    assert (~OPERANDS[operand]).evaluate(OBJECT) == Verdict(expected, operand)


def is_web(obj: Resource) -> bool:
    return obj.metadata.name == "web"


@pytest.mark.parametrize(
    ("tested", "expected"),
    [
        (condition("Ready"), 'condition("Ready")'),
        (condition("Ready", "False"), 'condition("Ready", "False")'),
        (condition("Ready", reason='a"b'), 'condition("Ready", reason="a\\"b")'),
        (phase("Running", "Succeeded"), 'phase("Running", "Succeeded")'),
        (deleted(uid="1"), 'deleted(uid="1")'),
        (ready() & ~condition("Draining"), 'ready() & ~condition("Draining")'),
        ((ready() | exists()) & bound(), "(ready() | exists()) & bound()"),
        (ready() | exists() & bound(), "ready() | exists() & bound()"),
        (~(ready() | complete()), "~(ready() | complete())"),
        (~~ready(), "~~ready()"),
        (ready() & is_web, "ready() & is_web"),
        (deleted() | load_balancer() | rolled_out(), "deleted() | load_balancer() | rolled_out()"),
        (deleted() & established(), "deleted() & established()"),
    ],
)
def test_repr_reads_like_code(tested: OptionalCondition[Resource], expected: str) -> None:
    assert repr(tested) == expected


def test_function_is_called_only_with_existing_objects() -> None:
    web = ConfigMap.model_validate({"metadata": {"name": "web"}})
    assert (deleted() | is_web)(None)
    assert (deleted() | is_web)(web)
    assert not (exists() & is_web)(None)
    assert not (exists() & is_web)(ConfigMap())


def test_condition_is_not_a_bool() -> None:
    with pytest.raises(TypeError, match=r"ready\(\) is a condition and not a bool: combine .* with &, \| and ~"):
        bool(ready())


def test_lambda_is_named_by_its_line() -> None:
    tested: OptionalCondition[Resource] = as_condition(lambda _: False)
    assert tested.evaluate(OBJECT) == Verdict(False, f"{tested!r} returned False")
    assert re.fullmatch(rf"<lambda of line \d+ in {re.escape(__file__)}>", repr(tested))


def is_condition(_: Resource) -> Condition[Resource]:
    return ready()


async def is_ready(_: Resource) -> bool:
    return True


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (is_ready, "is_ready is async, and conditions must not be"),
        (is_condition, r"is_condition returned the condition ready\(\): pass the condition, not the function"),
        ("ready", "expected a condition or a function, not str"),
    ],
)
def test_function_with_a_result_that_is_always_true_raises(function: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        (exists() & function)(OBJECT)
