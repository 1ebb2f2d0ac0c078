"""The values of ClientOptions: defaults, coercion, validation, and their representation."""

import dataclasses
import inspect
import math
from types import EllipsisType
from typing import Any

import pytest

import kubex.client
import kubex.core.params
from kubex.client import ClientChoice, ClientChoise, ClientOptions, RetryPolicy, create_client
from kubex.configuration import ClientConfiguration
from kubex.core.params import Timeout
from kubex.errors import ConfigurationError


@pytest.mark.covers("options-signature")
def test_client_options_have_the_documented_fields_and_defaults() -> None:
    defaults = {field.name: getattr(ClientOptions(), field.name) for field in dataclasses.fields(ClientOptions)}
    assert defaults == {
        "timeout": ...,
        "log_api_warnings": True,
        "proxy": None,
        "keep_alive": True,
        "keep_alive_timeout": ...,
        "buffer_size": ...,
        "ws_max_message_size": ...,
        "pool_size": ...,
        "pool_size_per_host": ...,
        "trust_env": False,
        "retry": RetryPolicy(),
        "user_agent": None,
        "field_manager": None,
        "verify_x509_strict": ...,
        "http2": False,
        "pause_gc": True,
        "max_compression_ratio": 200.0,
        "observers": (),
        "on_write": None,
    }


@pytest.mark.covers("options-code-create_client")
def test_create_client_has_the_documented_parameters() -> None:
    parameters = inspect.signature(create_client).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "configuration": None,
        "client_class": ClientChoise.AUTO,
        "options": None,
    }


@pytest.mark.covers("options-code-client_choise")
def test_client_choise_is_also_named_client_choice() -> None:
    assert ClientChoice is ClientChoise
    assert [choice.name for choice in ClientChoise] == ["AUTO", "AIOHTTP", "HTTPX", "HTTPX2"]
    assert (ClientChoise.AIOHTTP, ClientChoise.HTTPX, ClientChoise.HTTPX2) == ("aiohttp", "httpx", "httpx2")
    assert kubex.client.__all__ == sorted(kubex.client.__all__)


CODE: list[str] = [
    "ClientOptions(timeout=Timeout(total=30.0), log_api_warnings=False)",
    "ClientOptions(timeout=Timeout(total=30.0), log_api_warnings=True)",
    'ClientOptions(proxy="http://user:pass@proxy.corp.example.com:8080")',
    'ClientOptions(proxy={"https": "http://proxy.corp.example.com:8080"})',
    "ClientOptions(keep_alive_timeout=60.0)",
    "ClientOptions(keep_alive_timeout=None)",
    "ClientOptions(buffer_size=1024 * 1024)",
    "ClientOptions(buffer_size=None)",
    "ClientOptions(ws_max_message_size=8 * 1024 * 1024)",
    "ClientOptions(ws_max_message_size=None)",
    "ClientOptions(pool_size=10)",
    "ClientOptions(pool_size=None)",
    'ClientConfiguration(url="https://my-cluster:6443", token="my-token")',
]


@pytest.mark.covers("options-code-options")
@pytest.mark.parametrize("code", CODE)
def test_documented_code_runs(code: str) -> None:
    names = {"ClientOptions": ClientOptions, "Timeout": Timeout, "ClientConfiguration": ClientConfiguration}
    assert eval(code, names) is not None  # noqa: S307 - the constants above


@pytest.mark.covers("options-timeout-number")
@pytest.mark.parametrize("number", [30, 30.0])
def test_number_becomes_a_total_timeout(number: float) -> None:
    assert ClientOptions(timeout=number).timeout == Timeout(total=30.0)


@pytest.mark.covers("options-timeout-default", "options-timeout-none", "options-timeout-timeout")
@pytest.mark.parametrize("timeout", [..., None, Timeout(connect=1, read=2)])
def test_other_timeouts_are_not_converted(timeout: Timeout | EllipsisType | None) -> None:
    assert ClientOptions(timeout=timeout).timeout is timeout


def test_options_are_frozen_and_can_be_replaced() -> None:
    options = dataclasses.replace(ClientOptions(timeout=5, proxy={"https": "http://p:1"}), pool_size=3)
    assert (options.timeout, options.pool_size) == (Timeout(total=5.0), 3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.pool_size = 4  # type: ignore[misc]  # the test checks that this raises


def test_proxy_dict_is_copied() -> None:
    proxies = {"https": "http://p:1"}
    options = ClientOptions(proxy=proxies)
    proxies["http"] = "http://q:1"
    assert options.proxy == {"https": "http://p:1"}


INVALID_VALUES: list[tuple[str, Any, str]] = [
    *(("timeout", value, "positive number of seconds") for value in (0, -1, math.inf, math.nan)),
    *(("timeout", value, "a number of seconds or a Timeout") for value in ("5", True, [1])),
    *(
        (name, value, "True or False")
        for name in ("log_api_warnings", "keep_alive", "trust_env", "pause_gc")
        for value in (None, 1)
    ),
    *(
        (name, value, "an integer above 0")
        for name in ("buffer_size", "ws_max_message_size", "pool_size", "pool_size_per_host")
        for value in (0, -1, 1.5, "10", True, math.inf)
    ),
    *(("max_compression_ratio", value, "at least 1, or None") for value in (0, 0.5, -1, math.inf, math.nan)),
    *(("keep_alive_timeout", value, "0 or more") for value in (-1, math.inf, math.nan, "5", True)),
    ("proxy", 5, "a URL, a dict of URLs by scheme, or None"),
    ("proxy", ["http://p"], "a URL, a dict of URLs by scheme, or None"),
    ("proxy", {"ftp": "http://p:1"}, '"http" and "https" only'),
    ("proxy", {"https": None}, "a URL for 'https'"),
    ("proxy", "proxy.corp.example.com:8080", "http://host:port"),
    ("proxy", "", "http://host:port"),
    ("proxy", "http://", "http://host:port"),
    ("proxy", "socks4://p:1", "'socks4', which is not supported"),
    ("proxy", "socks5://user@p:1", "1 to 255 ASCII characters"),
    ("proxy", {"https": "p:1"}, "http://host:port"),
    ("retry", 3, "a RetryPolicy or None"),
    ("user_agent", "", "printable ASCII text"),
    ("user_agent", " ", "printable ASCII text"),
    ("user_agent", "a\r\nX: y", "printable ASCII text"),
    ("user_agent", "ü", "printable ASCII text"),
    ("user_agent", 5, "printable ASCII text"),
    ("field_manager", "", "1 to 128 characters"),
    ("field_manager", "a" * 129, "1 to 128 characters"),
    ("field_manager", "a\nb", "printable text"),
    *(("verify_x509_strict", value, "..., True or False") for value in (None, 1, "no")),
]


@pytest.mark.parametrize(("name", "value", "remedy"), INVALID_VALUES)
def test_invalid_option_values_raise_and_name_the_field(name: str, value: Any, remedy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ClientOptions(**{name: value})
    assert f"ClientOptions.{name}" in str(caught.value)
    assert remedy in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        *(("max_attempts", value, "an integer of at least 1") for value in (0, -1, True, 2.5, "3", None)),
        *(
            (name, value, "0 or more")
            for name in ("initial_delay", "max_delay", "max_retry_after")
            for value in (-1, math.inf, math.nan, "1", None, True)
        ),
    ],
)
def test_invalid_retry_policy_raises_and_names_the_field(name: str, value: Any, remedy: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        RetryPolicy(**{name: value})
    assert f"RetryPolicy.{name}" in str(caught.value)
    assert remedy in str(caught.value)


PASSWORD = "secret-proxy-password"


@pytest.mark.parametrize("proxy", [f"http://user:{PASSWORD}@p:1", {"https": f"http://user:{PASSWORD}@p:1"}])
def test_repr_does_not_contain_proxy_credentials(proxy: Any) -> None:
    options = ClientOptions(proxy=proxy)
    assert PASSWORD not in repr(options)
    assert PASSWORD not in str(options)
    assert "proxy" not in repr(options)


@pytest.mark.parametrize(
    "proxy",
    [
        f"user:{PASSWORD}@p:1",
        f"socks4://user:{PASSWORD}@p:1",
        f"http://user:{PASSWORD}@p:port",
        {"https": f"user:{PASSWORD}@p:1"},
        [f"http://user:{PASSWORD}@p:1"],
        {"ftp": f"http://user:{PASSWORD}@p:1"},
    ],
)
def test_errors_do_not_contain_proxy_credentials(proxy: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ClientOptions(proxy=proxy)
    assert PASSWORD not in str(caught.value)
    assert PASSWORD not in repr(caught.value.__cause__)
