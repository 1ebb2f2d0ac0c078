# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource

from ._composite_disruption_mode import (
    CompositeDisruptionMode,
    CompositePodGroupSchedulingConstraints,
    CompositePodGroupSchedulingPolicy,
)
from ._disruption_mode import (
    DisruptionMode,
    PodGroupResourceClaim,
    PodGroupSchedulingConstraints,
    PodGroupSchedulingPolicy,
)


class PodGroupTemplate(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgrouptemplate-v1alpha3-scheduling-k8s-io.
    """

    disruption_mode: DisruptionMode | None = None
    name: str
    preemption_policy: str | None = None
    priority: int | None = None
    priority_class_name: str | None = None
    resource_claims: list[PodGroupResourceClaim] | None = None
    scheduling_constraints: PodGroupSchedulingConstraints | None = None
    scheduling_policy: PodGroupSchedulingPolicy


class CompositePodGroupTemplate(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgrouptemplate-v1alpha3-scheduling-k8s-io.
    """

    composite_pod_group_templates: "list[CompositePodGroupTemplate] | None" = None
    disruption_mode: CompositeDisruptionMode | None = None
    name: str
    pod_group_templates: list[PodGroupTemplate] | None = None
    preemption_policy: str | None = None
    priority: int | None = None
    priority_class_name: str | None = None
    scheduling_constraints: CompositePodGroupSchedulingConstraints | None = None
    scheduling_policy: CompositePodGroupSchedulingPolicy


class TypedLocalObjectReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#typedlocalobjectreference-v1alpha3-scheduling-k8s-io.
    """

    api_group: str | None = None
    kind: str
    name: str


class WorkloadSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadspec-v1alpha3-scheduling-k8s-io.
    """

    composite_pod_group_templates: list[CompositePodGroupTemplate] | None = None
    controller_ref: TypedLocalObjectReference | None = None
    pod_group_templates: list[PodGroupTemplate] | None = None


class Workload(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workload-v1alpha3-scheduling-k8s-io."""

    __resource__ = ApiResource(group="scheduling.k8s.io", version="v1alpha3", kind="Workload", plural="workloads")

    spec: WorkloadSpec
