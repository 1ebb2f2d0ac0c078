"""Tests of reading the credentials of a proxy from the netrc file."""

import logging
import os
import sys
from pathlib import Path

import pytest

from kubex.client._netrc import add_netrc_credentials
from kubex.core._proxy import Proxy
from kubex.errors import ConfigurationError

PROXY = Proxy(url="http://proxy:3128")


def read_netrc(path: Path, text: str, proxy: Proxy = PROXY) -> Proxy:
    path.write_text(text, encoding="utf-8")
    return add_netrc_credentials(proxy, {"NETRC": str(path)})


# Python 3.10's netrc module does not support quotes, comments, non-ASCII text and entries without a password.
requires_python_3_11 = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="Python 3.10's netrc module supports less syntax"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("machine proxy login me password word", ("me", "word")),
        ("machine proxy\n\tlogin me\n\tpassword word\n", ("me", "word")),
        ("machine PROXY login me password word", ("me", "word")),
        ("machine proxy user me account x password word", ("me", "word")),
        ("machine proxy login me password #word", ("me", "#word")),
        ("machine proxy login me password wo#rd", ("me", "wo#rd")),
        ("machine proxy login #me password word", ("#me", "word")),
        pytest.param(
            "# comment\nmachine proxy login me password word # other", ("me", "word"), marks=requires_python_3_11
        ),
        pytest.param('machine proxy login me password "two words"', ("me", "two words"), marks=requires_python_3_11),
        pytest.param('machine proxy login me password "a\\"b\\\\c"', ("me", 'a"b\\c'), marks=requires_python_3_11),
        pytest.param("machine proxy login me password pä$$", ("me", "pä$$"), marks=requires_python_3_11),
        pytest.param("machine proxy login me", ("me", ""), marks=requires_python_3_11),
        ("machine proxy password word", ("", "word")),
        ("machine other login no password no machine proxy login me password word", ("me", "word")),
        ("default login me password word", ("me", "word")),
        ("machine proxy login me password word\ndefault login no password no", ("me", "word")),
        ("macdef init\ncd /x\nmachine proxy login no\n\nmachine proxy login me password word", ("me", "word")),
        ("machine proxy login machine password default", ("machine", "default")),
    ],
)
def test_entry_of_the_host_provides_user_name_and_password(
    tmp_path: Path, text: str, expected: tuple[str, str]
) -> None:
    proxy = read_netrc(tmp_path / "netrc", text)
    assert (proxy.username, proxy.password) == expected


@pytest.mark.parametrize("text", ["", "machine other login a password marked"])
def test_file_without_the_host_does_not_change_the_proxy(tmp_path: Path, text: str) -> None:
    assert read_netrc(tmp_path / "netrc", text) == PROXY


def test_ipv6_proxy_is_looked_up_without_brackets(tmp_path: Path) -> None:
    proxy = read_netrc(
        tmp_path / "netrc", "machine fd00::1 login me password word", Proxy(url="https://[fd00::1]:3128")
    )
    assert (proxy.username, proxy.password) == ("me", "word")


def test_credentials_in_the_url_take_precedence(tmp_path: Path) -> None:
    proxy = Proxy(url="http://proxy:3128", username="other", password="")
    assert read_netrc(tmp_path / "netrc", "machine proxy login me password word", proxy) == proxy


@pytest.mark.parametrize(
    "text", ["swordfish", "machine proxy swordfish x", "login swordfish", "machine proxy login a\nswordfish x"]
)
def test_malformed_file_logs_a_warning_without_its_content(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    assert read_netrc(tmp_path / "netrc", text) == PROXY
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert str(tmp_path / "netrc") in record.getMessage()
    assert "swordfish" not in record.getMessage()
    assert f"line {text.count(chr(10)) + 1}" in record.getMessage()


def test_file_that_is_not_text_logs_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "netrc").write_bytes(b"machine proxy login a password \xff\xfe")
    assert add_netrc_credentials(PROXY, {"NETRC": str(tmp_path / "netrc")}) == PROXY
    assert "does not follow the format" in caplog.text


def test_unreadable_file_in_the_netrc_variable_logs_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert add_netrc_credentials(PROXY, {"NETRC": str(tmp_path / "none")}) == PROXY
    assert "No such file" in caplog.text
    caplog.clear()
    assert add_netrc_credentials(PROXY, {"NETRC": str(tmp_path)}) == PROXY
    assert len(caplog.records) == 1


@pytest.mark.covers("pitfall-32")
@pytest.mark.parametrize("variable", ["HOME", "USERPROFILE"])
def test_default_file_is_in_the_home_directory(tmp_path: Path, caplog: pytest.LogCaptureFixture, variable: str) -> None:
    assert add_netrc_credentials(PROXY, {}) == PROXY
    assert add_netrc_credentials(PROXY, {variable: str(tmp_path)}) == PROXY
    (tmp_path / ("_netrc" if os.name == "nt" else ".netrc")).write_text("machine proxy login me password word")
    assert add_netrc_credentials(PROXY, {variable: str(tmp_path)}).password == "word"
    assert not caplog.records


def test_file_is_not_read_if_the_proxy_has_credentials(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    complete = Proxy(url="http://proxy", username="a", password="b")
    assert add_netrc_credentials(complete, {"NETRC": str(tmp_path / "none")}) == complete
    assert not caplog.records


def test_credentials_that_socks_cannot_send_raise_and_name_the_entry(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"machine proxy: .* ASCII") as caught:
        read_netrc(
            tmp_path / "netrc", f"machine proxy login me password {'swordfish' * 30}", Proxy(url="socks5://proxy:1080")
        )
    assert "swordfish" not in str(caught.value)
