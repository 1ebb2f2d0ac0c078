"""The comparison of resource versions."""

import pytest

from kubex_runtime._machine.revisions import is_newer, newest


@pytest.mark.parametrize(
    ("version", "than", "expected"),
    [
        ("2", "1", True),
        ("1", "2", False),
        ("10", "9", True),
        ("9", "10", False),
        ("7", "7", False),
        ("18446744073709551616", "18446744073709551615", True),
        ("abc", "abc", False),
        ("abc", "1", None),
        ("1", "abc", None),
        ("010", "9", None),
        ("0", "1", None),
        ("1", None, None),
        (None, "1", None),
        ("\u0661", "1", None),
    ],
)
def test_is_newer_compares_only_decimal_numbers(version: str | None, than: str | None, expected: bool | None) -> None:
    assert is_newer(version, than) is expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("1", "2", "2"), ("10", "9", "10"), (None, "1", "1"), ("1", None, "1"), (None, None, None), ("1", "x", "x")],
)
def test_newest_prefers_the_second_version_if_it_cannot_compare(
    first: str | None, second: str | None, expected: str | None
) -> None:
    assert newest(first, second) == expected
