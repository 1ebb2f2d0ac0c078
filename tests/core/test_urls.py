"""Encoding of query strings."""

from urllib.parse import parse_qsl

import pytest

from kubex.core._urls import Query, encode_query
from kubex.errors import ConfigurationError


@pytest.mark.parametrize(
    ("query", "encoded"),
    [
        ({}, ""),
        ({"a": None}, ""),
        ({"watch": True, "pretty": False}, "watch=true&pretty=false"),
        ({"limit": 500, "continue": None}, "limit=500"),
        ({"limit": 0}, "limit=0"),
        ({"empty": ""}, "empty="),
        ({"command": ["sh", "-c", "echo 1 & 2"]}, "command=sh&command=-c&command=echo+1+%26+2"),
        ({"labelSelector": "a in (b,c),!d"}, "labelSelector=a+in+%28b%2Cc%29%2C%21d"),
        ({"nothing": []}, ""),
        ({"na me&": "zoë"}, "na+me%26=zo%C3%AB"),
    ],
)
def test_query_values_are_encoded(query: Query, encoded: str) -> None:
    assert encode_query(query) == encoded


def test_encoded_queries_can_be_parsed() -> None:
    query = {"a": "".join(map(chr, range(1, 300))), "b+c": "%41 +", "d": "=&;#?/"}
    assert dict(parse_qsl(encode_query(query), keep_blank_values=True, strict_parsing=True)) == query


def test_several_values_can_be_an_iterator() -> None:
    assert encode_query({"x": (str(number) for number in range(3))}) == "x=0&x=1&x=2"


@pytest.mark.parametrize("query", [{"q": "a\udc80"}, {"q": ["a", "a\udc80"]}, {"q\udc80": "a"}])
def test_a_lone_surrogate_raises(query: Query) -> None:
    with pytest.raises(ConfigurationError, match="half of a surrogate pair") as caught:
        encode_query(query)
    assert caught.value.field == ascii(next(iter(query)))
    assert caught.value.__context__ is None, "a UnicodeEncodeError contains the value, which can be secret"
