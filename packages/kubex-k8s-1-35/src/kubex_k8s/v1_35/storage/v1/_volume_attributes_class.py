# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource


class VolumeAttributesClass(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#volumeattributesclass-v1-storage-k8s-io.
    """

    __resource__ = ApiResource(
        group="storage.k8s.io", version="v1", kind="VolumeAttributesClass", plural="volumeattributesclasses"
    )

    driver_name: str
    parameters: dict[str, str] | None = None
