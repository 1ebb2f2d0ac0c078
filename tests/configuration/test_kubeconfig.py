"""Tests of reading a kubeconfig: each field, errors with their place, and the YAML rules of kubectl."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.configuration._context import ConfigOverrides
from kubex.configuration._load import from_kubeconfig
from kubex.errors import ConfigurationError

WriteKubeconfig = Callable[..., Path]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.covers("kubeconfig-tls-server-name", "kubeconfig-context-namespace")
@pytest.mark.anyio
async def test_current_context_is_read(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig(
        {"tls-server-name": "name", "insecure-skip-tls-verify": True, "proxy-url": "http://proxy:3128"},
        {"token": "t"},
        {"namespace": "ns"},
    )
    assert await configure_from_kubeconfig(path) == ClientConfiguration(
        url="https://192.0.2.1:6443",
        tls_server_name="name",
        insecure_skip_tls_verify=True,
        proxy_url="http://proxy:3128",
        token="t",
        namespace="ns",
    )


def test_certificates_are_read_from_base64_data(write_kubeconfig: WriteKubeconfig) -> None:
    in_lines = "\n".join([encoded("CA")[:2], encoded("CA")[2:], ""])
    path = write_kubeconfig(
        {"certificate-authority-data": in_lines},
        {"client-certificate-data": encoded("CERT"), "client-key-data": encoded("KEY")},
    )
    configuration = from_kubeconfig(path)
    assert (configuration.server_ca_data, configuration.client_cert_data) == ("CA", "CERT")
    assert configuration.client_key_data == "KEY"


@pytest.mark.covers("pitfall-28", "kubeconfig-relative-paths")
def test_file_names_are_relative_to_the_kubeconfig(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "elsewhere"
    path = write_kubeconfig(
        {"certificate-authority": "ca.pem"},
        {"client-certificate": "pki/cert.pem", "client-key": "./pki/key.pem", "tokenFile": "token"},
        path=folder / "config",
    )
    (folder / "pki").mkdir()
    for name in ("ca.pem", "pki/cert.pem", "pki/key.pem", "token"):
        (folder / name).write_text("x")
    monkeypatch.chdir(tmp_path)
    configuration = from_kubeconfig(path.relative_to(tmp_path))
    assert configuration.server_ca_file == folder / "ca.pem"
    assert configuration.client_cert_file == folder / "pki/cert.pem"
    assert configuration.client_key_file == folder / "pki/key.pem"
    assert configuration.token_file == folder / "token"


@pytest.mark.covers(
    "pitfall-28", "kubeconfig-certificate-authority", "kubeconfig-client-certificate", "kubeconfig-client-key"
)
def test_data_takes_precedence_over_a_file_which_is_not_opened(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig(
        {"certificate-authority": "missing", "certificate-authority-data": encoded("CA")},
        {
            "client-certificate": "missing",
            "client-certificate-data": encoded("CERT"),
            "client-key": "missing",
            "client-key-data": encoded("KEY"),
        },
    )
    configuration = from_kubeconfig(path)
    assert configuration.server_ca_data == "CA"
    assert configuration.server_ca_file is None
    assert configuration.client_cert_file is None
    assert configuration.client_key_file is None


@pytest.mark.covers("pitfall-28", "kubeconfig-files-of-other-contexts")
def test_only_files_of_the_selected_context_are_opened(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig(
        users=[
            {"name": "admin", "user": {"token": "t"}},
            {"name": "other", "user": {"client-certificate": "missing", "client-key-data": "not base64!"}},
        ],
    )
    assert from_kubeconfig(path).token == "t"


@pytest.mark.covers("kubeconfig-unreadable-files")
def test_unreadable_file_raises_and_names_entry_and_field(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig({}, {"tokenFile": "missing"})
    with pytest.raises(ConfigurationError) as caught:
        from_kubeconfig(path)
    error = caught.value
    assert (error.source, error.entry, error.field) == (str(path), "user 'admin'", "tokenFile")
    assert f"{path.parent / 'missing'}" in str(error)
    assert "No such file" in str(error)


@pytest.mark.covers("kubeconfig-token", "kubeconfig-tokenfile")
def test_token_file_may_be_missing_if_token_is_set(write_kubeconfig: WriteKubeconfig, tmp_path: Path) -> None:
    configuration = from_kubeconfig(write_kubeconfig({}, {"token": "t", "tokenFile": "token"}))
    assert (configuration.token, configuration.token_file) == ("t", tmp_path / "token")


@pytest.mark.covers("kubeconfig-username-password")
def test_missing_password_is_an_empty_password(write_kubeconfig: WriteKubeconfig) -> None:
    configuration = from_kubeconfig(write_kubeconfig({}, {"username": "u"}))
    assert (configuration.username, configuration.password) == ("u", "")


def test_context_argument_takes_precedence_over_the_current_context(write_kubeconfig: WriteKubeconfig) -> None:
    contexts = [{"name": name, "context": {"cluster": "c", "namespace": name}} for name in ("here", "there")]
    path = write_kubeconfig(contexts=contexts)
    assert from_kubeconfig(path, ConfigOverrides(context="there")).namespace == "there"


def test_context_without_user_is_anonymous(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig(contexts=[{"name": "here", "context": {"cluster": "c"}}])
    assert from_kubeconfig(path) == ClientConfiguration(url="https://192.0.2.1:6443")


@pytest.mark.covers("pitfall-28", "kubeconfig-null-lists-unknown-keys")
@pytest.mark.parametrize("missing", ["clusters", "users", "contexts"])
def test_null_lists_are_empty(write_kubeconfig: WriteKubeconfig, missing: str) -> None:
    with pytest.raises(ConfigurationError, match=r"'\w+' does not exist \(available: none\)"):
        from_kubeconfig(write_kubeconfig(**{missing: None}))


@pytest.mark.covers("kubeconfig-null-lists-unknown-keys")
def test_unknown_keys_and_preferences_are_ignored(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig({"extensions": [1]}, {"token": "t", "shoe-size": 44}, preferences={}, more="x")
    assert from_kubeconfig(path).token == "t"


@pytest.mark.parametrize("field", ["exec", "auth-provider", "as", "as-groups", "token", "tokenFile"])
def test_null_fields_are_ignored(write_kubeconfig: WriteKubeconfig, field: str) -> None:
    assert from_kubeconfig(write_kubeconfig({}, {field: None})) == ClientConfiguration(url="https://192.0.2.1:6443")


@pytest.mark.covers(
    "kubeconfig-values-of-wrong-types",
    "kubeconfig-insecure-skip-tls-verify",
    "kubeconfig-cluster-server-with-a-user-or-a-query",
    "kubeconfig-username-password",
    "kubeconfig-client-key",
    "kubeconfig-proxy-url",
)
@pytest.mark.parametrize(
    ("cluster", "user", "field", "problem"),
    [
        ({"server": None}, {}, "server", "is missing"),
        ({"server": "https://a?b=c"}, {}, "server", "has a query"),
        ({"server": "https://u:p@a"}, {}, "server", "contains credentials; pass them as username and password"),
        ({"server": 6443}, {}, "server", "must be a string, not a number"),
        ({"insecure-skip-tls-verify": "true"}, {}, "insecure-skip-tls-verify", "not a string"),
        ({"certificate-authority-data": "!"}, {}, "certificate-authority-data", "is not valid base64"),
        ({"certificate-authority-data": "YQ"}, {}, "certificate-authority-data", "is not valid base64"),
        (
            {"certificate-authority-data": "YQ==", "insecure-skip-tls-verify": True},
            {},
            "insecure-skip-tls-verify",
            "is set together with a server CA",
        ),
        ({"proxy-url": "socks4://p:1"}, {}, "proxy-url", "'socks4', which is not supported"),
        ({"proxy-url": ["a"]}, {}, "proxy-url", "must be a string, not a list"),
        ({}, {"token": 12345}, "token", "in quotes"),
        ({}, {"token": "t", "username": "u"}, "token", "together with username"),
        ({}, {"client-certificate-data": "YQ=="}, "client-certificate", "give client-key or client-key-data"),
        ({}, {"client-key-data": "YQ=="}, "client-key", "without its certificate"),
        ({}, {"password": "p"}, "password", "without username"),
        ({}, {"username": "a:b", "password": "p"}, "username", "contains a colon"),
        ({"disable-compression": "no"}, {}, "disable-compression", "must be true or false"),
    ],
)
def test_invalid_fields_raise_and_name_file_entry_and_field(
    write_kubeconfig: WriteKubeconfig, cluster: dict[str, Any], user: dict[str, Any], field: str, problem: str
) -> None:
    path = write_kubeconfig(cluster, user)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        from_kubeconfig(path)
    error = caught.value
    assert (error.source, error.field) == (str(path), field)
    assert error.entry == ("cluster 'c'" if cluster else "user 'admin'")


@pytest.mark.covers(
    "kubeconfig-current-context",
    "kubeconfig-context-cluster",
    "kubeconfig-context-user",
    "kubeconfig-duplicate-names",
    "kubeconfig-null-lists-unknown-keys",
)
@pytest.mark.parametrize(
    ("top", "problem"),
    [
        ({"current-context": None}, r"current-context: is not set; .* \(available: here\)"),
        ({"current-context": "gone"}, r"context 'gone' does not exist \(available: here\)"),
        ({"contexts": [{"name": "here", "context": {"user": "admin"}}]}, "cluster: is missing"),
        ({"contexts": [{"name": "here", "context": {"cluster": "x"}}]}, r"cluster 'x' does not exist \(available: c\)"),
        ({"contexts": [{"name": "here", "context": {"cluster": "c", "user": "x"}}]}, "user 'x' does not exist"),
        ({"contexts": [{"name": "here", "context": "c"}]}, r"contexts\[0\], context: must be a mapping, not a string"),
        ({"clusters": {"c": {}}}, "clusters: must be a list, not a mapping"),
        ({"users": ["admin"]}, r"users\[0\]: must be a mapping, not a string"),
        ({"clusters": [None]}, r"clusters\[0\]: must be a mapping, not null"),
        ({"users": [{"name": 1}]}, r"users\[0\], name: must be a string, not a number"),
        ({"users": [{"name": "a"}, {"name": "a"}]}, r"users\[1\], name: duplicate name 'a' in users"),
        ({"kind": "Pod"}, "kind: is not 'Config'"),
        ({"apiVersion": "v2"}, "apiVersion: is not 'v1'"),
    ],
)
def test_invalid_structure_raises_and_names_the_file(
    write_kubeconfig: WriteKubeconfig, top: dict[str, Any], problem: str
) -> None:
    path = write_kubeconfig(**top)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        from_kubeconfig(path)
    assert str(path) in str(caught.value)


def test_names_that_look_like_dates_are_strings(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        "current-context: 2024-01-01\n"
        "contexts: [{name: 2024-01-01, context: {cluster: c}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://a'}}]\n"
    )
    assert from_kubeconfig(path).url == "https://a"


@pytest.mark.covers("kubeconfig-several-documents")
@pytest.mark.parametrize(
    "content",
    [
        b"token: *s3cr3t",
        b"a: !!binary s3cr3t",
        b"a: !s3cr3t b",
        b"a: !!map [s3cr3t]",
        b"a: !!null s3cr3t",
        b"? [s3cr3t]\n: a",
        b"<<: s3cr3t",
        b"a: &b {c: *b}",
        b"a: &s3cr3t x\n---\nb: *s3cr3t",
        b"a: [s3cr3t",
        b"- s3cr3t",
        b"s3cr3t",
        b"\xff\xfe\x00",
        b"a: s3cr3t\x00",
        b"!!python/object:os.system s3cr3t",
        b"a: !!int s3cr3t",
        b"a: !!timestamp s3cr3t",
        b"a: !!bool s3cr3t",
        b"a: &a [*a]\ncurrent-context: *a",
        b"[" * 100_000,
        b"a: " + b"{a: " * 100_000,
        b"--- {}\n--- {}",
    ],
)
def test_malformed_files_raise_without_quoting_the_content(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "config"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=str(path)) as caught:
        from_kubeconfig(path)
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.covers("kubeconfig-unreadable-files")
@pytest.mark.parametrize("name", ["missing", "folder", "nul\0"])
def test_unreadable_kubeconfig_raises(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError):
        from_kubeconfig(tmp_path / name)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes Yes on y Y TRUE", True),
        ("Off no n N FALSE", False),
        ("~ null Null NULL", None),
        ("12 +12 1_2 12_ 0xc 0XC 0x_c 0b1100 0B1100 014 0_14 0o14 0O14 1__2", 12),
        ("-31 -0x1f -037 -0b11111", -31),
        ("18446744073709551615 0xffffffffffffffff", 2**64 - 1),
        ("-9223372036854775809", -(2**63) - 1),
        ("1e3 1E3 1e+3 1.e3 1.0e3 1_000.0 10000e-1 01e3", 1000),
        ("1.5 +1.5 01.5", 1.5),
        (".5 +.5 .5_0 5e-1", 0.5),
        ("08", 8),
        ("0123456789", 123456789),
        (".inf +.Inf", float("inf")),
        ("-.INF", float("-inf")),
    ],
)
def test_yaml_scalars_have_the_same_values_as_in_kubectl(tmp_path: Path, written: str, value: object) -> None:
    from kubex.configuration._yaml import parse

    path = tmp_path / "config"
    for word in written.split():
        path.write_text(f"a: {word}\nb: '{word}'\nc: !!str {word}\nd: ! {word}\n")
        read = parse(path)
        assert (read["a"], type(read["a"])) == (value, type(value)), word
        assert read == {"a": value, "b": word, "c": word, "d": word}


NOT_NUMBERS = """
1:30 2024-01-01 tRue nO + _ _1 -_ --1 0x_ 0b_ 0b2 0o8 0o 00x1 0-1 1e 1e+ e3 1.5. ._5 .5_ 1_e .e3 .nAn -.nan inf
1e999 -1e999 0xfffffffffffffffff -0x8000000000000001 1.2.3
"""


@pytest.mark.parametrize(
    "text",
    [*NOT_NUMBERS.split(), "9" * 310, "9" * 5000, "0b" + "1" * 65],
)
def test_scalars_that_are_not_numbers_for_kubectl_are_strings(tmp_path: Path, text: str) -> None:
    from kubex.configuration._yaml import parse

    path = tmp_path / "config"
    path.write_text(f"a: {text}\n")
    assert parse(path) == {"a": text}


def test_keys_are_strings_as_in_kubectl(tmp_path: Path) -> None:
    from kubex.configuration._yaml import parse

    path = tmp_path / "config"
    path.write_text("{12: a, 0x1f: b, true: c, n: d, 1e3: e, 1.10: f, '1e3 ': g}\n")
    assert parse(path) == {"12": "a", "31": "b", "true": "c", "false": "d", "1000": "e", "1.1": "f", "1e3 ": "g"}


def test_merge_keys_and_aliases_are_resolved_and_explicit_keys_take_precedence(tmp_path: Path) -> None:
    from kubex.configuration._yaml import parse

    path = tmp_path / "config"
    path.write_text(
        "base: &base {a: 1, b: 1}\nmore: &more {<<: *base, b: 2, c: 2}\n"
        "last: {c: 3, <<: [*base, *more]}\nword: '<<'\nlist: [<<, *base]\n"
    )
    assert parse(path) == {
        "base": {"a": 1, "b": 1},
        "more": {"a": 1, "b": 2, "c": 2},
        "last": {"a": 1, "b": 1, "c": 3},
        "word": "<<",
        "list": ["<<", {"a": 1, "b": 1}],
    }


def test_last_duplicate_key_takes_precedence_as_in_kubectl(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        "current-context: gone\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://a', server: 'https://b'}}]\n"
    )
    assert from_kubeconfig(path).url == "https://b"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_byte_order_marks_utf16_and_windows_line_endings_are_read(
    write_kubeconfig: WriteKubeconfig, encoding: str, newline: str
) -> None:
    path = write_kubeconfig({}, {"token": "t"})
    path.write_text(path.read_text(), encoding=encoding, newline=newline)
    assert from_kubeconfig(path).token == "t"


def test_empty_file_raises_because_current_context_is_not_set(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("")
    with pytest.raises(ConfigurationError, match=r"current-context: is not set; .* \(available: none\)"):
        from_kubeconfig(path)


def test_json_kubeconfig_is_read(write_kubeconfig: WriteKubeconfig, tmp_path: Path) -> None:
    import json

    path = tmp_path / "config.json"
    path.write_text(json.dumps(yaml.safe_load(write_kubeconfig().read_text()), indent="\t"))
    assert from_kubeconfig(path).url == "https://192.0.2.1:6443"
