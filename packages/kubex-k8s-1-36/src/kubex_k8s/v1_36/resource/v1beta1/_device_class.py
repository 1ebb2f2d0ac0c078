# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model

from ._device_selector import DeviceSelector, OpaqueDeviceConfiguration


class DeviceClassConfiguration(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#deviceclassconfiguration-v1beta1-resource-k8s-io.
    """

    opaque: OpaqueDeviceConfiguration | None = None


class DeviceClassSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#deviceclassspec-v1beta1-resource-k8s-io.
    """

    config: list[DeviceClassConfiguration] | None = None
    extended_resource_name: str | None = None
    selectors: list[DeviceSelector] | None = None


class DeviceClass(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#deviceclass-v1beta1-resource-k8s-io."""

    __resource__ = ApiResource(group="resource.k8s.io", version="v1beta1", kind="DeviceClass", plural="deviceclasses")

    spec: DeviceClassSpec
