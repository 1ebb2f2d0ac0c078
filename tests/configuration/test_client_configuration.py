"""Tests of `ClientConfiguration`: valid and invalid fields, equality, and a repr without secrets."""

import pickle
from pathlib import Path
from typing import Any

import pytest

from kubex.configuration import ClientConfiguration, ExecPlugin, OpenIDConnect
from kubex.errors import ConfigurationError

URL = "https://api.example.com:6443"
OIDC = OpenIDConnect(issuer_url="https://id.example.com", client_id="kubex", id_token="t")


def test_only_url_is_required() -> None:
    configuration = ClientConfiguration(url=URL)
    assert configuration.namespace is None
    assert configuration.insecure_skip_tls_verify is False


def test_configurations_compare_by_value_and_pickle() -> None:
    configuration = ClientConfiguration(url=URL, token="t", token_file=Path("t"))
    assert pickle.loads(pickle.dumps(configuration)) == configuration


@pytest.mark.parametrize("url", ["http://a", "https://a/prefix", "https://[::1]:6443", "HTTPS://a:1"])
def test_valid_urls_are_accepted(url: str) -> None:
    assert ClientConfiguration(url=url).url == url


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"url": ""}, "url", "is empty"),
        ({"url": None}, "url", "must be a str"),
        ({"url": "api.example.com:6443"}, "url", "does not start with https://"),
        ({"url": "ftp://a"}, "url", "does not start with https://"),
        ({"url": "https://"}, "url", "does not contain a valid host name"),
        ({"url": "https://a b"}, "url", "does not contain a valid host name"),
        ({"url": "https://127.0.0.1:0"}, "url", "'https://127.0.0.1:0' has port 0, which cannot be used"),
        ({"url": "https://a:port"}, "url", "is not a URL"),
        ({"url": "https://[::1"}, "url", "is not a URL"),
        ({"url": "https://a/b?c=d"}, "url", "query"),
        ({"server_ca_file": "f", "server_ca_data": "d"}, "server_ca_data", "together with server_ca_file"),
        ({"server_ca_file": "f", "insecure_skip_tls_verify": True}, "insecure_skip_tls_verify", "server CA"),
        ({"server_ca_data": "f", "insecure_skip_tls_verify": True}, "insecure_skip_tls_verify", "server CA"),
        ({"insecure_skip_tls_verify": "yes"}, "insecure_skip_tls_verify", "must be of type bool"),
        ({"client_cert_file": "f"}, "client_cert", "without its key"),
        ({"client_key_data": "d"}, "client_key", "without its certificate"),
        ({"client_cert_file": "f", "client_cert_data": "d"}, "client_cert_data", "together with client_cert_file"),
        ({"client_key_file": "f", "client_key_data": "d"}, "client_key_data", "together with client_key_file"),
        ({"username": "u"}, "username", "without password"),
        ({"password": "p"}, "password", "without username"),
        ({"username": "a:b", "password": "p"}, "username", "colon"),
        ({"username": "u", "password": "p", "token": "t"}, "token", "only one way"),
        ({"username": "u", "password": "p", "token_file": "t"}, "token_file", "only one way"),
        ({"oidc": OIDC, "token": "t"}, "oidc", "together with token"),
        ({"oidc": OIDC, "token_file": "t"}, "oidc", "together with token_file"),
        ({"oidc": OIDC, "username": "u", "password": "p"}, "oidc", "together with username"),
        ({"oidc": OIDC, "exec": ExecPlugin(command="c")}, "oidc", "together with exec"),
        ({"oidc": {"issuer_url": "https://a"}}, "oidc", "must be of type OpenIDConnect"),
        ({"token": ""}, "token", "is empty"),
        ({"token": b"bytes"}, "token", "must be a str, not bytes"),
        ({"token": "two\r\nlines"}, "token", "whitespace"),
        ({"token": "a token"}, "token", "whitespace"),
        ({"namespace": ""}, "namespace", "is empty"),
        ({"proxy_url": "proxy.example.com:8080"}, "proxy_url", "is not the URL of a proxy"),
        ({"proxy_url": "socks4://proxy:1080"}, "proxy_url", "'socks4', which is not supported"),
    ],
)
def test_invalid_and_contradictory_fields_raise_and_name_the_field(
    fields: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        ClientConfiguration(**{"url": URL, **fields})
    assert caught.value.field == field
    assert field in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_password_may_be_empty() -> None:
    assert ClientConfiguration(url=URL, username="u", password="").password == ""


def test_repr_does_not_show_secrets() -> None:
    secret = "s3cr3t"
    shown = repr(
        ClientConfiguration(
            url=URL,
            token=secret,
            client_cert_data=secret,
            client_key_data=secret,
            proxy_url=f"http://user:{secret}@proxy",
        )
    ) + repr(ClientConfiguration(url=URL, username="u", password=secret))
    assert secret not in shown
    assert URL in shown


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "https://user:s3cr3t@a"},
        {"token": "s3cr3t\n"},
        {"proxy_url": "http://user:s3cr3t@proxy:port"},
        {"proxy_url": "socks4://user:s3cr3t@proxy"},
        {"proxy_url": "user:s3cr3t@proxy"},
        {"password": "s3cr3t"},
    ],
)
def test_errors_do_not_show_secrets(fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ClientConfiguration(**{"url": URL, **fields})
    assert "s3cr3t" not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None
