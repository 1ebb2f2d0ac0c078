"""Serialize a `ClientConfiguration` as the cluster, user and context of a kubeconfig."""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any

from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._field_names import (
    CLUSTER_FIELDS,
    EXEC_EXTENSION,
    EXEC_FIELDS,
    IMPERSONATION_FIELDS,
    OIDC_FIELDS,
    USER_FIELDS,
)
from kubex.configuration._writer import Document
from kubex.credentials import ExecPlugin, Impersonation
from kubex.credentials._exec_config import EXEC_TIMEOUT
from kubex.errors import ConfigurationError

_BASE64_FIELDS = ("server_ca_data", "ca_data", "client_cert_data", "client_key_data")


def serialize_cluster(configuration: ClientConfiguration) -> Document:
    """Serialize the cluster."""
    cluster = _fields(configuration, CLUSTER_FIELDS)
    plugin = configuration.exec
    if plugin is not None and plugin.cluster_config is not None:
        cluster["extensions"] = [{"name": EXEC_EXTENSION, "extension": _to_json(plugin.cluster_config)}]
    return cluster


def serialize_user(configuration: ClientConfiguration) -> Document:
    """Serialize the user. Raises `ConfigurationError` for settings that a kubeconfig cannot represent."""
    simple = {name: field for name, field in USER_FIELDS.items() if name not in ("exec", "oidc", "impersonate")}
    user = _fields(configuration, {name: field for name, field in simple.items() if hasattr(configuration, name)})
    if configuration.exec is not None:
        user["exec"] = _exec(configuration.exec)
    if configuration.oidc is not None:
        user["auth-provider"] = {"name": "oidc", "config": _fields(configuration.oidc, OIDC_FIELDS)}
    # Clients do not send the credentials of a kubeconfig over http://, so the result would not be equivalent.
    if user and not configuration.url.lower().startswith("https:"):
        problem = "credentials in a kubeconfig are sent only to https:// servers; remove them, or use https://"
        raise ConfigurationError(problem, source="ClientConfiguration", field="url")
    if configuration.impersonate is not None:
        user |= _impersonation(configuration.impersonate)
    return user


def serialize_context(cluster: str, user: str, namespace: str | None) -> Document:
    """Serialize the context."""
    context = {"cluster": cluster, "user": user}
    return context if namespace is None else context | {"namespace": namespace}


def _exec(plugin: ExecPlugin) -> Document:
    if plugin.timeout != EXEC_TIMEOUT:
        problem = f"cannot be stored in a kubeconfig; use the default, {EXEC_TIMEOUT:g} seconds"
        raise ConfigurationError(problem, source="ExecPlugin", field="timeout")
    document = _fields(plugin, EXEC_FIELDS)
    document["command"] = _command(plugin.command)
    document["args"] = list(plugin.args)
    document["env"] = [{"name": name, "value": value} for name, value in plugin.env.items()]
    return document


def _command(command: str) -> str:
    # In a kubeconfig, a relative path is relative to the file; in a configuration, to the working directory.
    return command if os.path.basename(command) == command else os.path.abspath(command)  # noqa: PTH100, PTH119


def _impersonation(impersonation: Impersonation) -> Document:
    document = _fields(impersonation, IMPERSONATION_FIELDS)
    if impersonation.groups:
        document["as-groups"] = list(impersonation.groups)
    if impersonation.extra:
        document["as-user-extra"] = {key: list(values) for key, values in impersonation.extra.items()}
    return document


def _fields(settings: object, fields: Mapping[str, str]) -> Document:
    """Serialize the fields of `settings` that are strings, paths or True."""
    document: Document = {}
    for name, field in fields.items():
        value: Any = getattr(settings, name)
        if isinstance(value, str) and name in _BASE64_FIELDS:
            document[field] = base64.b64encode(value.encode("utf-8")).decode("ascii")
        elif isinstance(value, os.PathLike) or (name.endswith("_file") and value is not None):
            document[field] = os.path.abspath(value)  # noqa: PTH100 - accepts any path-like object
        elif isinstance(value, str) or value is True:
            document[field] = value
    return document


def _to_json(value: object) -> object:
    # The round trip makes tuples lists and keys strings, as the plugin would receive them.
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        problem = "is not JSON serializable; use dicts with str keys, lists, str, int, finite float, bool and None"
        raise ConfigurationError(problem, source="ExecPlugin", field="cluster_config") from None
