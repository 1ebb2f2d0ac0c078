# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition
from ._pod_group_scheduling_policy import PodGroupResourceClaim, PodGroupSchedulingConstraints, PodGroupSchedulingPolicy


class WorkloadPodGroupTemplateReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#workloadpodgrouptemplatereference-v1alpha2-scheduling-k8s-io.
    """

    pod_group_template_name: str
    workload_name: str


class PodGroupTemplateReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgrouptemplatereference-v1alpha2-scheduling-k8s-io.
    """

    workload: WorkloadPodGroupTemplateReference | None = None


class PodGroupSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgroupspec-v1alpha2-scheduling-k8s-io.
    """

    disruption_mode: str | None = None
    pod_group_template_ref: PodGroupTemplateReference | None = None
    priority: int | None = None
    priority_class_name: str | None = None
    resource_claims: list[PodGroupResourceClaim] | None = None
    scheduling_constraints: PodGroupSchedulingConstraints | None = None
    scheduling_policy: PodGroupSchedulingPolicy


class PodGroupResourceClaimStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgroupresourceclaimstatus-v1alpha2-scheduling-k8s-io.
    """

    name: str
    resource_claim_name: str | None = None


class PodGroupStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgroupstatus-v1alpha2-scheduling-k8s-io.
    """

    conditions: list[Condition] | None = None
    resource_claim_statuses: list[PodGroupResourceClaimStatus] | None = None


class PodGroup(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgroup-v1alpha2-scheduling-k8s-io."""

    __resource__ = ApiResource(
        group="scheduling.k8s.io",
        version="v1alpha2",
        kind="PodGroup",
        plural="podgroups",
        subresources=frozenset({"status"}),
    )

    spec: PodGroupSpec
    status: PodGroupStatus | None = None
