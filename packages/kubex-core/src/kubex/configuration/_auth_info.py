"""Read a user of a kubeconfig (client-go: AuthInfo): credentials, exec plugin, OpenID Connect and impersonation."""

import os
from collections.abc import Callable
from typing import Any, cast, get_args

from kubex.configuration._field_names import (
    EXEC_EXTENSION,
    EXEC_FIELDS,
    IMPERSONATION_FIELDS,
    OIDC_FIELDS,
    with_kubeconfig_errors,
)
from kubex.configuration._reader import Entry
from kubex.credentials import ExecPlugin, Impersonation, OpenIDConnect, OpenIDTokens
from kubex.credentials._exec_config import API_VERSIONS, InteractiveMode

SaveTokens = Callable[[OpenIDTokens], object]

# Providers that client-go removed in 1.26, and what replaced them.
_REPLACEMENTS = {
    "gcp": "use the exec plugin gke-gcloud-auth-plugin (gcloud container clusters get-credentials)",
    "azure": "use the exec plugin kubelogin (kubelogin convert-kubeconfig)",
}


def read_credentials(user: Entry, cluster: Entry, save: SaveTokens | None) -> dict[str, Any]:
    """Read the fields of a `ClientConfiguration` that authenticate the user."""
    cert_data, key_data = user.pem("client-certificate-data"), user.pem("client-key-data")
    token, username, password = user.string("token"), user.string("username"), user.string("password")
    fields: dict[str, Any] = {
        "token": token,
        "token_file": user.path("tokenFile", must_exist=token is None),
        "username": username,
        "password": "" if username is not None and password is None else password,
        "client_cert_data": cert_data,
        "client_cert_file": user.path("client-certificate") if cert_data is None else None,
        "client_key_data": key_data,
        "client_key_file": user.path("client-key") if key_data is None else None,
    }
    # As in client-go, credentials in the file take precedence over a plugin or a provider.
    has_header = any(fields[name] is not None for name in ("token", "token_file", "username"))
    has_certificate = any(fields[name] is not None for name in ("client_cert_data", "client_cert_file"))
    plugin = read_exec(user, cluster)
    fields["exec"] = None if has_header or has_certificate else plugin
    fields["oidc"] = read_auth_provider(user, save, is_used=not has_header)
    return fields


def read_exec(user: Entry, cluster: Entry) -> ExecPlugin | None:
    """Read `exec`, and the extension of the cluster for the plugin."""
    plugin = user.nested("exec")
    if plugin is None:
        return None
    command, version = plugin.string("command"), plugin.string("apiVersion")
    if command is None:
        raise plugin.error("command", "is missing; write the name of a program on PATH, or a path")
    if version not in API_VERSIONS:
        raise plugin.error("apiVersion", _api_version_problem(version))
    # Like client-go: a command with a path separator is relative to the kubeconfig, not to the working directory.
    if os.path.basename(command) != command:  # noqa: PTH119 - keeps the separators of the command
        command = str(plugin.file.parent / command)
    return with_kubeconfig_errors(
        plugin,
        EXEC_FIELDS,
        lambda: ExecPlugin(
            command=command,
            args=plugin.strings("args"),
            env={_variable_name(each): each.string("value") or "" for each in plugin.nested_list("env")},
            api_version=version,
            install_hint=plugin.string("installHint"),
            provide_cluster_info=plugin.boolean("provideClusterInfo"),
            interactive_mode=_interactive_mode(plugin, required=version == API_VERSIONS[0]),
            cluster_config=_exec_extension(cluster),
        ),
    )


def _api_version_problem(version: str | None) -> str:
    problem = "is missing" if version is None else f"{version!r} is not supported"
    if version is not None and "alpha" in version:
        problem = f"{version!r} was removed in Kubernetes 1.24; update the plugin"
    return f"{problem}; write the version that the plugin supports, {' or '.join(API_VERSIONS)}"


def _variable_name(entry: Entry) -> str:
    name = entry.string("name")
    if name is None or "=" in name or "\0" in name:
        raise entry.error("name", "must be the name of a variable: not empty, without = and NUL")
    return name


def _interactive_mode(plugin: Entry, *, required: bool) -> InteractiveMode:
    mode, modes = plugin.string("interactiveMode"), get_args(InteractiveMode)
    if mode is None and not required:
        return "IfAvailable"
    if mode not in modes:
        problem = f"is missing, and {API_VERSIONS[0]} requires it" if mode is None else f"{mode!r} is unknown"
        raise plugin.error("interactiveMode", f"{problem}; write one of {', '.join(modes)}")
    return cast("InteractiveMode", mode)


def _exec_extension(cluster: Entry) -> object:
    for extension in cluster.nested_list("extensions"):
        if extension.string("name") == EXEC_EXTENSION:
            return extension.values.get("extension")
    return None


def read_auth_provider(user: Entry, save: SaveTokens | None, *, is_used: bool) -> OpenIDConnect | None:
    """Read `auth-provider`; only `oidc` is supported. If `is_used` is False, tokens and files are not read."""
    provider = user.nested("auth-provider")
    if provider is None:
        return None
    if user.is_set("exec"):
        raise user.error("auth-provider", "is set together with exec; only one way to authenticate is allowed")
    name = provider.string("name")
    if name != "oidc":
        remedy = _REPLACEMENTS.get(name or "", "write oidc, or use an exec plugin")
        raise provider.error("name", f"{name!r} is not supported; {remedy}" if name else f"is missing; {remedy}")
    config = provider.nested("config") or Entry(user.file, user.label, {}, "auth-provider.config")
    issuer, client = config.string("idp-issuer-url"), config.string("client-id")
    for field, value in (("idp-issuer-url", issuer), ("client-id", client)):
        if value is None:
            raise config.error(field, "is missing; the identity provider documents its value")
    if not is_used:
        return None
    ca_data = config.pem("idp-certificate-authority-data")
    return with_kubeconfig_errors(
        config,
        OIDC_FIELDS,
        lambda: OpenIDConnect(
            issuer_url=issuer or "",
            client_id=client or "",
            client_secret=config.string("client-secret"),
            id_token=config.string("id-token"),
            refresh_token=config.string("refresh-token"),
            ca_file=config.path("idp-certificate-authority") if ca_data is None else None,
            ca_data=ca_data,
            save=save,
        ),
    )


def read_impersonation(user: Entry) -> Impersonation | None:
    """Read the user to impersonate."""
    name, uid, groups = user.string("as"), user.string("as-uid"), user.strings("as-groups")
    fields = user.nested("as-user-extra") or Entry(user.file, user.label, {}, "as-user-extra")
    extra: dict[str, tuple[str, ...]] = {str(key): fields.strings(str(key)) for key in fields.values}
    if name is None:
        for field, value in (("as-uid", uid), ("as-groups", groups), ("as-user-extra", extra)):
            if value:
                raise user.error(field, "is set without as; add as, the name of the user to impersonate")
        return None
    return with_kubeconfig_errors(
        user, IMPERSONATION_FIELDS, lambda: Impersonation(user=name, uid=uid, groups=groups, extra=extra)
    )
