"""Tests of reading a user of a kubeconfig: exec plugins, OpenID Connect, impersonation, and `http://` servers."""

import base64
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kubex.configuration import ExecPlugin, Impersonation, OpenIDConnect
from kubex.configuration._load import from_kubeconfig
from kubex.errors import ConfigurationError

WriteKubeconfig = Callable[..., Path]

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"
EXEC = {"apiVersion": V1, "command": "aws", "interactiveMode": "Never"}
OIDC = {"idp-issuer-url": "https://id.example.com", "client-id": "kubex", "refresh-token": "r"}
PEM = base64.b64encode(b"PEM").decode()


def provider(**config: Any) -> dict[str, Any]:
    return {
        "auth-provider": {"name": "oidc", "config": OIDC | {name.replace("_", "-"): v for name, v in config.items()}}
    }


@pytest.mark.covers("pitfall-29", "kubeconfig-exec")
def test_exec_is_read_as_an_exec_plugin(write_kubeconfig: WriteKubeconfig) -> None:
    path = write_kubeconfig(
        {
            "extensions": [
                {"name": "other", "extension": 1},
                {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "a"}},
            ]
        },
        {
            "exec": {
                **EXEC,
                "args": ["eks", "", "get-token"],
                "env": [{"name": "A", "value": "1"}, {"name": "B"}, {"name": "A", "value": "2"}],
                "installHint": "install aws",
                "provideClusterInfo": True,
                "interactiveMode": "Always",
            }
        },
    )
    assert from_kubeconfig(path).exec == ExecPlugin(
        command="aws",
        args=("eks", "", "get-token"),
        env={"A": "2", "B": ""},
        api_version=V1,
        install_hint="install aws",
        provide_cluster_info=True,
        interactive_mode="Always",
        cluster_config={"audience": "a"},
    )


@pytest.mark.covers("kubeconfig-exec-command")
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("aws", "aws"),
        ("./aws", "{folder}/aws"),
        ("bin/aws", "{folder}/bin/aws"),
        ("../aws", "{folder}/../aws"),
        ("/b/aws", "/b/aws"),
    ],
)
def test_command_with_a_separator_is_relative_to_the_kubeconfig(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path, command: str, expected: str
) -> None:
    path = write_kubeconfig({}, {"exec": EXEC | {"command": command}}, path=tmp_path / "x" / "config")
    plugin = from_kubeconfig(path).exec
    assert plugin is not None
    assert os.path.normpath(plugin.command) == os.path.normpath(expected.format(folder=path.parent))


@pytest.mark.covers("kubeconfig-exec-interactivemode")
def test_interactive_mode_is_optional_in_v1beta1(write_kubeconfig: WriteKubeconfig) -> None:
    plugin = from_kubeconfig(write_kubeconfig({}, {"exec": {"apiVersion": V1BETA1, "command": "aws"}})).exec
    assert plugin == ExecPlugin(command="aws", api_version=V1BETA1, interactive_mode="IfAvailable")


@pytest.mark.covers(
    "pitfall-29", "kubeconfig-exec-interactivemode", "kubeconfig-exec-apiversion", "kubeconfig-exec-env"
)
@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ({"command": None}, "exec.command", "is missing"),
        ({"command": ["aws"]}, "exec.command", "must be a string, not a list"),
        ({"apiVersion": None}, "exec.apiVersion", f"is missing; write the version that the plugin supports, {V1} or"),
        (
            {"apiVersion": "client.authentication.k8s.io/v1alpha1"},
            "exec.apiVersion",
            "was removed in Kubernetes 1.24; update",
        ),
        ({"apiVersion": "v1"}, "exec.apiVersion", "'v1' is not supported; write"),
        ({"interactiveMode": None}, "exec.interactiveMode", "is missing, and .*/v1 requires it; write one of Never"),
        ({"interactiveMode": "never"}, "exec.interactiveMode", "'never' is unknown; write one of Never, IfAvailable"),
        ({"args": "get-token"}, "exec.args", "must be a list, not a string"),
        ({"args": ["a", 5]}, "exec.args[1]", "in quotes"),
        ({"env": {"A": "1"}}, "exec.env", "must be a list, not a mapping"),
        ({"env": ["A=1"]}, "exec.env[0]", "must be a mapping, not a string"),
        (
            {"env": [{"name": "A"}, {"name": "B"}, {"value": "s3cr3t"}]},
            "exec.env[2].name",
            "must be the name of a variable",
        ),
        ({"env": [{"name": "A=s3cr3t"}]}, "exec.env[0].name", "without ="),
        ({"env": [{"name": "A", "value": 5}]}, "exec.env[0].value", "must be a string, not a number"),
        ({"provideClusterInfo": "yes"}, "exec.provideClusterInfo", "must be true or false"),
        ({"installHint": 5}, "exec.installHint", "must be a string"),
    ],
)
def test_invalid_exec_fields_raise_and_name_the_nested_field(
    write_kubeconfig: WriteKubeconfig, change: dict[str, Any], field: str, problem: str
) -> None:
    path = write_kubeconfig({}, {"exec": EXEC | change})
    with pytest.raises(ConfigurationError, match=problem) as caught:
        from_kubeconfig(path)
    assert (caught.value.source, caught.value.entry, caught.value.field) == (str(path), "user 'admin'", field)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.covers("kubeconfig-exec-with-other-credentials")
@pytest.mark.parametrize(
    "static",
    [
        {"token": "t"},
        {"tokenFile": "kubeconfig"},
        {"username": "u"},
        {"client-certificate-data": PEM, "client-key-data": PEM},
    ],
)
def test_credentials_in_the_file_take_precedence_over_a_plugin(
    write_kubeconfig: WriteKubeconfig, static: dict[str, Any]
) -> None:
    alone, both = [from_kubeconfig(write_kubeconfig({}, static | user)) for user in ({}, {"exec": EXEC})]
    assert both == alone
    with pytest.raises(ConfigurationError, match="is missing"):
        from_kubeconfig(write_kubeconfig({}, static | {"exec": {}}))


@pytest.mark.covers("pitfall-29", "pitfall-34", "kubeconfig-auth-provider")
def test_auth_provider_oidc_is_read_as_open_id_connect(write_kubeconfig: WriteKubeconfig) -> None:
    user = provider(client_secret="s", id_token="i", idp_certificate_authority_data=PEM, extra_scopes="groups")
    assert from_kubeconfig(write_kubeconfig({}, user)).oidc == OpenIDConnect(
        issuer_url="https://id.example.com",
        client_id="kubex",
        client_secret="s",
        id_token="i",
        refresh_token="r",
        ca_data="PEM",
    )


@pytest.mark.covers("kubeconfig-auth-provider-idp-certificate-authority")
def test_provider_ca_file_is_relative_to_the_kubeconfig_and_data_takes_precedence(
    write_kubeconfig: WriteKubeconfig, tmp_path: Path
) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "ca.pem").write_text("PEM")
    by_file = provider(idp_certificate_authority="ca.pem")
    settings = from_kubeconfig(write_kubeconfig({}, by_file, path=tmp_path / "x" / "config")).oidc
    assert settings is not None
    assert (settings.ca_file, settings.ca_data) == (tmp_path / "x" / "ca.pem", None)
    both = provider(idp_certificate_authority="missing", idp_certificate_authority_data=PEM)
    settings = from_kubeconfig(write_kubeconfig({}, both)).oidc
    assert settings is not None
    assert (settings.ca_file, settings.ca_data) == (None, "PEM")


@pytest.mark.covers("pitfall-29", "kubeconfig-auth-provider")
@pytest.mark.parametrize(
    ("user", "field", "problem"),
    [
        ({"auth-provider": {"name": "gcp"}}, "auth-provider.name", "'gcp' is not supported; use the exec plugin gke-"),
        ({"auth-provider": {"name": "azure"}}, "auth-provider.name", "use the exec plugin kubelogin"),
        (
            {"auth-provider": {"name": "x"}},
            "auth-provider.name",
            "'x' is not supported; write oidc, or use an exec plugin",
        ),
        ({"auth-provider": {}}, "auth-provider.name", "is missing; write oidc, or use an exec plugin"),
        ({"auth-provider": "oidc"}, "auth-provider", "must be a mapping, not a string"),
        ({"auth-provider": {"name": "oidc"}}, "auth-provider.config.idp-issuer-url", "is missing"),
        (provider(client_id=""), "auth-provider.config.client-id", "is missing"),
        (provider(client_secret=5), "auth-provider.config.client-secret", "must be a string, not a number"),
        (provider(idp_issuer_url="http://id.example.com"), "auth-provider.config.idp-issuer-url", "https://"),
        (provider(refresh_token=""), "auth-provider.config.id-token", "and so is refresh-token"),
        (provider(idp_certificate_authority="no"), "auth-provider.config.idp-certificate-authority", "No such file"),
        (provider(idp_certificate_authority_data="!"), "auth-provider.config.idp-certificate-authority-data", "base64"),
        (provider() | {"exec": EXEC}, "auth-provider", "is set together with exec"),
    ],
)
def test_invalid_auth_provider_fields_raise_and_name_the_nested_field(
    write_kubeconfig: WriteKubeconfig, user: dict[str, Any], field: str, problem: str
) -> None:
    path = write_kubeconfig({}, user)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        from_kubeconfig(path)
    assert (caught.value.source, caught.value.entry, caught.value.field) == (str(path), "user 'admin'", field)


def test_errors_quote_values_unchanged(write_kubeconfig: WriteKubeconfig) -> None:
    for url, shown in (("ftp://a.url/exec's", '"ftp://a.url/exec\'s"'), ("ftp://oidc/token", "'ftp://oidc/token'")):
        with pytest.raises(ConfigurationError, match="server: ") as caught:
            from_kubeconfig(write_kubeconfig({"server": url}))
        assert shown in str(caught.value)
    with pytest.raises(ConfigurationError, match="idp-issuer-url: 'http://user/client_id' must start"):
        from_kubeconfig(write_kubeconfig({}, provider(idp_issuer_url="http://user/client_id")))


@pytest.mark.covers("kubeconfig-auth-provider-with-other-credentials")
def test_token_replaces_a_provider_and_a_certificate_is_combined_with_it(write_kubeconfig: WriteKubeconfig) -> None:
    certificate = {"client-certificate-data": PEM, "client-key-data": PEM}
    for settings in (provider(), provider(refresh_token="", idp_certificate_authority="missing")):
        assert from_kubeconfig(write_kubeconfig({}, settings | {"token": "t"})).oidc is None
    with pytest.raises(ConfigurationError, match="idp-issuer-url: is missing"):
        from_kubeconfig(write_kubeconfig({}, provider(idp_issuer_url="") | {"token": "t"}))
    both = from_kubeconfig(write_kubeconfig({}, provider() | certificate))
    assert both.oidc is not None
    assert both.client_cert_data == "PEM"


@pytest.mark.covers("pitfall-29", "kubeconfig-as-as-uid-as-groups-as-user-extra")
def test_impersonation_fields_are_read(write_kubeconfig: WriteKubeconfig) -> None:
    user = {
        "token": "t",
        "as": "jane",
        "as-uid": "7",
        "as-groups": ["a", "b"],
        "as-user-extra": {"k": ["v", "w"], "l": None},
    }
    assert from_kubeconfig(write_kubeconfig({}, user)).impersonate == Impersonation(
        user="jane", uid="7", groups=("a", "b"), extra={"k": ("v", "w"), "l": ()}
    )
    assert from_kubeconfig(write_kubeconfig({}, {"as": "jane"})).impersonate == Impersonation(user="jane")


@pytest.mark.covers("pitfall-29", "kubeconfig-as-as-uid-as-groups-as-user-extra")
@pytest.mark.parametrize(
    ("user", "field", "problem"),
    [
        ({"as-uid": "7"}, "as-uid", "without as"),
        ({"as-groups": ["a"]}, "as-groups", "without as"),
        ({"as-user-extra": {"k": ["v"]}}, "as-user-extra", "without as"),
        ({"as": "jane", "as-uid": 7}, "as-uid", "must be a string, not a number"),
        ({"as": "jane", "as-groups": "a"}, "as-groups", "must be a list, not a string"),
        ({"as": "jane", "as-groups": ["a", None]}, "as-groups[1]", "must be a string, not null"),
        ({"as": "jane", "as-user-extra": ["k"]}, "as-user-extra", "must be a mapping, not a list"),
        ({"as": "jane", "as-user-extra": {"k": "v"}}, "as-user-extra.k", "must be a list, not a string"),
        ({"as": "jane", "as-user-extra": {"k": ["v", 5]}}, "as-user-extra.k[1]", "must be a string, not a number"),
    ],
)
def test_invalid_impersonation_fields_raise_and_name_the_nested_field(
    write_kubeconfig: WriteKubeconfig, user: dict[str, Any], field: str, problem: str
) -> None:
    path = write_kubeconfig({}, user)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        from_kubeconfig(path)
    assert (caught.value.source, caught.value.entry, caught.value.field) == (str(path), "user 'admin'", field)


@pytest.mark.covers("kubeconfig-http-servers")
def test_credentials_for_http_servers_are_ignored_with_a_warning_and_impersonation_is_kept(
    write_kubeconfig: WriteKubeconfig, caplog: pytest.LogCaptureFixture
) -> None:
    user = {"token": "s3cr3t", "client-certificate": "missing", "exec": EXEC, "as": "jane"}
    with caplog.at_level(logging.WARNING, logger="kubex.configuration"):
        configuration = from_kubeconfig(write_kubeconfig({"server": "http://localhost:8001"}, user))
    assert (configuration.token, configuration.exec, configuration.client_cert_file) == (None, None, None)
    assert configuration.impersonate == Impersonation(user="jane")
    assert ["user 'admin': credentials are not sent" in record.getMessage() for record in caplog.records] == [True]
    assert "s3cr3t" not in caplog.text


@pytest.mark.covers("kubeconfig-http-servers")
def test_http_server_without_credentials_logs_no_warning(
    write_kubeconfig: WriteKubeconfig, caplog: pytest.LogCaptureFixture
) -> None:
    assert from_kubeconfig(write_kubeconfig({"server": "http://localhost:8001"})).url == "http://localhost:8001"
    assert caplog.records == []


@pytest.mark.covers("kubeconfig-cluster-server")
def test_server_without_scheme_is_http_as_with_kubectl(write_kubeconfig: WriteKubeconfig) -> None:
    for cluster in ({}, {"insecure-skip-tls-verify": False, "certificate-authority": ""}):
        path = write_kubeconfig({"server": "localhost:8080", **cluster})
        assert from_kubeconfig(path).url == "http://localhost:8080"


@pytest.mark.covers("kubeconfig-cluster-server")
@pytest.mark.parametrize(
    ("cluster", "user"),
    [({"insecure-skip-tls-verify": True}, {}), ({"tls-server-name": "a"}, {}), ({}, {"token": "t"})],
)
def test_server_without_scheme_but_with_tls_settings_or_credentials_raises(
    write_kubeconfig: WriteKubeconfig, cluster: dict[str, Any], user: dict[str, Any]
) -> None:
    path = write_kubeconfig({"server": "192.0.2.1:6443", **cluster}, user)
    with pytest.raises(ConfigurationError, match=r"does not have a scheme .* write https://") as caught:
        from_kubeconfig(path)
    assert (caught.value.entry, caught.value.field) == ("cluster 'c'", "server")


@pytest.mark.covers("kubeconfig-disable-compression")
def test_disable_compression_is_read(write_kubeconfig: WriteKubeconfig) -> None:
    assert from_kubeconfig(write_kubeconfig({"disable-compression": True})).disable_compression is True
    assert from_kubeconfig(write_kubeconfig()).disable_compression is False
