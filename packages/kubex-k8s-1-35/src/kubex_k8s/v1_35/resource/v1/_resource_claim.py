# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Any

from kubex.models import ApiResource, LazyModel, Model, NamespacedResource, Quantity, Time
from kubex.models.fields import json_aliases
from kubex.models.markers import HasStatus

from ...core.v1._node_selector import NodeSelector
from ...meta.v1._condition import Condition
from ._device_selector import OpaqueDeviceConfiguration
from ._resource_claim_spec import DeviceToleration, ResourceClaimSpec


class NetworkDeviceData(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#networkdevicedata-v1-resource-k8s-io."""

    hardware_address: str | None = None
    interface_name: str | None = None
    ips: list[str] | None = None


class AllocatedDeviceStatus(Model, alias_generator=json_aliases(share_id="shareID")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#allocateddevicestatus-v1-resource-k8s-io.
    """

    conditions: list[Condition] | None = None
    data: dict[str, Any] | None = None
    device: str
    driver: str
    network_data: NetworkDeviceData | None = None
    pool: str
    share_id: str | None = None


class DeviceAllocationConfiguration(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deviceallocationconfiguration-v1-resource-k8s-io.
    """

    opaque: OpaqueDeviceConfiguration | None = None
    requests: list[str] | None = None
    source: str


class DeviceRequestAllocationResult(Model, alias_generator=json_aliases(share_id="shareID")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#devicerequestallocationresult-v1-resource-k8s-io.
    """

    admin_access: bool | None = None
    binding_conditions: list[str] | None = None
    binding_failure_conditions: list[str] | None = None
    consumed_capacity: dict[str, Quantity] | None = None
    device: str
    driver: str
    pool: str
    request: str
    share_id: str | None = None
    tolerations: list[DeviceToleration] | None = None


class DeviceAllocationResult(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#deviceallocationresult-v1-resource-k8s-io.
    """

    config: list[DeviceAllocationConfiguration] | None = None
    results: list[DeviceRequestAllocationResult] | None = None


class AllocationResult(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#allocationresult-v1-resource-k8s-io."""

    allocation_timestamp: Time | None = None
    devices: DeviceAllocationResult | None = None
    node_selector: NodeSelector | None = None


class ResourceClaimConsumerReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourceclaimconsumerreference-v1-resource-k8s-io.
    """

    api_group: str | None = None
    name: str
    resource: str
    uid: str


class ResourceClaimStatus(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourceclaimstatus-v1-resource-k8s-io.
    """

    allocation: AllocationResult | None = None
    devices: list[AllocatedDeviceStatus] | None = None
    reserved_for: list[ResourceClaimConsumerReference] | None = None


class ResourceClaim(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#resourceclaim-v1-resource-k8s-io."""

    __resource__ = ApiResource(
        group="resource.k8s.io",
        version="v1",
        kind="ResourceClaim",
        plural="resourceclaims",
        subresources=frozenset({"status"}),
    )

    spec: ResourceClaimSpec
    status: ResourceClaimStatus | None = None
