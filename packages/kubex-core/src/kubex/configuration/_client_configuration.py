"""The address of an API server, and the credentials of its client."""

import os
from dataclasses import dataclass, field

from kubex.configuration._validation import validate
from kubex.core._error_handling import hide_arguments
from kubex.credentials import ExecPlugin, Impersonation, OpenIDConnect

StrPath = str | os.PathLike[str]


@hide_arguments
@dataclass(frozen=True, kw_only=True, slots=True)
class ClientConfiguration:
    """The address of an API server and the credentials of its client, like a cluster and a user of a kubeconfig.

    The fields `*_data` contain PEM; set either the data or the file. `token_file` is read again after a rotation;
    `token` is used until this file is readable for the first time.
    Raises `ConfigurationError` (a `ValueError`), naming the field, for invalid values.

    https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
    """

    url: str
    """The URL of the API server, `https://host:port`, with an optional path (for example of Rancher)."""
    server_ca_file: StrPath | None = None
    server_ca_data: str | None = field(default=None, repr=False)
    """The CA certificates that verify the server; the default is the CA certificates of the system."""
    insecure_skip_tls_verify: bool = False
    """Do not verify the certificate of the server, so that others on the network can read and change all requests."""
    tls_server_name: str | None = None
    """The server name for SNI and for verifying the certificate, instead of the host of the URL."""
    token: str | None = field(default=None, repr=False)
    token_file: StrPath | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_cert_file: StrPath | None = None
    client_key_file: StrPath | None = None
    client_cert_data: str | None = field(default=None, repr=False)
    client_key_data: str | None = field(default=None, repr=False)
    exec: ExecPlugin | None = None
    """A program that prints a token or a client certificate."""
    oidc: OpenIDConnect | None = None
    """An OpenID Connect provider that issues tokens."""
    impersonate: Impersonation | None = None
    """The user to impersonate."""
    proxy_url: str | None = field(default=None, repr=False)
    """`http://host:port`, `https://user:password@host:port` or `socks5://host:port`."""
    disable_compression: bool = False
    """Request responses without compression, which saves time on a fast network."""
    namespace: str | None = None
    """The namespace of calls that do not name one; the default is `default`."""

    def __post_init__(self) -> None:
        validate(self)
