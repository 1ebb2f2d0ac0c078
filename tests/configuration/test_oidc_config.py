"""Tests of `OpenIDConnect`: valid and invalid fields, equality, and a repr without secrets."""

import pickle
from pathlib import Path
from typing import Any

import pytest

from kubex.configuration import OpenIDConnect, OpenIDTokens
from kubex.errors import ConfigurationError

VALID: dict[str, Any] = {"issuer_url": "https://id.example.com/realm", "client_id": "kubex", "id_token": "a.b.c"}


@pytest.mark.parametrize(
    "fields",
    [
        {"issuer_url": "http://localhost:8080"},
        {"issuer_url": "http://127.0.0.1:8080/realm/"},
        {"issuer_url": "http://[::1]:8080"},
        {"issuer_url": "HTTPS://id.example.com"},
        {"id_token": None, "refresh_token": "any characters\nare allowed"},
        {"ca_file": Path("ca.pem")},
        {"ca_data": "PEM"},
        {"save": print},
    ],
)
def test_valid_fields_are_accepted(fields: dict[str, Any]) -> None:
    settings = OpenIDConnect(**VALID | fields)
    assert all(getattr(settings, name) == value for name, value in fields.items())


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"issuer_url": ""}, "issuer_url", "is empty"),
        ({"issuer_url": None}, "issuer_url", "must be a str, not NoneType"),
        ({"issuer_url": "http://id.example.com"}, "issuer_url", "must start with https://"),
        ({"issuer_url": "http://10.0.0.1"}, "issuer_url", "must start with https://"),
        ({"issuer_url": "id.example.com"}, "issuer_url", "does not contain a valid host name"),
        ({"issuer_url": "https://"}, "issuer_url", "does not contain a valid host name"),
        ({"issuer_url": "https://id.example.com/a b"}, "issuer_url", "does not contain a valid host name"),
        ({"issuer_url": "https://[::1"}, "issuer_url", "is not a URL"),
        ({"issuer_url": "https://id.example.com:port"}, "issuer_url", "is not a URL"),
        ({"issuer_url": "https://id.example.com/?tenant=1"}, "issuer_url", "query"),
        ({"issuer_url": "https://user:marked-secret@id.example.com"}, "issuer_url", "contains credentials"),
        ({"client_id": ""}, "client_id", "is empty"),
        ({"client_secret": ""}, "client_secret", "omit it"),
        ({"client_secret": b"marked-secret"}, "client_secret", "must be a str, not bytes"),
        ({"id_token": "marked-secret\r\nX-Header: 1"}, "id_token", "whitespace"),
        ({"id_token": None}, "id_token", "log in to the provider"),
        ({"refresh_token": 1}, "refresh_token", "must be a str, not int"),
        ({"ca_file": 1}, "ca_file", "must be a str or a path"),
        ({"ca_file": "ca.pem", "ca_data": "PEM"}, "ca_data", "together with ca_file"),
        ({"save": "file"}, "save", "must be a callable"),
    ],
)
def test_invalid_fields_raise_and_are_named(fields: dict[str, Any], field: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        OpenIDConnect(**VALID | fields)
    assert caught.value.field == field
    assert problem in caught.value.problem
    assert "marked-secret" not in str(caught.value)


def test_settings_compare_by_value_can_be_pickled_and_do_not_show_secrets() -> None:
    secrets: dict[str, Any] = {
        name: f"marked-secret-{name}" for name in ("client_secret", "id_token", "refresh_token", "ca_data")
    }
    settings = OpenIDConnect(**VALID | secrets)
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert settings == OpenIDConnect(**VALID | secrets, save=print)  # save is not compared
    assert "marked-secret" not in repr(settings)
    assert "id.example.com" in repr(settings)
    assert "marked-secret" not in repr(OpenIDTokens(id_token="marked-secret", refresh_token="marked-secret"))
