# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource, Quantity, Time
from kubex.models.markers import HasStatus

from ._persistent_volume_claim_spec import PersistentVolumeClaimSpec


class ModifyVolumeStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#modifyvolumestatus-v1-core."""

    status: str
    target_volume_attributes_class_name: str | None = None


class PersistentVolumeClaimCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#persistentvolumeclaimcondition-v1-core.
    """

    last_probe_time: Time | None = None
    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class PersistentVolumeClaimStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#persistentvolumeclaimstatus-v1-core."""

    access_modes: list[str] | None = None
    allocated_resource_statuses: dict[str, str] | None = None
    allocated_resources: dict[str, Quantity] | None = None
    capacity: dict[str, Quantity] | None = None
    conditions: list[PersistentVolumeClaimCondition] | None = None
    current_volume_attributes_class_name: str | None = None
    modify_volume_status: ModifyVolumeStatus | None = None
    phase: str | None = None


class PersistentVolumeClaim(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#persistentvolumeclaim-v1-core."""

    __resource__ = ApiResource(
        version="v1", kind="PersistentVolumeClaim", plural="persistentvolumeclaims", subresources=frozenset({"status"})
    )

    spec: PersistentVolumeClaimSpec | None = None
    status: PersistentVolumeClaimStatus | None = None
