"""Header fields, the syntax of `Warning`, and `Retry-After`."""

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from kubex.core._headers import MAX_RETRY_AFTER, Headers, parse_warning


def test_names_are_case_insensitive_and_fields_can_repeat() -> None:
    headers = Headers([("Warning", "a"), ("X-One", "1"), ("warning", "b")])
    assert headers.get("WARNING") == "a"
    assert headers.get_all("Warning") == ["a", "b"]
    assert headers.get("x-two") is None
    assert headers.get_all("x-two") == []
    assert headers.fields[1] == ("X-One", "1")


def test_headers_are_a_mapping_of_the_first_values() -> None:
    headers = Headers([("Warning", "a"), ("X-One", "1"), ("warning", "b")])
    assert isinstance(headers, Mapping)
    assert headers["x-one"] == "1"
    assert "WARNING" in headers
    assert "x-two" not in headers
    assert (list(headers), len(headers)) == (["Warning", "X-One"], 2)
    assert dict(headers) == {"Warning": "a", "X-One": "1"}
    with pytest.raises(KeyError, match="x-two"):
        headers["x-two"]


def test_the_repr_does_not_contain_values() -> None:
    assert repr(Headers([("Set-Cookie", "secret")])) == "Headers(['Set-Cookie'])"


@pytest.mark.covers("pitfall-14")
@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ('299 - "a is deprecated"', ["a is deprecated"]),
        ('299 - "a, b is deprecated"', ["a, b is deprecated"]),
        ('299 - "one", 299 - "two, too"', ["one", "two, too"]),
        ('299 - "one" , 199 agent:80 "two"', ["one", "two"]),
        (r'299 - "say \"hello\", \\ and go"', [r'say "hello", \ and go']),
        ('299 - "old" "Wed, 21 Oct 2015 07:28:00 GMT"', ["old"]),
        ('299 - "old" "Wed, 21 Oct 2015 07:28:00 GMT", 299 - "new"', ["old", "new"]),
        ('  299   -   "wide"  ', ["wide"]),
        ('299 - ""', []),
        ("", []),
        ('299 - "é ü 日本"', ["é ü 日本"]),
        # Malformed values are not lost.
        ("deprecated", ["deprecated"]),
        ('299 - "never closed', ['299 - "never closed']),
        ('299 - "fine", nonsense', ["fine", "nonsense"]),
        ('29 - "short code"', ['29 - "short code"']),
    ],
)
def test_texts_of_warnings_are_parsed(value: str, texts: list[str]) -> None:
    assert parse_warning(value) == texts


@pytest.mark.covers("pitfall-14")
def test_texts_of_several_warning_fields_are_returned() -> None:
    headers = Headers([("Warning", '299 - "a, b"'), ("Date", "x"), ("warning", '299 - "c"')])
    assert headers.warnings() == ["a, b", "c"]


def test_long_warnings_are_parsed_in_linear_time() -> None:
    assert len(parse_warning('299 - "' + "\\" * 60_000)) == 1
    assert len(parse_warning('299 - "a", ' * 5_000)) == 5_000


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), ("7", 7), (" 12 ", 12), ("1\t", 1), ("120", 120)])
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    assert Headers([("Retry-After", value)]).retry_after() == seconds


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_retry_after_as_a_date(zone: str) -> None:
    when = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=90)).replace("+0000", zone)
    seconds = Headers([("Retry-After", when)]).retry_after()
    assert seconds is not None
    assert 85 < seconds <= 90


def test_a_date_in_the_past_is_zero_seconds() -> None:
    assert Headers([("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")]).retry_after() == 0


@pytest.mark.parametrize(
    "value",
    [
        "",
        "soon",
        "-5",
        "1.5",
        "1e3",
        "nan",
        "inf",
        "²",
        "٣",
        "12\x1c",
        "\x1f12",
        "12\xa0",
        "12\udc80",
        "Wed, 99 Oct 2015 07:28:00 GMT",
        "Wed, 21 Oct 99999 0",
        "Wed, 21 Oct 2015 07:28:00 +9999999",
    ],
)
def test_an_invalid_retry_after_is_none(value: str) -> None:
    assert Headers([("Retry-After", value)]).retry_after() is None


def test_a_missing_retry_after_is_none() -> None:
    assert Headers().retry_after() is None


@pytest.mark.parametrize("value", ["9" * 400, "9" * 5_000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_long_retry_after_is_limited(value: str) -> None:
    assert Headers([("Retry-After", value)]).retry_after() == MAX_RETRY_AFTER


def test_retry_after_does_not_raise() -> None:
    parts = ["Wed,", "21", "Oct", "2015", "07:28:00", "GMT", "-0000", ":", ",", " ", "(", "\\", '"', "9" * 30, "\x1c"]
    for length in range(1, 4):
        for value in itertools.product(parts, repeat=length):
            seconds = Headers([("Retry-After", "".join(value))]).retry_after()
            assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER
