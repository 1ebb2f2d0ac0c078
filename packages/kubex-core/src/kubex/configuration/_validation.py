"""What contradicts itself in a `ClientConfiguration`, in one place and without showing a secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from os import PathLike
from typing import TYPE_CHECKING

from kubex.core._proxy import parse_proxy
from kubex.core._unicode import LONE_SURROGATE, has_lone_surrogate
from kubex.core._url import holds_credentials, split_url, without_query
from kubex.credentials import ExecPlugin, Impersonation, OpenIDConnect
from kubex.credentials._tokens import token_problem
from kubex.errors import ConfigurationError

if TYPE_CHECKING:
    from kubex.configuration._client_configuration import ClientConfiguration

Problem = tuple[str, str]
"""The name of a field, and what is wrong with it."""


def validate(configuration: ClientConfiguration) -> None:
    """Raise `ConfigurationError`, with `field`, for the first thing that is wrong."""
    for check in (_types, _url, _tls, _certificate, _token_and_password, _oidc):
        for name, problem in check(configuration):
            raise ConfigurationError(problem, source="ClientConfiguration", field=name)
    if configuration.proxy_url is not None:
        parse_proxy(configuration.proxy_url, source="ClientConfiguration", field="proxy_url")


_TYPES: dict[str, type] = {
    "insecure_skip_tls_verify": bool,
    "disable_compression": bool,
    "exec": ExecPlugin,
    "oidc": OpenIDConnect,
    "impersonate": Impersonation,
}
"""The type of each field that is not text."""


def _types(configuration: ClientConfiguration) -> Iterator[Problem]:
    for each in fields(configuration):
        value: object = getattr(configuration, each.name)
        if each.name in _TYPES:
            if not isinstance(value, _TYPES[each.name]) and (value is not None or _TYPES[each.name] is bool):
                yield each.name, f"must be a {_TYPES[each.name].__name__}, not {type(value).__name__}"
        elif value is None and each.name != "url":
            continue
        elif not isinstance(value, str) and not (each.name.endswith("_file") and isinstance(value, PathLike)):
            yield each.name, f"must be a str, not {type(value).__name__}"
        elif isinstance(value, str) and not each.name.endswith("_file") and has_lone_surrogate(value):
            yield each.name, LONE_SURROGATE
        elif not value and each.name != "password":
            yield each.name, "is empty; leave it out if there is none"


def _url(configuration: ClientConfiguration) -> Iterator[Problem]:
    parts = split_url(configuration.url)
    if parts is None:
        yield "url", "is not a URL; write https://host:port"
    elif holds_credentials(configuration.url, parts):
        yield "url", "holds credentials; give them as username and password"
    elif parts.scheme not in ("http", "https"):
        yield "url", f"{without_query(parts)!r} does not begin with https:// or http://; write https://host:port"
    elif not parts.hostname or any(character.isspace() for character in configuration.url):
        yield "url", f"{without_query(parts)!r} names no host; write https://host:port"
    elif parts.port == 0:
        yield "url", f"{without_query(parts)!r} has port 0, on which nothing listens; write https://host:port"
    elif parts.query or parts.fragment:
        yield "url", f"{without_query(parts)!r} has a query or a fragment; only a path may follow the host"


def _tls(configuration: ClientConfiguration) -> Iterator[Problem]:
    by_file, by_data = configuration.server_ca_file is not None, configuration.server_ca_data is not None
    if by_file and by_data:
        yield "server_ca_data", "is given together with server_ca_file; give one of them"
    if configuration.insecure_skip_tls_verify and (by_file or by_data):
        yield "insecure_skip_tls_verify", "is given together with a server CA; give one of them"


def _certificate(configuration: ClientConfiguration) -> Iterator[Problem]:
    for name in ("client_cert", "client_key"):
        if getattr(configuration, f"{name}_file") is not None and getattr(configuration, f"{name}_data") is not None:
            yield f"{name}_data", f"is given together with {name}_file; give one of them"
    has_cert = configuration.client_cert_file is not None or configuration.client_cert_data is not None
    has_key = configuration.client_key_file is not None or configuration.client_key_data is not None
    if has_cert and not has_key:
        yield "client_cert", "is given without its key; give client_key_file or client_key_data"
    if has_key and not has_cert:
        yield "client_key", "is given without its certificate; give client_cert_file or client_cert_data"


def _token_and_password(configuration: ClientConfiguration) -> Iterator[Problem]:
    if configuration.token is not None and (problem := token_problem(configuration.token)):
        yield "token", problem
    if configuration.username is not None:
        if configuration.password is None:
            yield "username", 'is given without password; password="" is an empty one'
        if ":" in configuration.username:
            yield "username", "holds a colon, which HTTP basic authentication cannot carry"
        for name in ("token", "token_file"):
            if getattr(configuration, name) is not None:
                yield name, "is given together with username; only one way to authenticate is allowed"
    elif configuration.password is not None:
        yield "password", "is given without username"


def _oidc(configuration: ClientConfiguration) -> Iterator[Problem]:
    for name in ("token", "token_file", "username", "exec"):
        if configuration.oidc is not None and getattr(configuration, name) is not None:
            yield "oidc", f"is given together with {name}; only one way to authenticate is allowed"
