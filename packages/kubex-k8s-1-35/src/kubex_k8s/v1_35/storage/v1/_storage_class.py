# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource

from ...core.v1._topology_selector_term import TopologySelectorTerm


class StorageClass(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#storageclass-v1-storage-k8s-io."""

    __resource__ = ApiResource(group="storage.k8s.io", version="v1", kind="StorageClass", plural="storageclasses")

    allow_volume_expansion: bool | None = None
    allowed_topologies: list[TopologySelectorTerm] | None = None
    mount_options: list[str] | None = None
    parameters: dict[str, str] | None = None
    provisioner: str
    reclaim_policy: str | None = None
    volume_binding_mode: str | None = None
