# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, Time
from kubex.models.markers import HasScale, HasStatus

from ._pod_template_spec import PodTemplateSpec


class ReplicationControllerSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#replicationcontrollerspec-v1-core."""

    min_ready_seconds: int | None = None
    replicas: int | None = None
    selector: dict[str, str] | None = None
    template: PodTemplateSpec | None = None


class ReplicationControllerCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#replicationcontrollercondition-v1-core.
    """

    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class ReplicationControllerStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#replicationcontrollerstatus-v1-core."""

    available_replicas: int | None = None
    conditions: list[ReplicationControllerCondition] | None = None
    fully_labeled_replicas: int | None = None
    observed_generation: int | None = None
    ready_replicas: int | None = None
    replicas: int


class ReplicationController(NamespacedResource, HasScale, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#replicationcontroller-v1-core."""

    __resource__ = ApiResource(
        version="v1",
        kind="ReplicationController",
        plural="replicationcontrollers",
        subresources=frozenset({"scale", "status"}),
    )

    spec: ReplicationControllerSpec | None = None
    status: ReplicationControllerStatus | None = None
