"""Validation of timeouts."""

import math

import pytest

from kubex.core.params import Precondition, Timeout, coerce_timeout
from kubex.errors import ConfigurationError


@pytest.mark.parametrize("phase", ["total", "connect", "read", "write", "pool"])
@pytest.mark.parametrize("value", [0, -1, -0.5, math.inf, math.nan, "5", True, False, [5]])
def test_a_limit_must_be_a_positive_number(phase: str, value: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Timeout(**{phase: value})  # type: ignore[arg-type]  # a program without type checks
    assert caught.value.field == f"Timeout.{phase}"
    assert repr(value) in str(caught.value)
    assert "positive number of seconds" in str(caught.value)


@pytest.mark.parametrize("phase", ["total", "connect", "read", "write", "pool"])
@pytest.mark.parametrize("value", [1, 0.001, 3600.0, None])
def test_a_limit_can_be_a_number_or_none(phase: str, value: float | None) -> None:
    assert getattr(Timeout(**{phase: value}), phase) == value


def test_phases_use_the_limits_of_the_library_by_default() -> None:
    timeout = Timeout(total=30.0)
    assert (timeout.connect, timeout.read, timeout.write, timeout.pool) == (..., ..., ..., ...)
    with pytest.raises(ConfigurationError, match=r"Timeout.total: must be a number of seconds or None, not \.\.\."):
        Timeout(total=...)  # type: ignore[arg-type]  # total does not have a default of the library


@pytest.mark.parametrize("value", [5, 5.0, 0.25])
def test_a_number_is_the_total(value: float) -> None:
    assert coerce_timeout(value, field="f") == Timeout(total=float(value))


@pytest.mark.parametrize("value", [None, ..., Timeout(read=1)])
def test_other_timeouts_are_returned_unchanged(value: object) -> None:
    assert coerce_timeout(value, field="f") is value  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0, -3, math.inf, math.nan, "5", True, (1, 2)])
def test_an_invalid_timeout_raises_and_names_the_argument(value: object) -> None:
    with pytest.raises(ConfigurationError, match="request_timeout: must be") as caught:
        coerce_timeout(value, field="request_timeout")  # type: ignore[arg-type]
    assert repr(value) in str(caught.value)


def test_parameters_are_comparable_and_hashable() -> None:
    assert Timeout(total=1) == Timeout(total=1.0)
    assert len({Timeout(read=1), Timeout(read=1), Precondition(uid="u")}) == 2
