# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterResource, Model, Time
from kubex.models.fields import NullAsEmpty, json_aliases
from kubex.models.markers import HasStatus


class VolumeNodeResources(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#volumenoderesources-v1-storage-k8s-io.
    """

    count: int | None = None


class CSINodeDriver(Model, alias_generator=json_aliases(node_id="nodeID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#csinodedriver-v1-storage-k8s-io."""

    allocatable: VolumeNodeResources | None = None
    name: str
    node_id: str
    topology_keys: list[str] | None = None


class CSINodeSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#csinodespec-v1-storage-k8s-io."""

    drivers: Annotated[list[CSINodeDriver], NullAsEmpty]


class StorageHealthCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storagehealthcondition-v1-storage-k8s-io.
    """

    access_mode: str | None = None
    last_transition_time: Time | None = None
    message: str | None = None
    reason: str
    status: str
    volume_mode: str | None = None


class StorageHealth(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#storagehealth-v1-storage-k8s-io."""

    health_conditions: list[StorageHealthCondition] | None = None
    name: str


class CSINodeStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#csinodestatus-v1-storage-k8s-io."""

    storage_health: list[StorageHealth] | None = None


class CSINode(ClusterResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#csinode-v1-storage-k8s-io."""

    __resource__ = ApiResource(
        group="storage.k8s.io", version="v1", kind="CSINode", plural="csinodes", subresources=frozenset({"status"})
    )

    spec: CSINodeSpec
    status: CSINodeStatus | None = None
