"""From a configuration to the cluster, the user and the context of a kubeconfig."""

import base64
import json
import os
from collections.abc import Mapping
from typing import Any

from kubex.configuration._auth_info import EXEC_EXTENSION, EXEC_FIELDS, IMPERSONATION_FIELDS, OIDC_FIELDS
from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._context import CLUSTER_FIELDS, USER_FIELDS
from kubex.configuration._writer import Document
from kubex.credentials import ExecPlugin, Impersonation
from kubex.credentials._exec_config import EXEC_TIMEOUT
from kubex.errors import ConfigurationError

ENCODED = ("server_ca_data", "ca_data", "client_cert_data", "client_key_data")


def serialize_cluster(configuration: ClientConfiguration) -> Document:
    """Write the cluster."""
    cluster = _fields(configuration, CLUSTER_FIELDS)
    plugin = configuration.exec
    if plugin is not None and plugin.cluster_config is not None:
        cluster["extensions"] = [{"name": EXEC_EXTENSION, "extension": _as_json(plugin.cluster_config)}]
    return cluster


def serialize_user(configuration: ClientConfiguration) -> Document:
    """Write the user. Raises `ConfigurationError` for what kubeconfigs have no words for."""
    simple = {name: field for name, field in USER_FIELDS.items() if name not in ("exec", "oidc", "impersonate")}
    user = _fields(configuration, {name: field for name, field in simple.items() if hasattr(configuration, name)})
    if configuration.exec is not None:
        user["exec"] = _exec(configuration.exec)
    if configuration.oidc is not None:
        user["auth-provider"] = {"name": "oidc", "config": _fields(configuration.oidc, OIDC_FIELDS)}
    if user and not configuration.url.lower().startswith("https:"):
        problem = "credentials of a kubeconfig are sent to https:// only; write one without them"
        raise ConfigurationError(problem, source="ClientConfiguration", field="url")
    if configuration.impersonate is not None:
        user |= _impersonation(configuration.impersonate)
    return user


def serialize_context(cluster: str, user: str, namespace: str | None) -> Document:
    """Write the context."""
    context = {"cluster": cluster, "user": user}
    return context if namespace is None else context | {"namespace": namespace}


def _exec(plugin: ExecPlugin) -> Document:
    if plugin.timeout != EXEC_TIMEOUT:
        problem = f"has no place in a kubeconfig; leave it at {EXEC_TIMEOUT:g} seconds"
        raise ConfigurationError(problem, source="ExecPlugin", field="timeout")
    rendered = _fields(plugin, EXEC_FIELDS)
    rendered["command"] = _command(plugin.command)
    rendered["args"] = list(plugin.args)
    rendered["env"] = [{"name": name, "value": value} for name, value in plugin.env.items()]
    return rendered


def _command(command: str) -> str:
    """Keep a name on PATH; a path would be relative to the file that is written, not to this process."""
    return command if os.path.basename(command) == command else os.path.abspath(command)  # noqa: PTH100, PTH119


def _impersonation(whom: Impersonation) -> Document:
    rendered = _fields(whom, IMPERSONATION_FIELDS)
    rendered |= {"as-groups": list(whom.groups)} if whom.groups else {}
    return rendered | (
        {"as-user-extra": {key: list(values) for key, values in whom.extra.items()}} if whom.extra else {}
    )


def _fields(settings: object, fields: Mapping[str, str]) -> Document:
    """Write the plain fields of some settings that are set."""
    rendered: Document = {}
    for name, field in fields.items():
        value: Any = getattr(settings, name)
        if isinstance(value, str) and name in ENCODED:
            rendered[field] = base64.b64encode(value.encode("utf-8")).decode("ascii")
        elif isinstance(value, os.PathLike) or (name.endswith("_file") and value is not None):
            rendered[field] = os.path.abspath(value)  # noqa: PTH100 - of any kind of path
        elif isinstance(value, str) or value is True:
            rendered[field] = value
    return rendered


def _as_json(value: object) -> object:
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError, RecursionError):
        problem = "is not made of what JSON has: mappings with text as keys, lists, text, numbers, true, false, None"
        raise ConfigurationError(problem, source="ExecPlugin", field="cluster_config") from None
