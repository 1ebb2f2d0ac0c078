# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource

from ._disruption_mode import (
    DisruptionMode,
    PodGroupResourceClaim,
    PodGroupSchedulingConstraints,
    PodGroupSchedulingPolicy,
    TopologyConstraint,
)


class AllCompositeDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#allcompositedisruptionmode-v1beta1-scheduling-k8s-io.
    """


class CompositeBasicSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositebasicschedulingpolicy-v1beta1-scheduling-k8s-io.
    """


class SingleCompositeDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#singlecompositedisruptionmode-v1beta1-scheduling-k8s-io.
    """


class CompositeDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositedisruptionmode-v1beta1-scheduling-k8s-io.
    """

    all: AllCompositeDisruptionMode | None = None
    single: SingleCompositeDisruptionMode | None = None


class CompositeGangSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositegangschedulingpolicy-v1beta1-scheduling-k8s-io.
    """

    min_group_count: int


class CompositePodGroupSchedulingConstraints(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgroupschedulingconstraints-v1beta1-scheduling-k8s-io.
    """

    topology: list[TopologyConstraint] | None = None


class CompositePodGroupSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgroupschedulingpolicy-v1beta1-scheduling-k8s-io.
    """

    basic: CompositeBasicSchedulingPolicy | None = None
    gang: CompositeGangSchedulingPolicy | None = None


class PodGroupTemplate(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgrouptemplate-v1beta1-scheduling-k8s-io.
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
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgrouptemplate-v1beta1-scheduling-k8s-io.
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
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#typedlocalobjectreference-v1beta1-scheduling-k8s-io.
    """

    api_group: str | None = None
    kind: str
    name: str


class WorkloadSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadspec-v1beta1-scheduling-k8s-io.
    """

    composite_pod_group_templates: list[CompositePodGroupTemplate] | None = None
    controller_ref: TypedLocalObjectReference | None = None
    pod_group_templates: list[PodGroupTemplate] | None = None


class Workload(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workload-v1beta1-scheduling-k8s-io."""

    __resource__ = ApiResource(group="scheduling.k8s.io", version="v1beta1", kind="Workload", plural="workloads")

    spec: WorkloadSpec
