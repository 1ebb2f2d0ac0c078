# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import LazyModel, Model, Quantity

from ._device_selector import DeviceSelector, OpaqueDeviceConfiguration


class CapacityRequirements(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#capacityrequirements-v1-resource-k8s-io.
    """

    requests: dict[str, Quantity] | None = None


class DeviceClaimConfiguration(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#deviceclaimconfiguration-v1-resource-k8s-io.
    """

    opaque: OpaqueDeviceConfiguration | None = None
    requests: list[str] | None = None


class DeviceConstraint(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#deviceconstraint-v1-resource-k8s-io."""

    distinct_attribute: str | None = None
    match_attribute: str | None = None
    requests: list[str] | None = None


class DeviceDerivedAttribute(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#devicederivedattribute-v1-resource-k8s-io.
    """

    expression: str
    name: str


class DeviceToleration(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#devicetoleration-v1-resource-k8s-io."""

    effect: str | None = None
    key: str | None = None
    operator: str | None = None
    toleration_seconds: int | None = None
    value: str | None = None


class DeviceSubRequest(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#devicesubrequest-v1-resource-k8s-io."""

    allocation_mode: str | None = None
    capacity: CapacityRequirements | None = None
    count: int | None = None
    derived_attributes: list[DeviceDerivedAttribute] | None = None
    device_class_name: str
    name: str
    selectors: list[DeviceSelector] | None = None
    tolerations: list[DeviceToleration] | None = None


class ExactDeviceRequest(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#exactdevicerequest-v1-resource-k8s-io.
    """

    admin_access: bool | None = None
    allocation_mode: str | None = None
    capacity: CapacityRequirements | None = None
    count: int | None = None
    derived_attributes: list[DeviceDerivedAttribute] | None = None
    device_class_name: str
    selectors: list[DeviceSelector] | None = None
    tolerations: list[DeviceToleration] | None = None


class DeviceRequest(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#devicerequest-v1-resource-k8s-io."""

    exactly: ExactDeviceRequest | None = None
    first_available: list[DeviceSubRequest] | None = None
    name: str


class DeviceClaim(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#deviceclaim-v1-resource-k8s-io."""

    config: list[DeviceClaimConfiguration] | None = None
    constraints: list[DeviceConstraint] | None = None
    requests: list[DeviceRequest] | None = None


class ResourceClaimSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourceclaimspec-v1-resource-k8s-io."""

    devices: DeviceClaim | None = None
