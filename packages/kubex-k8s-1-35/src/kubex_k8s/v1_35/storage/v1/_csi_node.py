# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterResource, Model
from kubex.models.fields import NullAsEmpty, json_aliases


class VolumeNodeResources(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#volumenoderesources-v1-storage-k8s-io.
    """

    count: int | None = None


class CSINodeDriver(Model, alias_generator=json_aliases(node_id="nodeID")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#csinodedriver-v1-storage-k8s-io."""

    allocatable: VolumeNodeResources | None = None
    name: str
    node_id: str
    topology_keys: list[str] | None = None


class CSINodeSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#csinodespec-v1-storage-k8s-io."""

    drivers: Annotated[list[CSINodeDriver], NullAsEmpty]


class CSINode(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#csinode-v1-storage-k8s-io."""

    __resource__ = ApiResource(group="storage.k8s.io", version="v1", kind="CSINode", plural="csinodes")

    spec: CSINodeSpec
