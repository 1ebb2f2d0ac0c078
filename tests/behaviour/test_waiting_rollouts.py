"""Waiting for controllers and a kubelet of the real control plane. kubectl has the same result for each end state."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from behaviour.namespace_factory import NamespaceFactory
from kubex.api import Api
from kubex.client import Client, create_client
from kubex.models import Resource
from kubex.patch import MergePatch
from kubex.transport import Backend
from kubex_k8s.v1_37.apiextensions.v1 import CustomResourceDefinition
from kubex_k8s.v1_37.apps.v1 import DaemonSet, Deployment, StatefulSet
from kubex_k8s.v1_37.batch.v1 import Job
from kubex_k8s.v1_37.core.v1 import Node, PersistentVolume, PersistentVolumeClaim, Pod, Service
from kubex_runtime import wait_for
from kubex_runtime.conditions import (
    bound,
    complete,
    condition,
    deleted,
    established,
    exists,
    load_balancer,
    phase,
    ready,
    rolled_out,
)
from kubex_runtime.errors import WaitFailed
from kubex_testing import ServerHandle
from support.kubectl import Kubectl, require_kubectl

pytestmark = pytest.mark.anyio

LIMIT = 60.0


@pytest.fixture
def namespace(kubex_control_plane: ServerHandle) -> Iterator[str]:
    """Create a namespace for the test."""
    if not {"workloads", "exec"} <= kubex_control_plane.capabilities:
        pytest.skip("needs workloads and exec: kube-controller-manager and kubex-kubelet")
    factory = NamespaceFactory(kubex_control_plane)
    yield factory.create()
    factory.close()


@pytest.fixture
def kubectl(kubex_control_plane: ServerHandle, namespace: str, tmp_path: Path) -> Kubectl:
    """Return kubectl for the namespace of the test."""
    kubeconfig = kubex_control_plane.write_kubeconfig(tmp_path / "kubeconfig", namespace)
    return Kubectl(require_kubectl(), kubeconfig, namespace)


@pytest.fixture
async def client(kubex_control_plane: ServerHandle, backend: Backend, namespace: str) -> AsyncIterator[Client]:
    """Return a client of the pair in the namespace of the test."""
    configuration = kubex_control_plane.configuration(namespace=namespace)
    async with create_client(configuration, client_class=backend) as client:
        yield client


def template(command: str = "exec sleep 3600", **spec: Any) -> dict[str, Any]:
    """Return a template of Pods that kubex-kubelet runs."""
    container = {"name": "main", "image": "none", "command": ["sh", "-c", command]}
    return {
        "metadata": {"labels": {"kubex.example/run": "true", "app": "web"}},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0, **spec},
    }


def workload(model: type[Resource], **spec: Any) -> Any:
    """Return a Deployment, a StatefulSet or a DaemonSet."""
    selector = {"matchLabels": {"app": "web"}}
    return model.model_validate(
        {"metadata": {"name": "web"}, "spec": {"selector": selector, "template": template(), **spec}}
    )


CHANGED = MergePatch({"spec": {"template": {"metadata": {"annotations": {"version": "2"}}}}})


def assert_rolled_out(kubectl: Kubectl, resource: str) -> None:
    printed = kubectl.output("rollout", "status", resource, "--watch=false")
    assert b"successfully rolled out" in printed or b"complete" in printed


async def test_deployment_is_rolled_out_after_each_change(client: Client, kubectl: Kubectl) -> None:
    deployments, texts = Api(Deployment, client), list[str]()
    await deployments.create(workload(Deployment, replicas=2))
    await wait_for(deployments, "web", rolled_out(), timeout=LIMIT, on_progress=texts.append)
    assert_rolled_out(kubectl, "deployment/web")
    await deployments.patch("web", CHANGED)
    waited = await wait_for(deployments, "web", rolled_out(), timeout=LIMIT, on_progress=texts.append)
    assert_rolled_out(kubectl, "deployment/web")
    assert waited.status is not None
    assert (waited.status.observed_generation, waited.status.updated_replicas) == (2, 2)
    assert texts[-1] == "2 of 2 updated replicas are available"
    assert any("replicas are updated" in text for text in texts)
    kubectl.output("wait", "deployment/web", "--for=condition=Available", "--timeout=0")
    assert condition("Available")(waited)


async def test_deployment_that_exceeds_its_progress_deadline_fails(client: Client, kubectl: Kubectl) -> None:
    deployments = Api(Deployment, client)
    pending = template()
    del pending["metadata"]["labels"]["kubex.example/run"]
    await deployments.create(workload(Deployment, template=pending, progressDeadlineSeconds=2))
    with pytest.raises(WaitFailed, match=r"cannot fulfil rolled_out\(\): .*ProgressDeadlineExceeded"):
        await wait_for(deployments, "web", rolled_out(), timeout=LIMIT)
    result = kubectl.run("rollout", "status", "deployment/web", "--watch=false")
    assert b"exceeded its progress deadline" in result.stderr
    await deployments.delete("web")


async def test_stateful_set_is_rolled_out_up_to_its_partition(client: Client, kubectl: Kubectl) -> None:
    sets = Api(StatefulSet, client)
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
    await sets.create(workload(StatefulSet, replicas=2, serviceName="web", updateStrategy=strategy))
    await wait_for(sets, "web", rolled_out(), timeout=LIMIT)
    assert_rolled_out(kubectl, "statefulset/web")
    await sets.patch("web", CHANGED)
    waited = await wait_for(sets, "web", rolled_out(), timeout=LIMIT)
    assert_rolled_out(kubectl, "statefulset/web")
    assert waited.status is not None
    assert waited.status.updated_replicas == 1
    await sets.patch("web", MergePatch({"spec": {"updateStrategy": {"rollingUpdate": {"partition": 0}}}}))
    waited = await wait_for(sets, "web", rolled_out(), timeout=LIMIT)
    assert waited.status is not None
    assert waited.status.updated_replicas == 2
    assert_rolled_out(kubectl, "statefulset/web")
    assert await wait_for(Api(Pod, client), "web-1", ready(), timeout=LIMIT)
    kubectl.output("wait", "pod/web-1", "--for=condition=Ready", "--timeout=0")


async def test_daemon_set_is_rolled_out(client: Client, kubectl: Kubectl) -> None:
    sets = Api(DaemonSet, client)
    await sets.create(workload(DaemonSet))
    await wait_for(sets, "web", rolled_out(), timeout=LIMIT)
    await sets.patch("web", CHANGED)
    await wait_for(sets, "web", rolled_out(), timeout=LIMIT)
    assert_rolled_out(kubectl, "daemonset/web")
    await sets.patch("web", MergePatch({"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": None}}}))
    with pytest.raises(WaitFailed, match="the update strategy is OnDelete"):
        await wait_for(sets, "web", rolled_out(), timeout=LIMIT)
    assert b"RollingUpdate strategy type" in kubectl.run("rollout", "status", "daemonset/web", "--watch=false").stderr


async def test_jobs_complete_or_fail(client: Client, kubectl: Kubectl) -> None:
    jobs = Api(Job, client)
    for name, command in (("good", "exit 0"), ("bad", "exit 1")):
        spec = {"backoffLimit": 0, "template": template(command, restartPolicy="Never")}
        await jobs.create(Job.model_validate({"metadata": {"name": name}, "spec": spec}))
    await wait_for(jobs, "good", complete(), timeout=LIMIT)
    kubectl.output("wait", "job/good", "--for=condition=Complete", "--timeout=0")
    with pytest.raises(
        WaitFailed, match=r"cannot fulfil complete\(\): the condition Failed is True \(BackoffLimitExceeded"
    ):
        await wait_for(jobs, "bad", complete(), timeout=LIMIT)
    kubectl.output("wait", "job/bad", "--for=condition=Failed", "--timeout=0")


async def test_pods_run_and_are_deleted(client: Client, kubectl: Kubectl) -> None:
    pods = Api(Pod, client)
    for name, command in (("stays", "exec sleep 3600"), ("ends", "exit 1")):
        pod = {"metadata": {"name": name}, **template(command, restartPolicy="Never")}
        pod["metadata"] = {"name": name, "labels": {"kubex.example/run": "true"}}
        await pods.create(Pod.model_validate(pod))
    stays = await wait_for(pods, "stays", phase("Running") & ready(), timeout=LIMIT)
    with pytest.raises(WaitFailed, match="the phase is Failed"):
        await wait_for(pods, "ends", phase("Succeeded"), timeout=LIMIT)
    with pytest.raises(WaitFailed, match="the Pod has ended with the phase Failed"):
        await wait_for(pods, "ends", ready(), timeout=LIMIT)
    await pods.delete("stays")
    assert await wait_for(pods, "stays", deleted(uid=stays.metadata.uid), timeout=LIMIT) is None
    kubectl.output("wait", "pod/stays", "--for=delete", "--timeout=1s")


async def test_claim_is_bound_to_a_volume(client: Client, kubectl: Kubectl, namespace: str) -> None:
    volumes, claims = Api(PersistentVolume, client), Api(PersistentVolumeClaim, client)
    common = {"accessModes": ["ReadWriteOnce"], "storageClassName": namespace}
    volume = {**common, "capacity": {"storage": "1Mi"}, "hostPath": {"path": "/none"}}
    claim = {**common, "resources": {"requests": {"storage": "1Mi"}}}
    await volumes.create(PersistentVolume.model_validate({"metadata": {"name": namespace}, "spec": volume}))
    await wait_for(volumes, namespace, phase("Available"), timeout=LIMIT)
    await claims.create(PersistentVolumeClaim.model_validate({"metadata": {"name": "data"}, "spec": claim}))
    await wait_for(claims, "data", bound(), timeout=LIMIT)
    kubectl.output("wait", "pvc/data", "--for=jsonpath={.status.phase}=Bound", "--timeout=1s")
    await wait_for(volumes, namespace, bound(), timeout=LIMIT)
    await claims.delete("data")
    await volumes.delete(namespace)


async def test_cluster_scoped_kinds_are_established_available_and_ready(client: Client, kubectl: Kubectl) -> None:
    definition = {
        "metadata": {"name": "gizmos.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Gizmo", "plural": "gizmos"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }
    crds = Api(CustomResourceDefinition, client)
    await crds.apply(CustomResourceDefinition.model_validate(definition), field_manager="tests")
    await wait_for(crds, "gizmos.example.com", established(), timeout=LIMIT)
    kubectl.output("wait", "crd/gizmos.example.com", "--for=condition=Established", "--timeout=0")
    await wait_for(Api(Node, client), "kubex-node", ready(), timeout=LIMIT)
    await crds.delete("gizmos.example.com")
    assert await wait_for(crds, "gizmos.example.com", deleted(), timeout=LIMIT) is None


async def test_service_gets_the_address_of_a_load_balancer(client: Client, kubectl: Kubectl) -> None:
    services = Api(Service, client)
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"app": "web"}}
    await services.create(Service.model_validate({"metadata": {"name": "web"}, "spec": spec}))
    await wait_for(services, "web", exists() & ~load_balancer(), timeout=LIMIT)
    address = {"ip": "192.0.2.7", "ipMode": "VIP"}
    await services.status.patch("web", MergePatch({"status": {"loadBalancer": {"ingress": [address]}}}))
    await wait_for(services, "web", load_balancer(), timeout=LIMIT)
    kubectl.output("wait", "svc/web", "--for=jsonpath={.status.loadBalancer.ingress[0].ip}=192.0.2.7", "--timeout=1s")
