"""From a kubeconfig to the configuration of one of its contexts."""

import re

from kubex.configuration._client_configuration import ClientConfiguration
from kubex.configuration._entry import Entry
from kubex.configuration._files import Entries, Kubeconfig
from kubex.core.exceptions import ConfigurationError

CLUSTER_FIELDS = {
    "url": "server",
    "server_ca_file": "certificate-authority",
    "server_ca_data": "certificate-authority-data",
    "insecure_skip_tls_verify": "insecure-skip-tls-verify",
    "tls_server_name": "tls-server-name",
    "proxy_url": "proxy-url",
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
}
ALL_FIELDS = CLUSTER_FIELDS | USER_FIELDS

UNSUPPORTED = ("exec", "auth-provider", "as", "as-uid", "as-groups", "as-user-extra")
"""Fields of a user without which requests would go out as somebody else."""


def configuration_of(kubeconfig: Kubeconfig, context: str | None) -> ClientConfiguration:
    """Make the configuration of a context, by default the current one. Opens the files that this context names."""
    chosen = _context(kubeconfig, context)
    cluster = _referred(chosen, "cluster", kubeconfig.clusters)
    user = _referred(chosen, "user", kubeconfig.users)
    if cluster is None:
        raise chosen.error("cluster", "is missing, so there is no server to talk to")
    if cluster.text("server") is None:
        raise cluster.error("server", "is missing; write https://host:port")
    try:
        return _translate(chosen, cluster, user or Entry(chosen.file, "no user", {}))
    except ConfigurationError as error:
        if error.source != "ClientConfiguration":
            raise
        raise _relocated(error, cluster, user or chosen) from None


def _context(kubeconfig: Kubeconfig, wanted: str | None) -> Entry:
    name = kubeconfig.current_context if wanted is None else wanted
    source = ", ".join(map(str, kubeconfig.files))
    known = ", ".join(sorted(kubeconfig.contexts)) or "none"
    if not name:
        problem = f"is not set; choose one by context= or `kubectl config use-context` (there are: {known})"
        raise ConfigurationError(problem, source=source, field="current-context")
    if name not in kubeconfig.contexts:
        field = "current-context" if wanted is None else None
        raise ConfigurationError(f"there is no context {name!r} (there are: {known})", source=source, field=field)
    return kubeconfig.contexts[name]


def _referred(context: Entry, field: str, entries: Entries) -> Entry | None:
    name = context.text(field)
    if name is None:
        return None
    if name not in entries:
        raise context.error(field, f"there is no {field} {name!r} (there are: {', '.join(sorted(entries)) or 'none'})")
    return entries[name]


def _translate(context: Entry, cluster: Entry, user: Entry) -> ClientConfiguration:
    for field in UNSUPPORTED:
        if user.given(field):
            raise user.error(
                field, "is not supported yet; choose a user with a token, a client certificate or a password"
            )
    ca_data = cluster.decoded("certificate-authority-data")
    cert_data = user.decoded("client-certificate-data")
    key_data = user.decoded("client-key-data")
    token, username, password = user.text("token"), user.text("username"), user.text("password")
    return ClientConfiguration(
        url=cluster.text("server") or "",
        server_ca_data=ca_data,
        server_ca_file=cluster.path("certificate-authority") if ca_data is None else None,
        insecure_skip_tls_verify=cluster.flag("insecure-skip-tls-verify"),
        tls_server_name=cluster.text("tls-server-name"),
        proxy_url=cluster.text("proxy-url"),
        token=token,
        token_file=user.path("tokenFile", must_exist=token is None),
        username=username,
        password="" if username is not None and password is None else password,
        client_cert_data=cert_data,
        client_cert_file=user.path("client-certificate") if cert_data is None else None,
        client_key_data=key_data,
        client_key_file=user.path("client-key") if key_data is None else None,
        namespace=context.text("namespace"),
    )


def _relocated(error: ConfigurationError, cluster: Entry, user: Entry) -> ConfigurationError:
    """Say in a kubeconfig's words what `ClientConfiguration` said in its own."""
    attribute = error.field or ""
    words = "|".join(sorted(ALL_FIELDS, key=len, reverse=True))
    problem = re.sub(rf"\b({words})\b", lambda match: ALL_FIELDS[match[1]], error.problem)
    entry = cluster if attribute in CLUSTER_FIELDS else user
    return entry.error(ALL_FIELDS.get(attribute, attribute), problem)
