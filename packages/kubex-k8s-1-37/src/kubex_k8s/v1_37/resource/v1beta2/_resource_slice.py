# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, ClusterResource, LazyModel, Model, Quantity
from kubex.models.fields import NullAsEmptyDict

from ...core.v1._node_selector import NodeSelector
from ._device_taint import DeviceTaint


class CapacityRequestPolicyRange(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#capacityrequestpolicyrange-v1beta2-resource-k8s-io.
    """

    max: Quantity | None = None
    min: Quantity
    step: Quantity | None = None


class CapacityRequestPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#capacityrequestpolicy-v1beta2-resource-k8s-io.
    """

    default: Quantity | None = None
    valid_range: CapacityRequestPolicyRange | None = None
    valid_values: list[Quantity] | None = None


class Counter(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#counter-v1beta2-resource-k8s-io."""

    value: Quantity


class CounterSet(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#counterset-v1beta2-resource-k8s-io."""

    counters: Annotated[dict[str, Counter], NullAsEmptyDict]
    name: str


class DeviceAttribute(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#deviceattribute-v1beta2-resource-k8s-io.
    """

    bool_: bool | None = None
    bools: list[bool] | None = None
    int_: int | None = None
    ints: list[int] | None = None
    string: str | None = None
    strings: list[str] | None = None
    version: str | None = None
    versions: list[str] | None = None


class DeviceCapacity(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#devicecapacity-v1beta2-resource-k8s-io.
    """

    request_policy: CapacityRequestPolicy | None = None
    value: Quantity


class DeviceCounterConsumption(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#devicecounterconsumption-v1beta2-resource-k8s-io.
    """

    compatibility_groups: list[str] | None = None
    counter_set: str
    counters: Annotated[dict[str, Counter], NullAsEmptyDict]


class NodeAllocatableMapping(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#nodeallocatablemapping-v1beta2-resource-k8s-io.
    """

    capacity_key: str | None = None
    capacity_multiplier: Quantity | None = None
    device_multiplier: Quantity | None = None


class NodeAllocatableOverhead(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#nodeallocatableoverhead-v1beta2-resource-k8s-io.
    """

    per_container: Quantity | None = None
    per_pod: Quantity | None = None


class NodeAllocatableResource(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#nodeallocatableresource-v1beta2-resource-k8s-io.
    """

    mapping: NodeAllocatableMapping | None = None
    overhead: NodeAllocatableOverhead | None = None


class Device(LazyModel):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#device-v1beta2-resource-k8s-io."""

    all_nodes: bool | None = None
    allow_multiple_allocations: bool | None = None
    attributes: dict[str, DeviceAttribute] | None = None
    binding_conditions: list[str] | None = None
    binding_failure_conditions: list[str] | None = None
    binds_to_node: bool | None = None
    capacity: dict[str, DeviceCapacity] | None = None
    consumes_counters: list[DeviceCounterConsumption] | None = None
    name: str
    node_allocatable_resources: dict[str, NodeAllocatableResource] | None = None
    node_name: str | None = None
    node_selector: NodeSelector | None = None
    taints: list[DeviceTaint] | None = None


class ResourcePool(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcepool-v1beta2-resource-k8s-io."""

    generation: int
    name: str
    resource_slice_count: int


class ResourceSliceSpec(LazyModel):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourceslicespec-v1beta2-resource-k8s-io.
    """

    all_nodes: bool | None = None
    devices: list[Device] | None = None
    driver: str
    node_name: str | None = None
    node_selector: NodeSelector | None = None
    partition_type_attribute: str | None = None
    per_device_node_selection: bool | None = None
    pool: ResourcePool
    shared_counters: list[CounterSet] | None = None
    skip_node_operations: list[str] | None = None


class ResourceSlice(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourceslice-v1beta2-resource-k8s-io.
    """

    __resource__ = ApiResource(
        group="resource.k8s.io", version="v1beta2", kind="ResourceSlice", plural="resourceslices"
    )

    spec: ResourceSliceSpec
