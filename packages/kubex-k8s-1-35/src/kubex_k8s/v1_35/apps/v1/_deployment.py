# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, IntOrString, LazyModel, Model, NamespacedResource, Time
from kubex.models.markers import HasScale, HasStatus

from ...core.v1._pod_template_spec import PodTemplateSpec
from ...meta.v1._label_selector import LabelSelector


class RollingUpdateDeployment(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#rollingupdatedeployment-v1-apps."""

    max_surge: IntOrString | None = None
    max_unavailable: IntOrString | None = None


class DeploymentStrategy(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deploymentstrategy-v1-apps."""

    rolling_update: RollingUpdateDeployment | None = None
    type: str | None = None


class DeploymentSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deploymentspec-v1-apps."""

    min_ready_seconds: int | None = None
    paused: bool | None = None
    progress_deadline_seconds: int | None = None
    replicas: int | None = None
    revision_history_limit: int | None = None
    selector: LabelSelector
    strategy: DeploymentStrategy | None = None
    template: PodTemplateSpec


class DeploymentCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deploymentcondition-v1-apps."""

    last_transition_time: Time | None = None
    last_update_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class DeploymentStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deploymentstatus-v1-apps."""

    available_replicas: int | None = None
    collision_count: int | None = None
    conditions: list[DeploymentCondition] | None = None
    observed_generation: int | None = None
    ready_replicas: int | None = None
    replicas: int | None = None
    terminating_replicas: int | None = None
    unavailable_replicas: int | None = None
    updated_replicas: int | None = None


class Deployment(NamespacedResource, HasScale, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deployment-v1-apps."""

    __resource__ = ApiResource(
        group="apps", version="v1", kind="Deployment", plural="deployments", subresources=frozenset({"scale", "status"})
    )

    spec: DeploymentSpec | None = None
    status: DeploymentStatus | None = None
