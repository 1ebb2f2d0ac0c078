# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterResource, LazyModel, Model, Quantity, Time
from kubex.models.fields import NullAsEmptyDict

from ...core.v1._node_selector import NodeSelector


class CapacityRequestPolicyRange(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#capacityrequestpolicyrange-v1-resource-k8s-io.
    """

    max: Quantity | None = None
    min: Quantity
    step: Quantity | None = None


class CapacityRequestPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#capacityrequestpolicy-v1-resource-k8s-io.
    """

    default: Quantity | None = None
    valid_range: CapacityRequestPolicyRange | None = None
    valid_values: list[Quantity] | None = None


class Counter(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#counter-v1-resource-k8s-io."""

    value: Quantity


class CounterSet(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#counterset-v1-resource-k8s-io."""

    counters: Annotated[dict[str, Counter], NullAsEmptyDict]
    name: str


class DeviceAttribute(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#deviceattribute-v1-resource-k8s-io."""

    bool_: bool | None = None
    bools: list[bool] | None = None
    int_: int | None = None
    ints: list[int] | None = None
    string: str | None = None
    strings: list[str] | None = None
    version: str | None = None
    versions: list[str] | None = None


class DeviceCapacity(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#devicecapacity-v1-resource-k8s-io."""

    request_policy: CapacityRequestPolicy | None = None
    value: Quantity


class DeviceCounterConsumption(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#devicecounterconsumption-v1-resource-k8s-io.
    """

    counter_set: str
    counters: Annotated[dict[str, Counter], NullAsEmptyDict]


class DeviceTaint(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#devicetaint-v1-resource-k8s-io."""

    effect: str
    key: str
    time_added: Time | None = None
    value: str | None = None


class NodeAllocatableResourceMapping(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#nodeallocatableresourcemapping-v1-resource-k8s-io.
    """

    allocation_multiplier: Quantity | None = None
    capacity_key: str | None = None


class Device(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#device-v1-resource-k8s-io."""

    all_nodes: bool | None = None
    allow_multiple_allocations: bool | None = None
    attributes: dict[str, DeviceAttribute] | None = None
    binding_conditions: list[str] | None = None
    binding_failure_conditions: list[str] | None = None
    binds_to_node: bool | None = None
    capacity: dict[str, DeviceCapacity] | None = None
    consumes_counters: list[DeviceCounterConsumption] | None = None
    name: str
    node_allocatable_resource_mappings: dict[str, NodeAllocatableResourceMapping] | None = None
    node_name: str | None = None
    node_selector: NodeSelector | None = None
    taints: list[DeviceTaint] | None = None


class ResourcePool(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#resourcepool-v1-resource-k8s-io."""

    generation: int
    name: str
    resource_slice_count: int


class ResourceSliceSpec(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#resourceslicespec-v1-resource-k8s-io."""

    all_nodes: bool | None = None
    devices: list[Device] | None = None
    driver: str
    node_name: str | None = None
    node_selector: NodeSelector | None = None
    per_device_node_selection: bool | None = None
    pool: ResourcePool
    shared_counters: list[CounterSet] | None = None


class ResourceSlice(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#resourceslice-v1-resource-k8s-io."""

    __resource__ = ApiResource(group="resource.k8s.io", version="v1", kind="ResourceSlice", plural="resourceslices")

    spec: ResourceSliceSpec
