"""Tests of selecting the proxy, of `NO_PROXY`, and of proxy URLs."""

import base64
import pickle
from typing import Any

import pytest

from kubex.client._no_proxy import bypasses_proxy
from kubex.client._proxy import select_proxy
from kubex.configuration import ClientConfiguration
from kubex.core._proxy import Proxy, parse_proxy
from kubex.errors import ConfigurationError

API = "https://api.example.com:6443"
ENVIRONMENT = {"HTTPS_PROXY": "http://from-environment:1"}


def select(option: Any = None, configured: str | None = None, environ: Any = None, url: str = API) -> str | None:
    configuration = ClientConfiguration(url=url, proxy_url=configured)
    selected = select_proxy(option, configuration, trust_env=environ is not None, environ=environ or {})
    return None if selected is None else selected.url


def test_default_is_a_direct_connection() -> None:
    assert select() is None


@pytest.mark.filterwarnings("ignore:ClientOptions.proxy is the proxy:UserWarning")
def test_option_then_configuration_then_environment_takes_precedence() -> None:
    assert select("http://option:1", "http://configured:1", ENVIRONMENT) == "http://option:1"
    assert select(None, "http://configured:1", ENVIRONMENT) == "http://configured:1"
    assert select(None, None, ENVIRONMENT) == "http://from-environment:1"


@pytest.mark.parametrize(
    ("option", "configured", "expected"),
    [
        ("http://option:1", "http://configured:1", "ClientOptions.proxy is the proxy for https servers, so the "),
        ({"https": "http://option:1"}, "http://configured:1", "ClientOptions.proxy is the proxy for https servers, so"),
        (
            {"http": "http://option:1"},
            "http://configured:1",
            "connects without a proxy, because it does not have an entry",
        ),
        ({}, "http://configured:1", "because it does not have an entry for https servers, so the "),
        ("http://same:1", "http://same:1", None),
        ({"https": "http://same:1"}, "http://same:1", None),
        ("http://option:1", None, None),
        (None, "http://configured:1", None),
    ],
)
def test_option_that_overrides_proxy_url_warns(option: Any, configured: str | None, expected: str | None) -> None:
    warnings: list[str] = []
    configuration = ClientConfiguration(url=API, proxy_url=configured)
    select_proxy(option, configuration, trust_env=True, environ=ENVIRONMENT, warn=warnings.append)
    assert len(warnings) == (expected is not None)
    if expected is not None:
        assert expected in warnings[0]
        assert "proxy_url of the configuration (proxy-url in a kubeconfig) is not used; remove one" in warnings[0]


def test_warning_does_not_show_passwords() -> None:
    warnings: list[str] = []
    configuration = ClientConfiguration(url=API, proxy_url="http://user:swordfish@configured:1")
    select_proxy("http://user:marked@option:1", configuration, trust_env=False, warn=warnings.append)
    assert "swordfish" not in warnings[0]
    assert "marked" not in warnings[0]


def test_environment_is_used_only_with_trust_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://from-environment:1")
    configuration = ClientConfiguration(url=API)
    assert select_proxy(None, configuration, trust_env=False) is None
    assert select_proxy(None, configuration, trust_env=True) == Proxy(url="http://from-environment:1")


def test_option_selects_the_proxy_by_the_scheme_of_the_server() -> None:
    option = {"http": "http://plain:1", "https": "https://secure:2"}
    assert select(option) == "https://secure:2"
    assert select(option, url="http://api.example.com") == "http://plain:1"


def test_option_without_the_scheme_of_the_server_means_a_direct_connection() -> None:
    assert select({"http": "http://plain:1"}, None, ENVIRONMENT) is None


@pytest.mark.parametrize(
    ("url", "environ", "expected"),
    [
        (API, {"https_proxy": "http://a:1"}, "http://a:1"),
        (API, {"HTTP_PROXY": "http://a:1"}, None),
        ("http://api.example.com", {"HTTP_PROXY": "http://a:1"}, "http://a:1"),
        (API, {"ALL_PROXY": "http://a:1"}, "http://a:1"),
        (API, {"ALL_PROXY": "http://a:1", "HTTPS_PROXY": "http://b:1"}, "http://b:1"),
        (API, {"HTTPS_PROXY": "host-alone:3128"}, "http://host-alone:3128"),
        (API, {"HTTPS_PROXY": "http://a:1", "NO_PROXY": "example.com"}, None),
        (API, {"HTTPS_PROXY": "http://a:1", "no_proxy": "example.com"}, None),
        ("https://127.0.0.1:6443", {"HTTPS_PROXY": "http://a:1"}, None),
    ],
)
def test_proxy_variables_select_the_proxy(url: str, environ: dict[str, str], expected: str | None) -> None:
    assert select(environ=environ, url=url) == expected


def test_invalid_proxy_variable_raises_and_is_named() -> None:
    with pytest.raises(ConfigurationError, match="environment, HTTPS_PROXY: has the scheme 'socks4'"):
        select(environ={"https_proxy": "socks4://a:1"})


@pytest.mark.parametrize(
    ("no_proxy", "url", "expected"),
    [
        ("*", API, True),
        ("", API, False),
        ("api.example.com", API, True),
        ("example.com", API, True),
        (".example.com", API, True),
        ("*.example.com", API, True),
        ("EXAMPLE.com", API, True),
        (" other , example.com ", API, True),
        ("ample.com", API, False),
        (".example.com", "https://example.com", False),
        ("api.example.com:6443", API, True),
        ("api.example.com:443", API, False),
        ("example.com:443", "https://example.com", True),
        ("10.0.0.0/8", "https://10.1.2.3:6443", True),
        ("10.0.0.1/8", "https://10.1.2.3:6443", True),
        ("10.0.0.0/8", "https://11.1.2.3:6443", False),
        ("10.0.0.0/8", API, False),
        ("10.0.0.0/99", "https://10.1.2.3:6443", False),
        ("10.1.2.3", "https://10.1.2.3:6443", True),
        ("10.1.2.3:6443", "https://10.1.2.3:6443", True),
        ("10.1.2.3:1", "https://10.1.2.3:6443", False),
        ("2.3", "https://10.1.2.3:6443", False),
        ("fd00::/8", "https://[fd00::1]:6443", True),
        ("fd00::1", "https://[fd00::1]:6443", True),
        ("[fd00::1]:6443", "https://[fd00::1]:6443", True),
        ("[fd00::1]:1", "https://[fd00::1]:6443", False),
        ("*ample.com", API, False),
        ("com:", API, True),
        ("api.example.com:https", API, False),
        (":6443", API, False),
        (".", API, False),
        ("bücher.example", "https://xn--bcher-kva.example", True),
        (".xn--bcher-kva.example", "https://api.bücher.example", True),
        ("10.0.0.1", "https://[::ffff:10.0.0.1]", True),
        ("10.0.0.0/8", "https://[::ffff:10.0.0.1]", True),
        ("::ffff:10.0.0.1", "https://10.0.0.1", True),
        ("fe80::/10", "https://[fe80::1%25eth0]:6443", True),
        ("fe80::1%eth0", "https://[fe80::1]:6443", False),
        ("", "https://localhost:6443", True),
        ("", "https://127.8.8.8:6443", True),
        ("", "https://[::1]:6443", True),
    ],
)
def test_no_proxy_has_the_same_meaning_as_in_go(no_proxy: str, url: str, expected: bool) -> None:
    assert bypasses_proxy(url, no_proxy) is expected


def test_proxy_credentials_are_separated_from_the_url() -> None:
    proxy = parse_proxy("http://us%40er:p%3Aäss@[::1]:8080/")
    assert (proxy.url, proxy.username, proxy.password) == ("http://[::1]:8080", "us@er", "p:äss")
    assert proxy.authorization is not None
    assert base64.b64decode(proxy.authorization.removeprefix("Basic ")).decode() == "us@er:p:äss"
    assert "äss" not in repr(proxy)
    assert "us@er" not in repr(proxy)
    assert pickle.loads(pickle.dumps(proxy)) == proxy


def test_proxy_without_credentials_sends_no_authorization() -> None:
    assert parse_proxy("https://proxy") == Proxy(url="https://proxy")
    assert Proxy(url="https://proxy").authorization is None


@pytest.mark.parametrize(
    "url",
    [
        *("", "proxy", "proxy:8080", "http://", "http://:1", "http://a:b", "http://a b", "http://[::1", "://a"),
        *("http://u:p/w@a:1", "http://u:1/w@a:1", "http://u:1#w@a:1", "http://u:1?w@a:1", "http://a/path"),
        "http://u:\ud800@a:1",
    ],
)
def test_invalid_proxy_urls_raise_an_error_that_does_not_show_them(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"ClientOptions, proxy: is not the URL of a proxy.*%2F for /"):
        select(url)


@pytest.mark.parametrize(("url", "port"), [("socks5://a", 1080), ("socks5h://[::1]:9", 9), ("http://a", None)])
def test_socks_proxy_has_a_default_port(url: str, port: int | None) -> None:
    assert parse_proxy(url).port == port


@pytest.mark.parametrize("login", ["user", "user:", ":word", "us%C3%A9r:word", f"user:{'x' * 256}"])
def test_credentials_that_socks_cannot_send_raise_and_are_not_shown(login: str) -> None:
    with pytest.raises(ConfigurationError, match="each must have 1 to 255 ASCII characters") as caught:
        select(f"socks5://{login}@a:1")
    assert "word" not in str(caught.value).replace("password", "")
    select(f"http://{login}@a:1")


@pytest.mark.covers("pitfall-26")
@pytest.mark.parametrize("scheme", ["socks", "socks4", "ftp"])
def test_unsupported_proxy_scheme_raises_and_is_named(scheme: str) -> None:
    with pytest.raises(ConfigurationError, match=f"proxy.'https'.*: has the scheme '{scheme}'") as caught:
        select({"https": f"{scheme}://user:s3cr3t@a:1"})
    assert "s3cr3t" not in str(caught.value)
