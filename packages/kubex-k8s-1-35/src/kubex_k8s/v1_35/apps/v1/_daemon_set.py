# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, IntOrString, LazyModel, Model, NamespacedResource, Time
from kubex.models.markers import HasStatus

from ...core.v1._pod_template_spec import PodTemplateSpec
from ...meta.v1._label_selector import LabelSelector


class RollingUpdateDaemonSet(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#rollingupdatedaemonset-v1-apps."""

    max_surge: IntOrString | None = None
    max_unavailable: IntOrString | None = None


class DaemonSetUpdateStrategy(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#daemonsetupdatestrategy-v1-apps."""

    rolling_update: RollingUpdateDaemonSet | None = None
    type: str | None = None


class DaemonSetSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#daemonsetspec-v1-apps."""

    min_ready_seconds: int | None = None
    revision_history_limit: int | None = None
    selector: LabelSelector
    template: PodTemplateSpec
    update_strategy: DaemonSetUpdateStrategy | None = None


class DaemonSetCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#daemonsetcondition-v1-apps."""

    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class DaemonSetStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#daemonsetstatus-v1-apps."""

    collision_count: int | None = None
    conditions: list[DaemonSetCondition] | None = None
    current_number_scheduled: int
    desired_number_scheduled: int
    number_available: int | None = None
    number_misscheduled: int
    number_ready: int
    number_unavailable: int | None = None
    observed_generation: int | None = None
    updated_number_scheduled: int | None = None


class DaemonSet(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#daemonset-v1-apps."""

    __resource__ = ApiResource(
        group="apps", version="v1", kind="DaemonSet", plural="daemonsets", subresources=frozenset({"status"})
    )

    spec: DaemonSetSpec | None = None
    status: DaemonSetStatus | None = None
