"""What a running test server tells its users, whichever kind of server it is."""

import base64
import os
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from kubex.configuration import ClientConfiguration
    from kubex_testing._pki import Identity

Capability: TypeAlias = Literal["api", "gc", "namespace-controller", "workloads", "pod-runtime", "exec"]
"""What a server can do beyond the verbs of the API; `ServerHandle.capabilities` has those of one server."""

# What every entry of a kubeconfig written here is called.
ENTRY_NAME = "kubex-testing"


@dataclass(frozen=True)
class ServerHandle:
    """Describe a running API server, and one user of it: where it listens, whom to trust, how to sign in.

    The user is a cluster administrator unless the handle came from `as_user()`, `with_token()` or `anonymous()`.
    `capabilities` says what the server does: `api` answers requests and watches, `gc` collects garbage,
    `namespace-controller` empties deleted namespaces, `workloads` makes Pods of Deployments, `pod-runtime` runs Pods,
    `exec` runs commands in them.
    """

    url: str
    ca_pem: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    client_cert_pem: str | None = field(default=None, repr=False)
    client_key_pem: str | None = field(default=None, repr=False)
    capabilities: frozenset[Capability] = frozenset({"api"})
    issue_identity: Callable[[str, Collection[str]], "Identity"] | None = field(
        default=None, repr=False, compare=False, kw_only=True
    )

    def kubeconfig(self, namespace: str = "default") -> str:
        """Return a kubeconfig file as text, with certificates and credentials inline."""
        import yaml  # here: pytest imports this module at every start

        cluster = _without_none({"server": self.url, "certificate-authority-data": _base64(self.ca_pem)})
        user = _without_none(
            {
                "token": self.token,
                "client-certificate-data": _base64(self.client_cert_pem),
                "client-key-data": _base64(self.client_key_pem),
            }
        )
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": ENTRY_NAME, "cluster": cluster}],
            "users": [{"name": ENTRY_NAME, "user": user}],
            "contexts": [
                {"name": ENTRY_NAME, "context": {"cluster": ENTRY_NAME, "user": ENTRY_NAME, "namespace": namespace}}
            ],
            "current-context": ENTRY_NAME,
        }
        return yaml.safe_dump(document, sort_keys=False)

    def write_kubeconfig(self, path: str | os.PathLike[str], namespace: str = "default") -> Path:
        """Write a kubeconfig file that only its owner can read, and return its path.

        The file appears complete or not at all. A file of that name is replaced.
        """
        target = Path(path)
        try:
            descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # with mode 0600
        except OSError as error:  # it names the temporary file
            raise OSError(error.errno, error.strerror, str(target)) from error
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(self.kubeconfig(namespace))
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return target

    def configuration(self, namespace: str | None = None) -> "ClientConfiguration":
        """Return the configuration that `kubex.client.create_client()` takes."""
        from kubex.configuration import ClientConfiguration

        return ClientConfiguration(
            url=self.url,
            server_ca_data=self.ca_pem,
            token=self.token,
            client_cert_data=self.client_cert_pem,
            client_key_data=self.client_key_pem,
            namespace=namespace,
        )

    def as_user(self, user: str, groups: Collection[str] = ()) -> "ServerHandle":
        """Return a handle for another user, who signs in with a new client certificate.

        A user has no permissions but those of the groups and of the RBAC objects that name them.

        Raises:
            ValueError: this server's certificate authority is not at hand (an existing cluster, or plain HTTP).
        """
        if self.issue_identity is None:
            raise ValueError(
                f"{self.url} offers no way to make client certificates; use with_token() with a token it knows"
            )
        identity = self.issue_identity(user, groups)
        return replace(self, token=None, client_cert_pem=identity.cert_pem, client_key_pem=identity.key_pem)

    def with_token(self, token: str) -> "ServerHandle":
        """Return a handle for the user whom the server knows by this bearer token."""
        return replace(self, token=token, client_cert_pem=None, client_key_pem=None)

    def anonymous(self) -> "ServerHandle":
        """Return a handle without credentials."""
        return replace(self, token=None, client_cert_pem=None, client_key_pem=None)


def _base64(pem: str | None) -> str | None:
    return None if pem is None else base64.b64encode(pem.encode()).decode()


def _without_none(entries: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in entries.items() if value is not None}
