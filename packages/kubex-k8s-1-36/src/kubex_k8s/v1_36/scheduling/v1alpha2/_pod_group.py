# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import HasStatus, Model, NamespacedResource, ResourceFacts

from ...meta.v1._condition import Condition
from ._pod_group_scheduling_policy import PodGroupResourceClaim, PodGroupSchedulingConstraints, PodGroupSchedulingPolicy


class WorkloadPodGroupTemplateReference(Model):
    pod_group_template_name: str
    workload_name: str


class PodGroupTemplateReference(Model):
    workload: WorkloadPodGroupTemplateReference | None = None


class PodGroupSpec(Model):
    disruption_mode: str | None = None
    pod_group_template_ref: PodGroupTemplateReference | None = None
    priority: int | None = None
    priority_class_name: str | None = None
    resource_claims: list[PodGroupResourceClaim] | None = None
    scheduling_constraints: PodGroupSchedulingConstraints | None = None
    scheduling_policy: PodGroupSchedulingPolicy


class PodGroupResourceClaimStatus(Model):
    name: str
    resource_claim_name: str | None = None


class PodGroupStatus(Model):
    conditions: list[Condition] | None = None
    resource_claim_statuses: list[PodGroupResourceClaimStatus] | None = None


class PodGroup(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgroup-v1alpha2-scheduling-k8s-io."""

    __resource__ = ResourceFacts(
        group="scheduling.k8s.io",
        version="v1alpha2",
        kind="PodGroup",
        plural="podgroups",
        subresources=frozenset({"status"}),
    )

    spec: PodGroupSpec
    status: PodGroupStatus | None = None
