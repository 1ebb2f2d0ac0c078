# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model, Quantity
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition


class PartitionTypeStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#partitiontypestatus-v1alpha3-resource-k8s-io.
    """

    allocatable: int
    attribute: str
    total: int
    type: str


class ShareableCapacityStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#shareablecapacitystatus-v1alpha3-resource-k8s-io.
    """

    available: Quantity
    consumed: Quantity
    name: str
    total: Quantity


class ShareableSummaryStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#shareablesummarystatus-v1alpha3-resource-k8s-io.
    """

    capacity: list[ShareableCapacityStatus] | None = None
    fully_available_devices: int
    partially_available_devices: int


class PoolStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#poolstatus-v1alpha3-resource-k8s-io."""

    allocated_devices: int | None = None
    available_devices: int | None = None
    driver: str
    generation: int
    node_name: str | None = None
    partition_summary: list[PartitionTypeStatus] | None = None
    pool_name: str
    resource_slice_count: int | None = None
    shareable_summary: ShareableSummaryStatus | None = None
    total_devices: int | None = None
    unavailable_devices: int | None = None
    validation_error: str | None = None


class ResourcePoolStatusRequestSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcepoolstatusrequestspec-v1alpha3-resource-k8s-io.
    """

    default_partition_type_attribute: str | None = None
    driver: str
    limit: int | None = None
    pool_name: str | None = None


class ResourcePoolStatusRequestStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcepoolstatusrequeststatus-v1alpha3-resource-k8s-io.
    """

    conditions: list[Condition] | None = None
    pool_count: int
    pools: list[PoolStatus] | None = None


class ResourcePoolStatusRequest(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#resourcepoolstatusrequest-v1alpha3-resource-k8s-io.
    """

    __resource__ = ApiResource(
        group="resource.k8s.io",
        version="v1alpha3",
        kind="ResourcePoolStatusRequest",
        plural="resourcepoolstatusrequests",
        subresources=frozenset({"status"}),
    )

    spec: ResourcePoolStatusRequestSpec
    status: ResourcePoolStatusRequestStatus | None = None
