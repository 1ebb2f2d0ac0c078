"""Whom to act as: what may be said, and the headers that say it."""

from typing import Any

import pytest

from kubex.configuration import ClientConfiguration, Impersonation, credentials_for
from kubex.credentials import CombinedCredentials, StaticCredentials
from kubex.errors import ConfigurationError

URL = "https://api.example.com"


def headers(**fields: Any) -> list[tuple[str, str]]:
    return list(Impersonation(**fields).authentication().headers)


def test_everything_that_is_given_is_sent_each_value_in_a_line() -> None:
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
        ("É", "%C3%89"),  # the server makes the escape small, not what it stands for
        ("!#$&'*+-.^_`|~", "!#$&'*+-.^_`|~"),
        ("\tx\n", "%09x%0A"),
    ],
)
def test_keys_are_written_as_the_server_reads_them(key: str, name: str) -> None:
    assert headers(user="u", extra={key: [""]})[1:] == [(f"Impersonate-Extra-{name}", "")]


def test_texts_are_any_that_headers_can_carry() -> None:
    assert headers(user="jürgen €", groups=["a\tb c"])[1] == ("Impersonate-Group", "a\tb c")


SECRET = "line\r\nX-Injected: yes"


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"user": ""}, "user", "is empty; name a user"),
        ({"user": None, "groups": ["devs"]}, "user", "must be a str, not NoneType"),
        ({"user": "", "uid": "42"}, "user", "is empty; name a user"),
        ({"user": 5}, "user", "must be a str, not int"),
        ({"user": SECRET}, "user", "holds a line break"),
        ({"user": "a\x7f"}, "user", "control character"),
        ({"user": " a"}, "user", "begins or ends with white space"),
        ({"user": "a\ud800"}, "user", "surrogate"),
        ({"user": "a", "uid": ""}, "uid", "is empty; leave it out"),
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
def test_what_cannot_be_meant_or_sent_is_refused_by_name(fields: Any, field: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Impersonation(**fields)
    assert (caught.value.source, caught.value.field) == ("Impersonation", field)
    assert problem in caught.value.problem
    assert "X-Injected" not in str(caught.value)


def test_the_callers_lists_and_dicts_are_not_kept() -> None:
    groups, extra = ["devs"], {"scopes": ["view"]}
    wanted = Impersonation(user="jane", groups=groups, extra=extra)  # type: ignore[arg-type]  # as many will write it
    groups.append("admins")
    extra["scopes"].append("edit")
    extra["more"] = []
    assert wanted == Impersonation(user="jane", groups=("devs",), extra={"scopes": ("view",)})


@pytest.mark.anyio
@pytest.mark.parametrize(
    "fields",
    [{}, {"token": "t"}, {"username": "u", "password": "p"}, {"client_cert_file": "c", "client_key_file": "k"}],
)
async def test_it_goes_with_every_credential(fields: dict[str, str], tmp_path: Any, client_pair: Any) -> None:
    if "client_cert_file" in fields:
        fields = {"client_cert_file": str(tmp_path / "c"), "client_key_file": str(tmp_path / "k")}
        (tmp_path / "c").write_text(client_pair.cert_pem)
        (tmp_path / "k").write_text(client_pair.key_pem)
    plain = await credentials_for(ClientConfiguration(url=URL, **fields)).authenticate()  # type: ignore[arg-type]  # texts all
    wanted = Impersonation(user="jane", groups=("a", "b"))
    source = credentials_for(ClientConfiguration(url=URL, impersonate=wanted, **fields))  # type: ignore[arg-type]  # the same
    answer = await source.authenticate()
    assert answer.headers == (*plain.headers, *wanted.authentication().headers)
    assert answer.tls == plain.tls
    assert isinstance(source, CombinedCredentials if fields else StaticCredentials)
    assert await source.authenticate() is answer
