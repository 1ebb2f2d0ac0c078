"""What the programs of a control plane are told: their flags and the files these name."""

import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kubex_testing._handle import ServerHandle
from kubex_testing._pki import CertificateAuthority, Identity, service_account_key


@dataclass(frozen=True)
class TokenUser:
    """A user who signs in with a bearer token; made up anew for each unless it is given."""

    user: str
    groups: tuple[str, ...] = ()
    token: str = field(default_factory=secrets.token_urlsafe, repr=False)

    def __post_init__(self) -> None:
        """Refuse what the file of tokens cannot hold."""
        for text in (self.user, self.token, *self.groups):
            if not text or any(character in text for character in ',"\r\n'):
                raise ValueError(f"user {self.user!r}: names, groups and tokens must not be empty nor hold , or quotes")


@dataclass(frozen=True)
class Folder:
    """The private directory of one control plane. Its files exist once `prepare()` ran."""

    path: Path

    def prepare(self, authority: CertificateAuthority, token_users: Collection[TokenUser]) -> None:
        """Write the certificates, keys and tokens that the programs read."""
        # An authority of its own: a user's certificate must not open etcd, nor another control plane's API server.
        etcd_authority = CertificateAuthority()
        self._write("etcd-ca.crt", etcd_authority.cert_pem)
        self._write_identity("etcd", etcd_authority.server_identity())
        self._write_identity("etcd-client", etcd_authority.client_identity("kube-apiserver"))
        self._write("ca.crt", authority.cert_pem)
        self._write_identity("apiserver", authority.server_identity(_API_SERVER_HOSTS))
        self._write_identity("kubelet-client", authority.client_identity("kube-apiserver", ["system:masters"]))
        self._write("service-account.key", service_account_key())
        self._write("tokens.csv", "".join(_token_line(user) for user in token_users))

    def write_kubeconfig(self, name: str, handle: ServerHandle) -> None:
        """Write the kubeconfig of a component."""
        handle.write_kubeconfig(self.path / name)

    def file(self, name: str) -> str:
        """Return the path of a file in the directory."""
        return os.fspath(self.path / name)

    def _write_identity(self, name: str, identity: Identity) -> None:
        self._write(f"{name}.crt", identity.cert_pem)
        self._write(f"{name}.key", identity.key_pem)

    def _write(self, name: str, text: str) -> None:
        path = self.path / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")


_API_SERVER_HOSTS = (
    "localhost",
    "127.0.0.1",
    "::1",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "10.0.0.1",
)


def etcd_flags(folder: Folder, *, client_port: int, peer_port: int) -> list[str]:
    """Return the flags of etcd: one member, which keeps its data in the directory and does not care to flush it."""
    client, peer = f"https://127.0.0.1:{client_port}", f"https://127.0.0.1:{peer_port}"
    return _flags(
        {
            "name": "default",
            "data-dir": folder.file("etcd"),
            "unsafe-no-fsync": "true",
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": f"default={peer}",
            "client-cert-auth": "true",
            "trusted-ca-file": folder.file("etcd-ca.crt"),
            "cert-file": folder.file("etcd.crt"),
            "key-file": folder.file("etcd.key"),
            "peer-client-cert-auth": "true",
            "peer-trusted-ca-file": folder.file("etcd-ca.crt"),
            "peer-cert-file": folder.file("etcd.crt"),
            "peer-key-file": folder.file("etcd.key"),
        }
    )


def apiserver_flags(folder: Folder, *, port: int, etcd_port: int) -> list[str]:
    """Return the flags of kube-apiserver."""
    return _flags(
        {
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "secure-port": str(port),
            "cert-dir": folder.file("apiserver"),
            "tls-cert-file": folder.file("apiserver.crt"),
            "tls-private-key-file": folder.file("apiserver.key"),
            "client-ca-file": folder.file("ca.crt"),
            "token-auth-file": folder.file("tokens.csv"),
            "kubelet-client-certificate": folder.file("kubelet-client.crt"),
            "kubelet-client-key": folder.file("kubelet-client.key"),
            "etcd-servers": f"https://127.0.0.1:{etcd_port}",
            "etcd-cafile": folder.file("etcd-ca.crt"),
            "etcd-certfile": folder.file("etcd-client.crt"),
            "etcd-keyfile": folder.file("etcd-client.key"),
            "authorization-mode": "RBAC",
            "allow-privileged": "true",
            # Without a controller manager no service account is ever made, and this plug-in would refuse every Pod.
            # With one, it would refuse those that come right after their namespace.
            "disable-admission-plugins": "ServiceAccount",
            # No `kubernetes` Endpoints in namespace default that point at a loopback address.
            "endpoint-reconciler-type": "none",
            "service-cluster-ip-range": "10.0.0.0/24",
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": folder.file("service-account.key"),
            "service-account-signing-key-file": folder.file("service-account.key"),
        }
    )


def controller_manager_flags(folder: Folder) -> list[str]:
    """Return the flags of kube-controller-manager, which then listens nowhere."""
    return _flags(
        {
            "kubeconfig": folder.file("controller-manager.kubeconfig"),
            "bind-address": "127.0.0.1",
            "secure-port": "0",
            "leader-elect": "false",
            "use-service-account-credentials": "false",
            "root-ca-file": folder.file("ca.crt"),
            "service-account-private-key-file": folder.file("service-account.key"),
        }
    )


def _flags(values: Mapping[str, str]) -> list[str]:
    return [f"--{name}={value}" for name, value in values.items()]


def _token_line(user: TokenUser) -> str:
    # The columns are token, user, uid and, in quotes, the groups.
    return f'{user.token},{user.user},{user.user},"{",".join(user.groups)}"\n'
