"""Pods, Deployments and PodDisruptionBudgets for tests of subresources."""

from kubex.api import Api
from kubex.client import Client
from kubex.models import ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment, DeploymentSpec
from kubex_k8s.v1_37.core.v1 import Container, Pod, PodSpec, PodTemplateSpec, ResourceRequirements
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from kubex_k8s.v1_37.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpec


def pod(name: str, *, app: str | None = None, cpu: str | None = None, node: str | None = None) -> Pod:
    """Return a Pod with one container; no kubelet runs it."""
    resources = ResourceRequirements(requests={"cpu": cpu}) if cpu else None
    container = Container(name="main", image="registry.example/app:1", resources=resources)
    return Pod(
        metadata=ObjectMeta(name=name, labels={"app": app or name}),
        spec=PodSpec(containers=[container], node_name=node),
    )


async def ready_pod(client: Client, name: str, *, app: str) -> Pod:
    """Create a Pod with the condition Ready, so that disruption budgets count it."""
    api = Api(Pod, client)
    await api.create(pod(name, app=app))
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    return await api.status.patch(name, MergePatch({"status": ready}))


def deployment(name: str, *, replicas: int = 1) -> Deployment:
    """Return a Deployment. If the server has controllers, they create its Pods, which stay pending."""
    labels = {"app": name}
    template = PodTemplateSpec(metadata=ObjectMeta(labels=labels), spec=pod(name).spec)
    spec = DeploymentSpec(replicas=replicas, selector=LabelSelector(match_labels=labels), template=template)
    return Deployment(metadata=ObjectMeta(name=name), spec=spec)


def disruption_budget(name: str, *, app: str) -> PodDisruptionBudget:
    """Return a disruption budget that requires one available Pod of the app."""
    selector = LabelSelector(match_labels={"app": app})
    return PodDisruptionBudget(
        metadata=ObjectMeta(name=name), spec=PodDisruptionBudgetSpec(min_available=1, selector=selector)
    )


async def set_disruption_budget_status(client: Client, name: str, *, pods: int) -> PodDisruptionBudget:
    """Set the status for this number of ready Pods, because a server may not have the disruption controller."""
    counts = {
        "observedGeneration": 1,
        "disruptionsAllowed": pods - 1,
        "currentHealthy": pods,
        "desiredHealthy": 1,
        "expectedPods": pods,
    }
    return await Api(PodDisruptionBudget, client).status.patch(name, MergePatch({"status": counts}))
