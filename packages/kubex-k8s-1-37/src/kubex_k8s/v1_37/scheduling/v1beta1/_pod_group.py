# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition
from ._disruption_mode import (
    DisruptionMode,
    PodGroupResourceClaim,
    PodGroupSchedulingConstraints,
    PodGroupSchedulingPolicy,
)


class WorkloadReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadreference-v1beta1-scheduling-k8s-io.
    """

    template_name: str
    workload_name: str


class PodGroupSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgroupspec-v1beta1-scheduling-k8s-io.
    """

    disruption_mode: DisruptionMode | None = None
    parent_composite_pod_group_name: str | None = None
    preemption_policy: str | None = None
    priority: int | None = None
    priority_class_name: str | None = None
    resource_claims: list[PodGroupResourceClaim] | None = None
    scheduling_constraints: PodGroupSchedulingConstraints | None = None
    scheduling_policy: PodGroupSchedulingPolicy
    workload_ref: WorkloadReference | None = None


class PodGroupResourceClaimStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgroupresourceclaimstatus-v1beta1-scheduling-k8s-io.
    """

    name: str
    resource_claim_name: str | None = None


class PodGroupStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgroupstatus-v1beta1-scheduling-k8s-io.
    """

    conditions: list[Condition] | None = None
    resource_claim_statuses: list[PodGroupResourceClaimStatus] | None = None


class PodGroup(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgroup-v1beta1-scheduling-k8s-io."""

    __resource__ = ApiResource(
        group="scheduling.k8s.io",
        version="v1beta1",
        kind="PodGroup",
        plural="podgroups",
        subresources=frozenset({"status"}),
    )

    spec: PodGroupSpec
    status: PodGroupStatus | None = None
