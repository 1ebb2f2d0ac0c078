"""The two servers. Both run all Pods, because the Pods of other clients have no label of Kubex."""

import shlex
import subprocess
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from kubex_testing import ServerHandle
from kubex_testing.controlplane import ControlPlane
from kubex_testing.embedded import EmbeddedServer

KUBELET_VARIABLE = "TEST_ASSET_KUBEX_KUBELET"


@contextmanager
def embedded_server(_assets: Path, _directory: Path) -> Generator[ServerHandle]:
    """Run an embedded server with everything that the real control plane has."""
    server = EmbeddedServer(controllers=("namespace-controller", "gc", "bootstrap"), workloads=True)
    with server:
        yield server.handle_for_programs


@contextmanager
def real_server(assets: Path, directory: Path) -> Generator[ServerHandle]:
    """Run a real control plane with a kubelet that runs Pods without a label, too."""
    kubelet = directory / "kubex-kubelet"
    program = shlex.quote(str(assets / "kubex-kubelet"))
    kubelet.write_text(f'#!/bin/sh\nexec {program} --pod-selector= "$@"\n', encoding="utf-8")
    kubelet.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KUBELET_VARIABLE, str(kubelet))
        with ControlPlane(controller_manager=True, kubelet=True) as handle:
            yield handle


def prepare(kubectl: Path, kubeconfig: Path) -> None:
    """Create what the suites expect of a cluster: a Pod in kube-system, and the usual label of a node."""
    for line in (
        "label node --all kubernetes.io/os=linux --overwrite",
        "run metrics-server --namespace=kube-system --image=example/metrics-server:1",
        "wait pod/metrics-server --namespace=kube-system --for=condition=Ready --timeout=60s",
    ):
        command = [str(kubectl), f"--kubeconfig={kubeconfig}", *line.split()]
        subprocess.run(command, check=True, stdout=subprocess.PIPE)


SERVERS: Mapping[str, Callable[[Path, Path], AbstractContextManager[ServerHandle]]] = {
    "real": real_server,
    "embedded": embedded_server,
}
