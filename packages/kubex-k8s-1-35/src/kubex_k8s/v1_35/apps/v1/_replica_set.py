# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, Time
from kubex.models.markers import HasScale, HasStatus

from ...core.v1._pod_template_spec import PodTemplateSpec
from ...meta.v1._label_selector import LabelSelector


class ReplicaSetSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#replicasetspec-v1-apps."""

    min_ready_seconds: int | None = None
    replicas: int | None = None
    selector: LabelSelector
    template: PodTemplateSpec | None = None


class ReplicaSetCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#replicasetcondition-v1-apps."""

    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class ReplicaSetStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#replicasetstatus-v1-apps."""

    available_replicas: int | None = None
    conditions: list[ReplicaSetCondition] | None = None
    fully_labeled_replicas: int | None = None
    observed_generation: int | None = None
    ready_replicas: int | None = None
    replicas: int
    terminating_replicas: int | None = None


class ReplicaSet(NamespacedResource, HasScale, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#replicaset-v1-apps."""

    __resource__ = ApiResource(
        group="apps", version="v1", kind="ReplicaSet", plural="replicasets", subresources=frozenset({"scale", "status"})
    )

    spec: ReplicaSetSpec | None = None
    status: ReplicaSetStatus | None = None
