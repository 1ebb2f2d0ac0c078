# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model, Time
from kubex.models.markers import HasStatus

from ._persistent_volume_spec import PersistentVolumeSpec


class PersistentVolumeStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#persistentvolumestatus-v1-core."""

    last_phase_transition_time: Time | None = None
    message: str | None = None
    phase: str | None = None
    reason: str | None = None


class PersistentVolume(ClusterResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#persistentvolume-v1-core."""

    __resource__ = ApiResource(
        version="v1", kind="PersistentVolume", plural="persistentvolumes", subresources=frozenset({"status"})
    )

    spec: PersistentVolumeSpec | None = None
    status: PersistentVolumeStatus | None = None
