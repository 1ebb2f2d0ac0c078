"""The files of a control plane: certificates, keys, tokens and kubeconfigs."""

import os
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from kubex_testing._handle import ServerHandle
from kubex_testing._pki import CertificateAuthority, Identity, service_account_key

# The common name in the certificate with which kube-apiserver authenticates to the kubelet.
API_SERVER_USER = "kube-apiserver"
_API_SERVER_HOSTS = (
    "localhost",
    "127.0.0.1",
    "::1",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "10.0.0.1",
)


@dataclass(frozen=True)
class TokenUser:
    """A user who signs in with a bearer token. By default the token is random."""

    user: str
    groups: tuple[str, ...] = ()
    token: str = field(default_factory=secrets.token_urlsafe, repr=False)

    def __post_init__(self) -> None:
        """Raise ValueError for values that the token file cannot represent."""
        for text in (self.user, self.token, *self.groups):
            if not text or any(character in text for character in ',"\r\n'):
                raise ValueError(
                    f"user {self.user!r}: names, groups and tokens must not be empty and must not contain commas, "
                    "double quotes or line breaks"
                )


@dataclass(frozen=True)
class DataDirectory:
    """The private directory of one control plane. `create_files()` writes its files."""

    path: Path

    def create_files(self, authority: CertificateAuthority, token_users: Collection[TokenUser]) -> None:
        """Write the certificates, keys and tokens that the programs read."""
        # etcd trusts a separate authority, so that the certificate of a user, or of another control plane, is not valid
        # for it.
        etcd_authority = CertificateAuthority()
        self._write("etcd-ca.crt", etcd_authority.cert_pem)
        self._write_identity("etcd", etcd_authority.server_identity())
        self._write_identity("etcd-client", etcd_authority.client_identity("kube-apiserver"))
        self._write("ca.crt", authority.cert_pem)
        self._write_identity("apiserver", authority.server_identity(_API_SERVER_HOSTS))
        self._write_identity("kubelet", authority.server_identity(["127.0.0.1"]))
        self._write_identity("kubelet-client", authority.client_identity(API_SERVER_USER, ["system:masters"]))
        self._write("service-account.key", service_account_key())
        self._write("tokens.csv", "".join(_token_line(user) for user in token_users))

    def write_kubeconfig(self, name: str, handle: ServerHandle) -> None:
        """Write the kubeconfig of a component."""
        handle.write_kubeconfig(self.path / name)

    def path_of(self, name: str) -> str:
        """Return the path of a file in the directory."""
        return os.fspath(self.path / name)

    def _write_identity(self, name: str, identity: Identity) -> None:
        self._write(f"{name}.crt", identity.cert_pem)
        self._write(f"{name}.key", identity.key_pem)

    def _write(self, name: str, text: str) -> None:
        path = self.path / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")


def _token_line(user: TokenUser) -> str:
    # The columns are token, user, uid and, in quotes, the groups.
    return f'{user.token},{user.user},{user.user},"{",".join(user.groups)}"\n'
