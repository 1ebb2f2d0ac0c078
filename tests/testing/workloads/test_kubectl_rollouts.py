"""kubectl rollout, scale and wait, on the embedded server and with kube-controller-manager."""

import json
from pathlib import Path

import pytest

from kubex_testing import ServerHandle
from kubex_testing.embedded import EmbeddedServer
from support.kubectl import Kubectl, require_kubectl
from support.workload_client import WorkloadClient, replicated

APPS = {"apiVersion": "apps/v1", "metadata": {"name": "web"}}


@pytest.fixture
def kubectl(workload_server: EmbeddedServer | ServerHandle, client: WorkloadClient, tmp_path: Path) -> Kubectl:
    """Return kubectl for the namespace of the test."""
    handle = workload_server.handle_for_programs if isinstance(workload_server, EmbeddedServer) else workload_server
    kubeconfig = handle.write_kubeconfig(tmp_path / "kubeconfig", client.namespace)
    return Kubectl(require_kubectl(), kubeconfig, client.namespace)


def create(kubectl: Kubectl, kind: str, spec: object) -> None:
    document = json.dumps({**APPS, "kind": kind, "spec": spec}).encode()
    kubectl.output("create", "--validate=false", "-f", "-", stdin=document)


def history(kubectl: Kubectl, resource: str) -> list[str]:
    """Return the revisions that kubectl shows."""
    lines = kubectl.output("rollout", "history", resource).decode().splitlines()
    return [line.split()[0] for line in lines if line[:1].isdigit()]


def test_kubectl_rolls_a_deployment_out_and_back(kubectl: Kubectl) -> None:
    create(kubectl, "Deployment", replicated())
    kubectl.output("rollout", "status", "deployment/web", "--timeout=20s")
    kubectl.output("rollout", "restart", "deployment/web")
    assert b"successfully rolled out" in kubectl.output("rollout", "status", "deployment/web", "--timeout=20s")
    kubectl.output("rollout", "undo", "deployment/web")
    kubectl.output("rollout", "status", "deployment/web", "--timeout=20s")
    assert history(kubectl, "deployment/web") == ["2", "3"]
    kubectl.output("rollout", "pause", "deployment/web")
    kubectl.output("scale", "deployment/web", "--replicas=3")
    kubectl.output("wait", "deployment/web", "--for=jsonpath={.status.availableReplicas}=3", "--timeout=20s")
    kubectl.output("rollout", "resume", "deployment/web")
    assert b"rolled out" in kubectl.output("rollout", "status", "deployment/web", "--timeout=20s")


@pytest.mark.parametrize("kind", ["StatefulSet", "DaemonSet"])
def test_kubectl_undoes_a_change_of_a_set(kubectl: Kubectl, kind: str) -> None:
    spec = replicated()
    create(kubectl, kind, {**spec, "serviceName": "web"} if kind == "StatefulSet" else _without_replicas(spec))
    resource = f"{kind.lower()}/web"
    kubectl.output("rollout", "status", resource, "--timeout=20s")
    kubectl.output("rollout", "restart", resource)
    kubectl.output("rollout", "status", resource, "--timeout=20s")
    assert history(kubectl, resource) == ["1", "2"]
    kubectl.output("rollout", "undo", resource)
    kubectl.output("rollout", "status", resource, "--timeout=20s")
    assert history(kubectl, resource) == ["2", "3"]


def _without_replicas(spec: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in spec.items() if key != "replicas"}
