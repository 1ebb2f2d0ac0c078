# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, IntOrString, LazyModel, Model, NamespacedResource, Time
from kubex.models.markers import HasScale, HasStatus

from ...core.v1._persistent_volume_claim import PersistentVolumeClaim
from ...core.v1._pod_template_spec import PodTemplateSpec
from ...meta.v1._label_selector import LabelSelector


class RollingUpdateStatefulSetStrategy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#rollingupdatestatefulsetstrategy-v1-apps.
    """

    max_unavailable: IntOrString | None = None
    partition: int | None = None


class StatefulSetOrdinals(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#statefulsetordinals-v1-apps."""

    start: int | None = None


class StatefulSetPersistentVolumeClaimRetentionPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#statefulsetpersistentvolumeclaimretentionpolicy-v1-apps.
    """

    when_deleted: str | None = None
    when_scaled: str | None = None


class StatefulSetUpdateStrategy(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#statefulsetupdatestrategy-v1-apps."""

    rolling_update: RollingUpdateStatefulSetStrategy | None = None
    type: str | None = None


class StatefulSetSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#statefulsetspec-v1-apps."""

    min_ready_seconds: int | None = None
    ordinals: StatefulSetOrdinals | None = None
    persistent_volume_claim_retention_policy: StatefulSetPersistentVolumeClaimRetentionPolicy | None = None
    pod_management_policy: str | None = None
    replicas: int | None = None
    revision_history_limit: int | None = None
    selector: LabelSelector
    service_name: str | None = None
    template: PodTemplateSpec
    update_strategy: StatefulSetUpdateStrategy | None = None
    volume_claim_templates: list[PersistentVolumeClaim] | None = None


class StatefulSetCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#statefulsetcondition-v1-apps."""

    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str | None = None
    type: str | None = None


class StatefulSetStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#statefulsetstatus-v1-apps."""

    available_replicas: int | None = None
    collision_count: int | None = None
    conditions: list[StatefulSetCondition] | None = None
    current_replicas: int | None = None
    current_revision: str | None = None
    observed_generation: int | None = None
    ready_replicas: int | None = None
    replicas: int
    update_revision: str | None = None
    updated_replicas: int | None = None


class StatefulSet(NamespacedResource, HasScale, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#statefulset-v1-apps."""

    __resource__ = ApiResource(
        group="apps",
        version="v1",
        kind="StatefulSet",
        plural="statefulsets",
        subresources=frozenset({"scale", "status"}),
    )

    spec: StatefulSetSpec
    status: StatefulSetStatus | None = None
