# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ClusterResource, Model, NullAsEmpty, ResourceFacts, wire_names


class VolumeNodeResources(Model):
    count: int | None = None


class CSINodeDriver(Model, alias_generator=wire_names(node_id="nodeID")):
    allocatable: VolumeNodeResources | None = None
    name: str
    node_id: str
    topology_keys: list[str] | None = None


class CSINodeSpec(Model):
    drivers: Annotated[list[CSINodeDriver], NullAsEmpty]


class CSINode(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#csinode-v1-storage-k8s-io."""

    __resource__ = ResourceFacts(group="storage.k8s.io", version="v1", kind="CSINode", plural="csinodes")

    spec: CSINodeSpec
