"""Typed objects with subresources."""

from kubex.api import Api
from kubex.client import Client
from kubex.models import ObjectMeta
from kubex.patch import MergePatch
from kubex_k8s.v1_37.apps.v1 import Deployment, DeploymentSpec
from kubex_k8s.v1_37.core.v1 import Container, Pod, PodSpec, PodTemplateSpec, ResourceRequirements
from kubex_k8s.v1_37.meta.v1 import LabelSelector
from kubex_k8s.v1_37.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpec


def pod(name: str, *, app: str | None = None, cpu: str | None = None, node: str | None = None) -> Pod:
    """Make a Pod with one container; it runs nowhere."""
    resources = ResourceRequirements(requests={"cpu": cpu}) if cpu else None
    container = Container(name="main", image="registry.example/app:1", resources=resources)
    return Pod(
        metadata=ObjectMeta(name=name, labels={"app": app or name}),
        spec=PodSpec(containers=[container], node_name=node),
    )


async def ready_pod(client: Client, name: str, *, app: str) -> Pod:
    """Create a Pod that is said to run, so that disruption budgets count it."""
    api = Api(Pod, client)
    await api.create(pod(name, app=app))
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    return await api.status.patch(name, MergePatch({"status": ready}))


def deployment(name: str, *, replicas: int = 1) -> Deployment:
    """Make a Deployment; where there are controllers, its Pods come up and wait for a node."""
    labels = {"app": name}
    template = PodTemplateSpec(metadata=ObjectMeta(labels=labels), spec=pod(name).spec)
    spec = DeploymentSpec(replicas=replicas, selector=LabelSelector(match_labels=labels), template=template)
    return Deployment(metadata=ObjectMeta(name=name), spec=spec)


def budget(name: str, *, app: str) -> PodDisruptionBudget:
    """Make a budget that wants one Pod of the app at all times."""
    selector = LabelSelector(match_labels={"app": app})
    return PodDisruptionBudget(
        metadata=ObjectMeta(name=name), spec=PodDisruptionBudgetSpec(min_available=1, selector=selector)
    )


async def set_budget(client: Client, name: str, *, pods: int) -> PodDisruptionBudget:
    """Set the status that a controller would compute for so many ready Pods, in case there is none."""
    counts = {
        "observedGeneration": 1,
        "disruptionsAllowed": pods - 1,
        "currentHealthy": pods,
        "desiredHealthy": 1,
        "expectedPods": pods,
    }
    return await Api(PodDisruptionBudget, client).status.patch(name, MergePatch({"status": counts}))
