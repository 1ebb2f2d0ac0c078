"""Check the fields of a `ClientConfiguration`. No error shows the value of a secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from os import PathLike
from typing import TYPE_CHECKING

from kubex.core._proxy import parse_proxy
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.core._urls import may_contain_credentials, split_url, without_query
from kubex.credentials import ExecPlugin, Impersonation, OpenIDConnect
from kubex.credentials._tokens import token_problem
from kubex.errors import ConfigurationError

if TYPE_CHECKING:
    from kubex.configuration._client_configuration import ClientConfiguration

Problem = tuple[str, str]
"""The name of a field, and the problem."""


def validate(configuration: ClientConfiguration) -> None:
    """Raise `ConfigurationError` for the first invalid field, and for fields that contradict each other."""
    for check in (_types, _url, _tls, _certificate, _token_and_password, _oidc):
        for name, problem in check(configuration):
            raise ConfigurationError(problem, source="ClientConfiguration", field=name)
    if configuration.proxy_url is not None:
        parse_proxy(configuration.proxy_url, source="ClientConfiguration", field="proxy_url")


# The types of the fields that are neither strings nor paths.
_TYPES: dict[str, type] = {
    "insecure_skip_tls_verify": bool,
    "disable_compression": bool,
    "exec": ExecPlugin,
    "oidc": OpenIDConnect,
    "impersonate": Impersonation,
}


def _types(configuration: ClientConfiguration) -> Iterator[Problem]:
    for each in fields(configuration):
        value: object = getattr(configuration, each.name)
        if each.name in _TYPES:
            if not isinstance(value, _TYPES[each.name]) and (value is not None or _TYPES[each.name] is bool):
                yield each.name, f"must be of type {_TYPES[each.name].__name__}, not {type(value).__name__}"
        elif value is None and each.name != "url":
            continue
        elif not isinstance(value, str) and not (each.name.endswith("_file") and isinstance(value, PathLike)):
            yield each.name, f"must be a str, not {type(value).__name__}"
        elif isinstance(value, str) and not each.name.endswith("_file") and has_lone_surrogate(value):
            yield each.name, LONE_SURROGATE
        elif not value and each.name != "password":
            yield each.name, "is empty; omit it, or set a value"


def _url(configuration: ClientConfiguration) -> Iterator[Problem]:
    parts = split_url(configuration.url)
    if parts is None:
        yield "url", "is not a URL; write https://host:port"
    elif may_contain_credentials(configuration.url, parts):
        yield "url", "contains credentials; pass them as username and password"
    elif parts.scheme not in ("http", "https"):
        yield "url", f"{without_query(parts)!r} does not start with https:// or http://; write https://host:port"
    elif not parts.hostname or any(character.isspace() for character in configuration.url):
        yield "url", f"{without_query(parts)!r} does not contain a valid host name; write https://host:port"
    elif parts.port == 0:
        yield "url", f"{without_query(parts)!r} has port 0, which cannot be used; write https://host:port"
    elif parts.query or parts.fragment:
        yield "url", f"{without_query(parts)!r} has a query or a fragment; remove it, only a path may follow the host"


def _tls(configuration: ClientConfiguration) -> Iterator[Problem]:
    by_file, by_data = configuration.server_ca_file is not None, configuration.server_ca_data is not None
    if by_file and by_data:
        yield "server_ca_data", "is set together with server_ca_file; set only one of them"
    if configuration.insecure_skip_tls_verify and (by_file or by_data):
        yield "insecure_skip_tls_verify", "is set together with a server CA; set only one of them"


def _certificate(configuration: ClientConfiguration) -> Iterator[Problem]:
    for name in ("client_cert", "client_key"):
        if getattr(configuration, f"{name}_file") is not None and getattr(configuration, f"{name}_data") is not None:
            yield f"{name}_data", f"is set together with {name}_file; set only one of them"
    has_cert = configuration.client_cert_file is not None or configuration.client_cert_data is not None
    has_key = configuration.client_key_file is not None or configuration.client_key_data is not None
    if has_cert and not has_key:
        yield "client_cert", "is set without its key; give client_key_file or client_key_data"
    if has_key and not has_cert:
        yield "client_key", "is set without its certificate; give client_cert_file or client_cert_data"


def _token_and_password(configuration: ClientConfiguration) -> Iterator[Problem]:
    if configuration.token is not None and (problem := token_problem(configuration.token)):
        yield "token", problem
    if configuration.username is not None:
        if configuration.password is None:
            yield "username", 'is set without password; for an empty password, write password=""'
        if ":" in configuration.username:
            yield "username", "contains a colon, which HTTP basic authentication does not allow; use another user name"
        for name in ("token", "token_file"):
            if getattr(configuration, name) is not None:
                yield name, "is set together with username; only one way to authenticate is allowed"
    elif configuration.password is not None:
        yield "password", "is set without username; set both, or none of them"


def _oidc(configuration: ClientConfiguration) -> Iterator[Problem]:
    for name in ("token", "token_file", "username", "exec"):
        if configuration.oidc is not None and getattr(configuration, name) is not None:
            yield "oidc", f"is set together with {name}; only one way to authenticate is allowed"
