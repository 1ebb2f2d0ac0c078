"""How a user of a kubeconfig gets credentials, and whom it acts as: plugins, OpenID Connect, impersonation."""

import os
import re
from collections.abc import Callable, Mapping
from typing import TypeVar, cast, get_args

from kubex.configuration._reader import Entry
from kubex.credentials import ExecPlugin, Impersonation, OpenIDConnect, OpenIDTokens
from kubex.credentials._exec_config import API_VERSIONS as EXEC_VERSIONS
from kubex.credentials._exec_config import InteractiveMode
from kubex.errors import ConfigurationError

T = TypeVar("T")
Save = Callable[[OpenIDTokens], object]

EXEC_EXTENSION = "client.authentication.k8s.io/exec"
"""The extension of a cluster that plugins are told."""

EXEC_FIELDS = {
    "command": "command",
    "args": "args",
    "env": "env",
    "api_version": "apiVersion",
    "install_hint": "installHint",
    "provide_cluster_info": "provideClusterInfo",
    "interactive_mode": "interactiveMode",
}
OIDC_FIELDS = {
    "issuer_url": "idp-issuer-url",
    "client_id": "client-id",
    "client_secret": "client-secret",
    "id_token": "id-token",
    "refresh_token": "refresh-token",
    "ca_file": "idp-certificate-authority",
    "ca_data": "idp-certificate-authority-data",
}
IMPERSONATION_FIELDS = {"user": "as", "uid": "as-uid", "groups": "as-groups", "extra": "as-user-extra"}
QUOTED = r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
"""What a user wrote, which is no word of ours; an apostrophe inside a word begins none."""

REMEDIES = {
    "gcp": "use the exec plugin gke-gcloud-auth-plugin (gcloud container clusters get-credentials)",
    "azure": "use the exec plugin kubelogin (kubelogin convert-kubeconfig)",
}


def exec_plugin(user: Entry, cluster: Entry) -> ExecPlugin | None:
    """Read `exec`, and what the cluster has for the plugin."""
    plugin = user.inner("exec")
    if plugin is None:
        return None
    command, version = plugin.text("command"), plugin.text("apiVersion")
    if command is None:
        raise plugin.error("command", "is missing; write a program on PATH or a path")
    if version not in EXEC_VERSIONS:
        problem = "is missing" if version is None else f"{version!r} is not supported"
        if version is not None and "alpha" in version:
            problem = f"{version!r} is gone since Kubernetes 1.24; update the plugin"
        raise plugin.error("apiVersion", f"{problem}; write {' or '.join(EXEC_VERSIONS)}, whichever the plugin speaks")
    if os.path.basename(command) != command:  # noqa: PTH119 - of a path that may be meant for another system
        command = str(plugin.file.parent / command)
    return renamed(
        plugin,
        EXEC_FIELDS,
        lambda: ExecPlugin(
            command=command,
            args=plugin.texts("args"),
            env={_variable(each): each.text("value") or "" for each in plugin.inners("env")},
            api_version=version,
            install_hint=plugin.text("installHint"),
            provide_cluster_info=plugin.flag("provideClusterInfo"),
            interactive_mode=_interactive_mode(plugin, required=version == EXEC_VERSIONS[0]),
            cluster_config=_extension(cluster),
        ),
    )


def _variable(entry: Entry) -> str:
    name = entry.text("name")
    if name is None or "=" in name or "\0" in name:
        raise entry.error("name", "must be the name of a variable: not empty, without = and NUL")
    return name


def _interactive_mode(plugin: Entry, *, required: bool) -> InteractiveMode:
    mode, modes = plugin.text("interactiveMode"), get_args(InteractiveMode)
    if mode is None and not required:
        return "IfAvailable"
    if mode not in modes:
        problem = f"is missing, and {EXEC_VERSIONS[0]} demands it" if mode is None else f"{mode!r} is unknown"
        raise plugin.error("interactiveMode", f"{problem}; write one of {', '.join(modes)}")
    return cast("InteractiveMode", mode)


def _extension(cluster: Entry) -> object:
    for extension in cluster.inners("extensions"):
        if extension.text("name") == EXEC_EXTENSION:
            return extension.values.get("extension")
    return None


def open_id_connect(user: Entry, save: Save | None, *, is_used: bool) -> OpenIDConnect | None:
    """Read `auth-provider`, of which there is one kind left; one that is not used needs no tokens."""
    provider = user.inner("auth-provider")
    if provider is None:
        return None
    if user.given("exec"):
        raise user.error("auth-provider", "is given together with exec; only one way to authenticate is allowed")
    name = provider.text("name")
    if name != "oidc":
        remedy = REMEDIES.get(name or "", "oidc is the one that is; for others there are exec plugins")
        raise provider.error("name", f"{name!r} is not supported; {remedy}" if name else f"is missing; {remedy}")
    config = provider.inner("config") or Entry(user.file, user.title, {}, "auth-provider.config")
    issuer, client = config.text("idp-issuer-url"), config.text("client-id")
    for field, value in (("idp-issuer-url", issuer), ("client-id", client)):
        if value is None:
            raise config.error(field, "is missing")
    if not is_used:
        return None
    ca_data = config.decoded("idp-certificate-authority-data")
    return renamed(
        config,
        OIDC_FIELDS,
        lambda: OpenIDConnect(
            issuer_url=issuer or "",
            client_id=client or "",
            client_secret=config.text("client-secret"),
            id_token=config.text("id-token"),
            refresh_token=config.text("refresh-token"),
            ca_file=config.path("idp-certificate-authority") if ca_data is None else None,
            ca_data=ca_data,
            save=save,
        ),
    )


def impersonation(user: Entry) -> Impersonation | None:
    """Read whom to act as."""
    name, uid, groups = user.text("as"), user.text("as-uid"), user.texts("as-groups")
    fields = user.inner("as-user-extra") or Entry(user.file, user.title, {}, "as-user-extra")
    extra: dict[str, tuple[str, ...]] = {str(key): fields.texts(str(key)) for key in fields.values}
    if name is None:
        for field, value in (("as-uid", uid), ("as-groups", groups), ("as-user-extra", extra)):
            if value:
                raise user.error(field, "is given without as; name the user to act as")
        return None
    return renamed(user, IMPERSONATION_FIELDS, lambda: Impersonation(user=name, uid=uid, groups=groups, extra=extra))


def renamed(entry: Entry, fields: Mapping[str, str], make: Callable[[], T]) -> T:
    """Make settings; what they find wrong is said in a kubeconfig's words, and with its place."""
    try:
        return make()
    except ConfigurationError as error:
        if error.source == str(entry.file):
            raise
        raise in_words_of(entry, fields, error) from None


def in_words_of(entry: Entry, fields: Mapping[str, str], error: ConfigurationError) -> ConfigurationError:
    """Say of an entry, by the names of its fields, what was said of the settings that were made of it."""
    words = re.compile(rf"{QUOTED}|\b({'|'.join(sorted(fields, key=len, reverse=True))})\b")

    def translated(text: str) -> str:
        return words.sub(lambda match: fields[match[1]] if match[1] else match[0], text)

    field, problem = translated(error.field or ""), translated(error.problem)
    return entry.error(field or None, problem)
