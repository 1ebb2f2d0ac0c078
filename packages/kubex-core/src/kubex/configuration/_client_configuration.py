"""Which API server, and as whom."""

import os
from dataclasses import dataclass, field

from kubex.configuration._validation import validate
from kubex.credentials import ExecPlugin, Impersonation, OpenIDConnect

StrPath = str | os.PathLike[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientConfiguration:
    """How an API server is reached and who its client is, as a cluster and a user of a kubeconfig say it.

    `*_data` are PEM text. Of a thing that can be given as data or as a file, one may be given. With `token_file`,
    which is read again as it rotates, `token` is used only as long as the file has not been readable.
    Raises `ConfigurationError` (a `ValueError`) where the fields contradict each other.

    https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
    """

    url: str
    """The API server, `https://host:port`; a path (of a proxy such as Rancher's) is kept."""
    server_ca_file: StrPath | None = None
    server_ca_data: str | None = field(default=None, repr=False)
    """The authorities that may have signed the server's certificate; without, those of the system."""
    insecure_skip_tls_verify: bool = False
    """Accept any certificate of the server: whoever is on the way can read and change everything."""
    tls_server_name: str | None = None
    """The name to ask for and to expect in the server's certificate, instead of the URL's host."""
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
    """Whom to act as, once authenticated."""
    proxy_url: str | None = field(default=None, repr=False)
    """`http://host:port`, `https://user:password@host:port` or `socks5://host:port`."""
    disable_compression: bool = False
    """Ask the server not to compress its answers, which saves time on a fast network."""
    namespace: str | None = None
    """The namespace of calls that name none; without, `default`."""

    def __post_init__(self) -> None:
        validate(self)
