# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model, Quantity

from ._device_selector import DeviceSelector, OpaqueDeviceConfiguration


class CapacityRequirements(Model):
    requests: dict[str, Quantity] | None = None


class DeviceClaimConfiguration(Model):
    opaque: OpaqueDeviceConfiguration | None = None
    requests: list[str] | None = None


class DeviceConstraint(Model):
    distinct_attribute: str | None = None
    match_attribute: str | None = None
    requests: list[str] | None = None


class DeviceToleration(Model):
    effect: str | None = None
    key: str | None = None
    operator: str | None = None
    toleration_seconds: int | None = None
    value: str | None = None


class DeviceSubRequest(Model):
    allocation_mode: str | None = None
    capacity: CapacityRequirements | None = None
    count: int | None = None
    device_class_name: str
    name: str
    selectors: list[DeviceSelector] | None = None
    tolerations: list[DeviceToleration] | None = None


class ExactDeviceRequest(Model):
    admin_access: bool | None = None
    allocation_mode: str | None = None
    capacity: CapacityRequirements | None = None
    count: int | None = None
    device_class_name: str
    selectors: list[DeviceSelector] | None = None
    tolerations: list[DeviceToleration] | None = None


class DeviceRequest(Model):
    exactly: ExactDeviceRequest | None = None
    first_available: list[DeviceSubRequest] | None = None
    name: str


class DeviceClaim(Model):
    config: list[DeviceClaimConfiguration] | None = None
    constraints: list[DeviceConstraint] | None = None
    requests: list[DeviceRequest] | None = None


class ResourceClaimSpec(Model):
    devices: DeviceClaim | None = None
