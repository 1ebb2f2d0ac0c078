"""From a kubeconfig to the configuration of one of its contexts."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubex.configuration._auth_info import exec_plugin, impersonation, in_words_of, open_id_connect
from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._merge import Entries, RawConfig
from kubex.configuration._pod import SERVICE_ACCOUNT, namespace_in_pod
from kubex.configuration._reader import Entry
from kubex.configuration._token_store import TokenStore
from kubex.errors import ConfigurationError

logger = logging.getLogger(__name__)

CLUSTER_FIELDS = {
    "url": "server",
    "server_ca_file": "certificate-authority",
    "server_ca_data": "certificate-authority-data",
    "insecure_skip_tls_verify": "insecure-skip-tls-verify",
    "tls_server_name": "tls-server-name",
    "proxy_url": "proxy-url",
    "disable_compression": "disable-compression",
}
USER_FIELDS = {
    "token": "token",
    "token_file": "tokenFile",
    "username": "username",
    "password": "password",
    "client_cert": "client-certificate",
    "client_cert_file": "client-certificate",
    "client_cert_data": "client-certificate-data",
    "client_key": "client-key",
    "client_key_file": "client-key",
    "client_key_data": "client-key-data",
    "exec": "exec",
    "oidc": "auth-provider",
    "impersonate": "as",
}
CREDENTIALS = tuple(dict.fromkeys(field for name, field in USER_FIELDS.items() if name != "impersonate"))
TLS = ("certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "tls-server-name")


@dataclass(frozen=True, slots=True)
class ConfigOverrides:
    """Which entries of a kubeconfig to take: a context, and what stands in for its cluster and its user.

    Empty names are none, as with kubectl.
    """

    context: str | None = None
    cluster: str | None = None
    user: str | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything else is chosen than the current context."""
        return bool(self.context or self.cluster or self.user)


CURRENT = ConfigOverrides()


def build_configuration(
    content: RawConfig,
    choice: ConfigOverrides = CURRENT,
    *,
    write_back: bool = False,
    environ: Mapping[str, str] = os.environ,
    service_account: Path = SERVICE_ACCOUNT,
) -> ClientConfiguration:
    """Make the configuration that is chosen. Opens the files that it names, and no others.

    With `write_back` new tokens of an OpenID Connect provider are stored in the file that the user stands in.
    In a pod a context without a namespace is in that of the pod.
    """
    chosen = _context(content, choice)
    cluster = _referred(content, chosen, "cluster", choice.cluster, content.clusters)
    user = _referred(content, chosen, "user", choice.user, content.users)
    if cluster is None:
        raise chosen.error(
            "cluster", "is missing, so the server is unknown; in a pod, load_configuration() takes the pod's"
        )
    who = user or Entry(chosen.file, "no user", {})
    named = choice.user or chosen.text("user")
    save = TokenStore(who.file, named) if write_back and named is not None else None
    namespace = chosen.text("namespace") or namespace_in_pod(environ, service_account)
    return _translate(namespace, cluster, who, save)


def namespace_only(content: RawConfig, choice: ConfigOverrides = CURRENT) -> tuple[bool, str | None]:
    """Tell whether no server and no user is chosen, for which kubectl takes those of the pod, and the namespace.

    Programs write such a file to set the namespace. A missing current context also chooses no server.
    """
    name = choice.context or content.current_context
    context = content.contexts.get(name) if name else None
    if choice.cluster or choice.user or (name and context is None):
        return False, None
    if context is None:
        return True, None
    chosen = _chooses(context, "cluster", content.clusters) or _chooses(context, "user", content.users)
    return not chosen, None if chosen else context.text("namespace")


def _chooses(context: Entry, field: str, entries: Entries) -> bool:
    """Tell whether a context names an entry that is missing, which is an error later, or has a field."""
    name = context.text(field)
    if name is None:
        return False
    return name not in entries or any(entries[name].given(str(key)) for key in entries[name].values)


def _context(content: RawConfig, choice: ConfigOverrides) -> Entry:
    name = choice.context or content.current_context
    if not name and choice.cluster:
        return Entry(content.files[0], "no context", {})
    source = ", ".join(map(str, content.files))
    known = ", ".join(sorted(content.contexts)) or "none"
    if not name:
        problem = f"is not set; choose one by context= or `kubectl config use-context` (there are: {known})"
        raise ConfigurationError(problem, source=source, field="current-context")
    if name not in content.contexts:
        field = None if choice.context else "current-context"
        raise ConfigurationError(f"there is no context {name!r} (there are: {known})", source=source, field=field)
    return content.contexts[name]


def _referred(content: RawConfig, context: Entry, field: str, instead: str | None, entries: Entries) -> Entry | None:
    name = instead or context.text(field)
    if name is None:
        return None
    if name not in entries:
        problem = f"there is no {field} {name!r} (there are: {', '.join(sorted(entries)) or 'none'})"
        if instead:
            raise ConfigurationError(problem, source=", ".join(map(str, content.files)))
        raise context.error(field, problem)
    return entries[name]


def _translate(namespace: str | None, cluster: Entry, user: Entry, save: TokenStore | None) -> ClientConfiguration:
    url = _server(cluster, user)
    ca_data = cluster.decoded("certificate-authority-data")
    fields: dict[str, Any] = {
        "server_ca_data": ca_data,
        "server_ca_file": cluster.path("certificate-authority") if ca_data is None else None,
        "insecure_skip_tls_verify": cluster.flag("insecure-skip-tls-verify"),
        "tls_server_name": cluster.text("tls-server-name"),
        "proxy_url": cluster.text("proxy-url"),
        "disable_compression": cluster.flag("disable-compression"),
        "impersonate": impersonation(user),
        "namespace": namespace,
    }
    if url.lower().startswith("https:"):
        fields |= _credentials(cluster, user, save)
    elif any(user.given(field) for field in CREDENTIALS):
        # kubectl says nothing, and who asks will wonder why nobody is known to the server.
        logger.warning("%s, %s: not sent, since %s is not https://", user.file, user.title, cluster.title)
    try:
        return ClientConfiguration(url=url, **fields)
    except ConfigurationError as error:
        entry = cluster if error.field in CLUSTER_FIELDS else user
        raise in_words_of(entry, CLUSTER_FIELDS | USER_FIELDS, error) from None


def _server(cluster: Entry, user: Entry) -> str:
    server = cluster.text("server")
    if server is None:
        raise cluster.error("server", "is missing; write https://host:port")
    if "://" in server:
        return server
    if any(cluster.given(field) for field in TLS) or any(user.given(field) for field in CREDENTIALS):
        problem = "has no scheme, so kubectl would send nothing but http:// there; write https://host:port"
        raise cluster.error("server", problem)  # not quoted: a password or a token may stand in it
    return f"http://{server}"


def _credentials(cluster: Entry, user: Entry, save: TokenStore | None) -> dict[str, Any]:
    cert_data, key_data = user.decoded("client-certificate-data"), user.decoded("client-key-data")
    token, username, password = user.text("token"), user.text("username"), user.text("password")
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
    # As with kubectl, what stands in the file goes before what has to be asked for.
    has_header = any(fields[name] is not None for name in ("token", "token_file", "username"))
    has_certificate = any(fields[name] is not None for name in ("client_cert_data", "client_cert_file"))
    plugin = exec_plugin(user, cluster)
    fields["exec"] = None if has_header or has_certificate else plugin
    fields["oidc"] = open_id_connect(user, save, is_used=not has_header)
    return fields
