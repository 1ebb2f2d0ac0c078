"""The description of a running test server, embedded or real."""

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
"""A feature that only some servers have; `ServerHandle.capabilities` lists those of one server."""

# The name of the cluster, the user and the context in the kubeconfig.
ENTRY_NAME = "kubex-testing"
# The limit of the common name of a certificate.
MAX_USER_BYTES = 64


@dataclass(frozen=True)
class ServerHandle:
    """The URL, the certificate authority and the credentials for one user of a running API server.

    The user is a cluster administrator unless the handle came from `as_user()`, `with_token()` or `anonymous()`.
    `capabilities` lists what the server can do: `api` handles requests and watches, `gc` collects garbage,
    `namespace-controller` deletes the contents of deleted namespaces, `workloads` creates Pods for Deployments,
    `pod-runtime` runs Pods, and `exec` runs commands in them.
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
        """Return the text of a kubeconfig file that contains the certificates and credentials inline."""
        import yaml  # pytest imports this module at every start, so avoid the cost there

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
        """Write a kubeconfig file with mode 0600, and return its path.

        The write is atomic and replaces an existing file.
        """
        target = Path(path)
        try:
            # Write a temporary file and rename it, so that readers never see an incomplete file.
            descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # with mode 0600
        except OSError as error:
            # The original error names the temporary file, which the user does not know.
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
        """Return the configuration for `kubex.create_client()`."""
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
        """Return a handle for another user, who authenticates with a new client certificate.

        The user has only the permissions of the groups and of RBAC objects that name the user.

        Raises:
            ValueError: the handle has no certificate authority, because the server is an existing cluster or uses
                plain HTTP; or the user or a group is empty, or the user has more than 64 bytes.
        """
        if self.issue_identity is None:
            raise ValueError(
                f"cannot create a client certificate for {self.url}: its certificate authority is not available; "
                "use with_token() with a token that the server knows"
            )
        _check_names(user, groups)
        identity = self.issue_identity(user, groups)
        return replace(self, token=None, client_cert_pem=identity.cert_pem, client_key_pem=identity.key_pem)

    def with_token(self, token: str) -> "ServerHandle":
        """Return a handle that authenticates with this bearer token."""
        return replace(self, token=token, client_cert_pem=None, client_key_pem=None)

    def anonymous(self) -> "ServerHandle":
        """Return a handle without credentials."""
        return replace(self, token=None, client_cert_pem=None, client_key_pem=None)


def _check_names(user: str, groups: Collection[str]) -> None:
    """Check that a certificate can contain the names. Raises ValueError."""
    if not 1 <= len(user.encode()) <= MAX_USER_BYTES:
        raise ValueError(
            f"user must have 1 to {MAX_USER_BYTES} bytes, which is the limit of certificates, not {user!r}; use "
            "anonymous() for requests without a user, or a token for longer names"
        )
    if "" in groups:
        raise ValueError(f"the groups of {user!r} must not contain an empty string: {list(groups)!r}")


def _base64(pem: str | None) -> str | None:
    return None if pem is None else base64.b64encode(pem.encode()).decode()


def _without_none(entries: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in entries.items() if value is not None}
