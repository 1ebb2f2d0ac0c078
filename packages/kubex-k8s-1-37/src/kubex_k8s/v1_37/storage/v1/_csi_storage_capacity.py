# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, NamespacedResource, Quantity

from ...meta.v1._label_selector import LabelSelector


class CSIStorageCapacity(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#csistoragecapacity-v1-storage-k8s-io."""

    __resource__ = ApiResource(
        group="storage.k8s.io", version="v1", kind="CSIStorageCapacity", plural="csistoragecapacities"
    )

    capacity: Quantity | None = None
    maximum_volume_size: Quantity | None = None
    node_topology: LabelSelector | None = None
    storage_class_name: str
