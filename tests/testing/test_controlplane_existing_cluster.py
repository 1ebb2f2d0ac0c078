"""The handle of an existing cluster, created from its kubeconfig."""

from pathlib import Path

import pytest

from kubex.configuration import ClientConfiguration
from kubex.errors import ConfigurationError
from kubex_testing import ServerHandle
from kubex_testing._pki import CertificateAuthority
from kubex_testing.compliance._ports import free_port
from kubex_testing.controlplane import ControlPlane, ControlPlaneStartError, ControlPlaneUnavailable
from kubex_testing.controlplane._existing_cluster import handle_from_configuration
from kubex_testing.embedded import EmbeddedServer


@pytest.fixture
def kubeconfig_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set USE_EXISTING_CLUSTER, and return the path of the kubeconfig that the test writes."""
    path = tmp_path / "kubeconfig"
    monkeypatch.setenv("USE_EXISTING_CLUSTER", "true")
    monkeypatch.setenv("KUBECONFIG", str(path))
    return path


def test_handle_contains_the_contents_of_the_files(tmp_path: Path) -> None:
    for name in ("ca", "cert", "key", "token"):
        (tmp_path / name).write_text(f"the {name}\n")
    handle = handle_from_configuration(
        ClientConfiguration(
            url="https://127.0.0.1:6443",
            server_ca_file=tmp_path / "ca",
            client_cert_file=tmp_path / "cert",
            client_key_file=tmp_path / "key",
            token_file=tmp_path / "token",
            namespace="work",
        )
    )
    assert (handle.ca_pem, handle.token) == ("the ca", "the token")
    assert (handle.client_cert_pem, handle.client_key_pem) == ("the cert", "the key")


@pytest.mark.parametrize(
    ("configuration", "field"),
    [
        (ClientConfiguration(url="https://127.0.0.1:6443", insecure_skip_tls_verify=True), "insecure_skip_tls_verify"),
        (ClientConfiguration(url="https://127.0.0.1:6443", username="jane", password="x"), "username"),
        (ClientConfiguration(url="https://127.0.0.1:6443", proxy_url="http://127.0.0.1:3128"), "proxy_url"),
        (ClientConfiguration(url="https://127.0.0.1:6443", tls_server_name="kubernetes"), "tls_server_name"),
    ],
)
def test_unsupported_kubeconfig_field_raises_and_is_named(configuration: ClientConfiguration, field: str) -> None:
    with pytest.raises(
        ControlPlaneUnavailable, match=f"the kubeconfig sets {field}, which a ServerHandle does not support"
    ):
        handle_from_configuration(configuration)


def test_unreachable_cluster_is_an_error_and_not_a_skip(kubeconfig_path: Path) -> None:
    port = free_port()
    ServerHandle(f"https://127.0.0.1:{port}", ca_pem=CertificateAuthority().cert_pem).write_kubeconfig(kubeconfig_path)
    with pytest.raises(ControlPlaneStartError, match=rf"127\.0\.0\.1:{port}, from the kubeconfig, is not ready"):
        ControlPlane().start()


def test_missing_kubeconfig_is_an_error(kubeconfig_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="none of these files exists"):
        ControlPlane().start()


def test_embedded_server_can_be_the_existing_cluster(kubeconfig_path: Path, kubex_server_handle: ServerHandle) -> None:
    kubex_server_handle.write_kubeconfig(kubeconfig_path)
    with ControlPlane() as handle:
        assert (handle.url, handle.token) == (kubex_server_handle.url, kubex_server_handle.token)
        assert "pod-runtime" not in handle.capabilities
    with pytest.raises(ControlPlaneUnavailable, match="does not have a node that is ready"):
        ControlPlane(kubelet=True).start()


@pytest.mark.parametrize("workloads", [True, False])
def test_embedded_server_has_workloads_only_if_it_runs_them(kubeconfig_path: Path, *, workloads: bool) -> None:
    # As `kubex-testing serve` and `kubex-testing serve --no-workloads`.
    server = EmbeddedServer(controllers=("namespace-controller", "gc", "bootstrap"), workloads=workloads)
    with server as embedded:
        embedded.write_kubeconfig(kubeconfig_path)
        with ControlPlane() as handle:
            expected = {"gc", "namespace-controller", *(["workloads"] if workloads else [])}
            assert handle.capabilities & {"gc", "namespace-controller", "workloads"} == expected
