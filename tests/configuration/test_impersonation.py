"""Tests of `Impersonation`: its headers, invalid fields, and the combination with credentials."""

from typing import Any

import pytest

from kubex.configuration import ClientConfiguration, Impersonation, credentials_for
from kubex.credentials import CombinedCredentials, StaticCredentials
from kubex.errors import ConfigurationError

URL = "https://api.example.com"


def headers(**fields: Any) -> list[tuple[str, str]]:
    return list(Impersonation(**fields).authentication().headers)


def test_each_value_is_sent_in_a_separate_header_line() -> None:
    extra = {"scopes": ["view", "development"], "example.com/Team": ["a"], "none": []}
    assert headers(user="jane", uid="42", groups=["devs", "admins"], extra=extra) == [
        ("Impersonate-User", "jane"),
        ("Impersonate-Uid", "42"),
        ("Impersonate-Group", "devs"),
        ("Impersonate-Group", "admins"),
        ("Impersonate-Extra-scopes", "view"),
        ("Impersonate-Extra-scopes", "development"),
        ("Impersonate-Extra-example.com%2Fteam", "a"),
    ]
    assert headers(user="jane") == [("Impersonate-User", "jane")]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Scopes", "scopes"),
        ("a%b", "a%25b"),
        ("a b:c", "a%20b%3Ac"),
        ("schlüssel", "schl%C3%BCssel"),
        ("É", "%C3%89"),  # the server converts the escape to lower case, but not the escaped character
        ("!#$&'*+-.^_`|~", "!#$&'*+-.^_`|~"),
        ("\tx\n", "%09x%0A"),
    ],
)
def test_keys_of_extra_are_escaped_for_the_server(key: str, name: str) -> None:
    assert headers(user="u", extra={key: [""]})[1:] == [(f"Impersonate-Extra-{name}", "")]


def test_values_may_contain_any_character_that_headers_allow() -> None:
    assert headers(user="jürgen €", groups=["a\tb c"])[1] == ("Impersonate-Group", "a\tb c")


SECRET = "line\r\nX-Injected: yes"


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"user": ""}, "user", "is empty; set a user"),
        ({"user": None, "groups": ["devs"]}, "user", "must be a str, not NoneType"),
        ({"user": "", "uid": "42"}, "user", "is empty; set a user"),
        ({"user": 5}, "user", "must be a str, not int"),
        ({"user": SECRET}, "user", "contains a line break"),
        ({"user": "a\x7f"}, "user", "control character"),
        ({"user": " a"}, "user", "starts or ends with whitespace"),
        ({"user": "a\ud800"}, "user", "surrogate"),
        ({"user": "a", "uid": ""}, "uid", "is empty; omit it"),
        ({"user": "a", "uid": "a\n"}, "uid", "line break"),
        ({"user": "a", "groups": "devs"}, "groups", "must be a tuple of str, not str"),
        ({"user": "a", "groups": ["b", ""]}, "groups", "is empty"),
        ({"user": "a", "groups": ["b", 1]}, "groups", "must be a str, not int"),
        ({"user": "a", "extra": [("a", "b")]}, "extra", "must be a dict of tuples of str, not list"),
        ({"user": "a", "extra": {"": ["b"]}}, "extra", "is empty"),
        ({"user": "a", "extra": {1: ["b"]}}, "extra", "must be a str, not int"),
        ({"user": "a", "extra": {"k": "b"}}, "extra['k']", "must be a tuple of str, not str"),
        ({"user": "a", "extra": {"k": ["b\n"]}}, "extra['k']", "line break"),
    ],
)
def test_invalid_fields_raise_and_are_named(fields: Any, field: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Impersonation(**fields)
    assert (caught.value.source, caught.value.field) == ("Impersonation", field)
    assert problem in caught.value.problem
    assert "X-Injected" not in str(caught.value)


def test_lists_and_dicts_of_the_caller_are_copied() -> None:
    groups, extra = ["devs"], {"scopes": ["view"]}
    impersonation = Impersonation(user="jane", groups=groups, extra=extra)  # type: ignore[arg-type]  # lists work too
    groups.append("admins")
    extra["scopes"].append("edit")
    extra["more"] = []
    assert impersonation == Impersonation(user="jane", groups=("devs",), extra={"scopes": ("view",)})


@pytest.mark.anyio
@pytest.mark.parametrize(
    "fields",
    [{}, {"token": "t"}, {"username": "u", "password": "p"}, {"client_cert_file": "c", "client_key_file": "k"}],
)
async def test_impersonation_is_combined_with_all_credentials(
    fields: dict[str, str], tmp_path: Any, client_pair: Any
) -> None:
    if "client_cert_file" in fields:
        fields = {"client_cert_file": str(tmp_path / "c"), "client_key_file": str(tmp_path / "k")}
        (tmp_path / "c").write_text(client_pair.cert_pem)
        (tmp_path / "k").write_text(client_pair.key_pem)
    plain = await credentials_for(ClientConfiguration(url=URL, **fields)).authenticate()  # type: ignore[arg-type]  # all strings
    impersonation = Impersonation(user="jane", groups=("a", "b"))
    source = credentials_for(ClientConfiguration(url=URL, impersonate=impersonation, **fields))  # type: ignore[arg-type]  # all strings
    authentication = await source.authenticate()
    assert authentication.headers == (*plain.headers, *impersonation.authentication().headers)
    assert authentication.tls == plain.tls
    assert isinstance(source, CombinedCredentials if fields else StaticCredentials)
    assert await source.authenticate() is authentication
