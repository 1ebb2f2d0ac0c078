"""The command-line flags of the programs of a control plane."""

from collections.abc import Mapping

from kubex_testing.controlplane._data_directory import API_SERVER_USER, DataDirectory


def etcd_flags(data_directory: DataDirectory, *, client_port: int, peer_port: int) -> list[str]:
    """Return the flags of etcd, with a single member that stores its data in the directory."""
    client, peer = f"https://127.0.0.1:{client_port}", f"https://127.0.0.1:{peer_port}"
    return _flags(
        {
            "name": "default",
            "data-dir": data_directory.path_of("etcd"),
            # The data need not survive a crash, and fsync makes writes slow.
            "unsafe-no-fsync": "true",
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": f"default={peer}",
            "client-cert-auth": "true",
            "trusted-ca-file": data_directory.path_of("etcd-ca.crt"),
            "cert-file": data_directory.path_of("etcd.crt"),
            "key-file": data_directory.path_of("etcd.key"),
            "peer-client-cert-auth": "true",
            "peer-trusted-ca-file": data_directory.path_of("etcd-ca.crt"),
            "peer-cert-file": data_directory.path_of("etcd.crt"),
            "peer-key-file": data_directory.path_of("etcd.key"),
        }
    )


def apiserver_flags(
    data_directory: DataDirectory, *, port: int, etcd_port: int, service_accounts: bool = False
) -> list[str]:
    """Return the flags of kube-apiserver, with or without the admission plug-in for service accounts."""
    return _flags(
        {
            "bind-address": "127.0.0.1",
            "advertise-address": "127.0.0.1",
            "secure-port": str(port),
            "cert-dir": data_directory.path_of("apiserver"),
            "tls-cert-file": data_directory.path_of("apiserver.crt"),
            "tls-private-key-file": data_directory.path_of("apiserver.key"),
            "client-ca-file": data_directory.path_of("ca.crt"),
            "token-auth-file": data_directory.path_of("tokens.csv"),
            "kubelet-certificate-authority": data_directory.path_of("ca.crt"),
            "kubelet-client-certificate": data_directory.path_of("kubelet-client.crt"),
            "kubelet-client-key": data_directory.path_of("kubelet-client.key"),
            "etcd-servers": f"https://127.0.0.1:{etcd_port}",
            "etcd-cafile": data_directory.path_of("etcd-ca.crt"),
            "etcd-certfile": data_directory.path_of("etcd-client.crt"),
            "etcd-keyfile": data_directory.path_of("etcd-client.key"),
            "authorization-mode": "RBAC",
            "allow-privileged": "true",
            # This plug-in rejects Pods if their service account does not exist. Only a controller manager creates
            # service accounts, and in a new namespace it needs some time.
            **({} if service_accounts else {"disable-admission-plugins": "ServiceAccount"}),
            # Do not create `kubernetes` Endpoints in the namespace default: they would contain a loopback address.
            "endpoint-reconciler-type": "none",
            "service-cluster-ip-range": "10.0.0.0/24",
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-key-file": data_directory.path_of("service-account.key"),
            "service-account-signing-key-file": data_directory.path_of("service-account.key"),
        }
    )


def controller_manager_flags(data_directory: DataDirectory) -> list[str]:
    """Return the flags of kube-controller-manager, which does not listen on any port."""
    return _flags(
        {
            "kubeconfig": data_directory.path_of("controller-manager.kubeconfig"),
            "bind-address": "127.0.0.1",
            "secure-port": "0",
            "leader-elect": "false",
            "use-service-account-credentials": "false",
            "root-ca-file": data_directory.path_of("ca.crt"),
            "service-account-private-key-file": data_directory.path_of("service-account.key"),
        }
    )


def kubelet_flags(data_directory: DataDirectory) -> list[str]:
    """Return the flags of the kubelet, which listens on a free port of the loopback interface."""
    return _flags(
        {
            "kubeconfig": data_directory.path_of("kubelet.kubeconfig"),
            "root-dir": data_directory.path_of("pods"),
            "tls-cert-file": data_directory.path_of("kubelet.crt"),
            "tls-private-key-file": data_directory.path_of("kubelet.key"),
            "client-ca-file": data_directory.path_of("ca.crt"),
            "client-name": API_SERVER_USER,
        }
    )


def _flags(values: Mapping[str, str]) -> list[str]:
    return [f"--{name}={value}" for name, value in values.items()]
