"""Build the `ClientConfiguration` of a context: select its cluster and user, and translate their fields."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubex.configuration._auth_info import read_credentials, read_impersonation
from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._field_names import CLUSTER_FIELDS, USER_FIELDS, translate_error
from kubex.configuration._merge import Entries, RawConfig
from kubex.configuration._pod import SERVICE_ACCOUNT, namespace_in_pod
from kubex.configuration._reader import Entry
from kubex.configuration._token_store import TokenStore
from kubex.errors import ConfigurationError

logger = logging.getLogger(__name__)

_CREDENTIAL_FIELDS = tuple(dict.fromkeys(field for name, field in USER_FIELDS.items() if name != "impersonate"))
_TLS_FIELDS = ("certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "tls-server-name")


@dataclass(frozen=True, slots=True)
class ConfigOverrides:
    """The entries to use instead of the current context, its cluster and its user (kubectl: `--context` and so on).

    An empty name has no effect, as with kubectl.
    """

    context: str | None = None
    cluster: str | None = None
    user: str | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is any override."""
        return bool(self.context or self.cluster or self.user)


NO_OVERRIDES = ConfigOverrides()


def build_configuration(
    raw: RawConfig,
    overrides: ConfigOverrides = NO_OVERRIDES,
    *,
    write_back: bool = False,
    environ: Mapping[str, str] = os.environ,
    service_account: Path = SERVICE_ACCOUNT,
) -> ClientConfiguration:
    """Build the configuration of the selected context. Opens only the files that this context names.

    With `write_back`, new tokens of an OpenID Connect provider are stored in the file that contains the user.
    In a pod, a context without a namespace uses the namespace of the pod.
    """
    context = _select_context(raw, overrides)
    cluster = _select_entry(raw, context, "cluster", overrides.cluster, raw.clusters)
    user = _select_entry(raw, context, "user", overrides.user, raw.users)
    if cluster is None:
        raise context.error(
            "cluster", "is missing, so the server is unknown; in a pod, load_configuration() uses the server of the pod"
        )
    user_name = overrides.user or context.string("user")
    user = user or Entry(context.file, "no user", {})
    store = TokenStore(user.file, user_name) if write_back and user_name is not None else None
    namespace = context.string("namespace") or namespace_in_pod(environ, service_account)
    return _translate(namespace, cluster, user, store)


def namespace_only(raw: RawConfig, overrides: ConfigOverrides = NO_OVERRIDES) -> tuple[bool, str | None]:
    """Return whether neither a server nor a user is configured, and the namespace of the context in that case.

    Tools write such a kubeconfig in a pod to set the namespace; kubectl then uses the server and token of the pod.
    It may also lack a current context.
    """
    name = overrides.context or raw.current_context
    context = raw.contexts.get(name) if name else None
    if overrides.cluster or overrides.user or (name and context is None):
        return False, None
    if context is None:
        return True, None
    configured = _is_configured(context, "cluster", raw.clusters) or _is_configured(context, "user", raw.users)
    return not configured, None if configured else context.string("namespace")


def _is_configured(context: Entry, field: str, entries: Entries) -> bool:
    # A context that names a missing entry is an error later; it must not be mistaken for an empty one.
    name = context.string(field)
    if name is None:
        return False
    return name not in entries or any(entries[name].is_set(str(key)) for key in entries[name].values)


def _select_context(raw: RawConfig, overrides: ConfigOverrides) -> Entry:
    name = overrides.context or raw.current_context
    if not name and overrides.cluster:
        return Entry(raw.files[0], "no context", {})
    source = ", ".join(map(str, raw.files))
    if not name:
        problem = f"is not set; pass context=, or run `kubectl config use-context` ({_available(raw.contexts)})"
        raise ConfigurationError(problem, source=source, field="current-context")
    if name not in raw.contexts:
        field = None if overrides.context else "current-context"
        problem = f"context {name!r} does not exist ({_available(raw.contexts)})"
        raise ConfigurationError(problem, source=source, field=field)
    return raw.contexts[name]


def _select_entry(raw: RawConfig, context: Entry, field: str, override: str | None, entries: Entries) -> Entry | None:
    name = override or context.string(field)
    if name is None:
        return None
    if name not in entries:
        problem = f"{field} {name!r} does not exist ({_available(entries)})"
        if override:
            raise ConfigurationError(problem, source=", ".join(map(str, raw.files)))
        raise context.error(field, problem)
    return entries[name]


def _available(entries: Entries) -> str:
    return f"available: {', '.join(sorted(entries)) or 'none'}"


def _translate(namespace: str | None, cluster: Entry, user: Entry, store: TokenStore | None) -> ClientConfiguration:
    url = _server_url(cluster, user)
    ca_data = cluster.pem("certificate-authority-data")
    fields: dict[str, Any] = {
        "server_ca_data": ca_data,
        "server_ca_file": cluster.path("certificate-authority") if ca_data is None else None,
        "insecure_skip_tls_verify": cluster.boolean("insecure-skip-tls-verify"),
        "tls_server_name": cluster.string("tls-server-name"),
        "proxy_url": cluster.string("proxy-url"),
        "disable_compression": cluster.boolean("disable-compression"),
        "impersonate": read_impersonation(user),
        "namespace": namespace,
    }
    if url.lower().startswith("https:"):
        fields |= read_credentials(user, cluster, store)
    elif any(user.is_set(field) for field in _CREDENTIAL_FIELDS):
        # client-go does the same without a warning, and the server then treats the client as anonymous.
        logger.warning(
            "%s, %s: credentials are not sent, because %s does not use https://", user.file, user.label, cluster.label
        )
    try:
        return ClientConfiguration(url=url, **fields)
    except ConfigurationError as error:
        entry = cluster if error.field in CLUSTER_FIELDS else user
        raise translate_error(entry, CLUSTER_FIELDS | USER_FIELDS, error) from None


def _server_url(cluster: Entry, user: Entry) -> str:
    server = cluster.string("server")
    if server is None:
        raise cluster.error("server", "is missing; write https://host:port")
    if "://" in server:
        return server
    if any(cluster.is_set(field) for field in _TLS_FIELDS) or any(user.is_set(field) for field in _CREDENTIAL_FIELDS):
        # The value is not quoted in the error: it may contain a password or a token.
        problem = "does not have a scheme and would be http://, without TLS and credentials; write https://host:port"
        raise cluster.error("server", problem)
    return f"http://{server}"
