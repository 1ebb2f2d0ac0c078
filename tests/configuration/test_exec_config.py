"""Tests of `ExecPlugin`: invalid fields, a repr without secrets, and the precedence of other credentials."""

from pathlib import Path
from typing import Any

import pytest

from kubex.configuration import ClientConfiguration, ExecPlugin, Impersonation, credentials_for
from kubex.credentials import ExecCredentials
from kubex.errors import ConfigurationError
from support.exec_plugins import PluginScript

SECRET = "s3cr3t"
CYCLE: list[object] = []
CYCLE.append(CYCLE)


@pytest.mark.covers("pitfall-30")
@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"command": ""}, "command", "is empty"),
        ({"command": None}, "command", "must be a str, not NoneType"),
        ({"command": "a\0b"}, "command", "contains a NUL"),
        ({"args": [SECRET]}, "args", "must be a tuple, not list"),
        ({"args": SECRET}, "args", "must be a tuple, not str"),
        ({"args": (SECRET, 1)}, "args[1]", "must be a str, not int"),
        ({"args": (SECRET + "\0",)}, "args[0]", "contains a NUL"),
        ({"args": (SECRET + "\ud800",)}, "args[0]", "unpaired surrogate"),
        ({"env": [("A", SECRET)]}, "env", "must be a Mapping, not list"),
        ({"env": {1: SECRET}}, "env", "must be a str, not int"),
        ({"env": {"": SECRET}}, "env", "the name of a variable must not be empty"),
        ({"env": {f"A={SECRET}": SECRET}}, "env", "or contain ="),
        ({"env": {"A": None}}, "env['A']", "must be a str, not NoneType"),
        ({"env": {"A": SECRET + "\0"}}, "env['A']", "contains a NUL"),
        ({"api_version": "v1"}, "api_version", "'v1' is not supported; use client.authentication.k8s.io/v1, "),
        ({"api_version": "client.authentication.k8s.io/v1alpha1"}, "api_version", "v1alpha1' is not supported"),
        (
            {"interactive_mode": "always"},
            "interactive_mode",
            "'always' is not supported; use Never, IfAvailable, Always",
        ),
        ({"interactive_mode": None}, "interactive_mode", "None is not supported"),
        ({"provide_cluster_info": 1}, "provide_cluster_info", "must be a bool, not int"),
        ({"install_hint": 1}, "install_hint", "must be a str, not int"),
        ({"timeout": 0}, "timeout", "must be more than 0 seconds"),
        ({"timeout": float("nan")}, "timeout", "must be more than 0 seconds"),
        ({"timeout": True}, "timeout", "must be a number of seconds or None, not bool"),
        ({"timeout": "9"}, "timeout", "must be a number of seconds or None, not str"),
        ({"cluster_config": {SECRET: object()}}, "cluster_config", "is not JSON serializable"),
        ({"cluster_config": float("inf")}, "cluster_config", "is not JSON serializable"),
        ({"cluster_config": CYCLE}, "cluster_config", "is not JSON serializable"),
    ],
)
def test_invalid_fields_raise_and_are_named(fields: dict[str, Any], field: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        ExecPlugin(**{"command": "get-token", **fields})
    assert (caught.value.source, caught.value.field) == ("ExecPlugin", field)
    assert problem in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"args": ("",), "env": {"A": ""}, "timeout": None},
        {"timeout": 1, "interactive_mode": "Never", "install_hint": "get it", "cluster_config": {"a": [1, None]}},
        {"api_version": "client.authentication.k8s.io/v1beta1", "provide_cluster_info": True},
    ],
)
def test_valid_fields_are_accepted(fields: dict[str, Any]) -> None:
    ExecPlugin(command="get-token", **fields)


def test_repr_does_not_show_arguments_and_variables() -> None:
    plugin = ExecPlugin(command="get-token", args=(SECRET,), env={"A": SECRET}, cluster_config=SECRET)
    for each in (plugin, ClientConfiguration(url="https://h", exec=plugin), ExecCredentials(plugin)):
        assert SECRET not in repr(each)


@pytest.mark.parametrize(
    "fields",
    [
        {"token": "t"},
        {"token_file": "t"},
        {"username": "u", "password": "p"},
        {"client_cert_file": "c", "client_key_file": "k"},
    ],
)
def test_other_credentials_take_precedence_over_a_plugin(fields: dict[str, Any]) -> None:
    configuration = ClientConfiguration(url="https://h", exec=ExecPlugin(command="get-token"), **fields)
    assert not isinstance(credentials_for(configuration), ExecCredentials)


@pytest.mark.anyio
async def test_plugin_is_combined_with_impersonation(tmp_path: Path) -> None:
    plugin = PluginScript(tmp_path, 'print_credential(token="t")').plugin()
    configuration = ClientConfiguration(url="https://h", exec=plugin, impersonate=Impersonation(user="jane"))
    authentication = await credentials_for(configuration).authenticate()
    assert authentication.headers == (("Authorization", "Bearer t"), ("Impersonate-User", "jane"))


def test_provide_cluster_info_without_a_cluster_raises() -> None:
    with pytest.raises(ConfigurationError, match="provide_cluster_info: requires the argument cluster"):
        ExecCredentials(ExecPlugin(command="get-token", provide_cluster_info=True))
