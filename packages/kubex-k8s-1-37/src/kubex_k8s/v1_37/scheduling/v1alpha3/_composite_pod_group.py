# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition
from ._composite_disruption_mode import (
    CompositeDisruptionMode,
    CompositePodGroupSchedulingConstraints,
    CompositePodGroupSchedulingPolicy,
)
from ._workload_reference import WorkloadReference


class CompositePodGroupSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgroupspec-v1alpha3-scheduling-k8s-io.
    """

    disruption_mode: CompositeDisruptionMode | None = None
    parent_composite_pod_group_name: str | None = None
    preemption_policy: str | None = None
    priority: int | None = None
    priority_class_name: str | None = None
    scheduling_constraints: CompositePodGroupSchedulingConstraints | None = None
    scheduling_policy: CompositePodGroupSchedulingPolicy
    workload_ref: WorkloadReference


class CompositePodGroupStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgroupstatus-v1alpha3-scheduling-k8s-io.
    """

    conditions: list[Condition] | None = None


class CompositePodGroup(NamespacedResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgroup-v1alpha3-scheduling-k8s-io.
    """

    __resource__ = ApiResource(
        group="scheduling.k8s.io",
        version="v1alpha3",
        kind="CompositePodGroup",
        plural="compositepodgroups",
        subresources=frozenset({"status"}),
    )

    spec: CompositePodGroupSpec
    status: CompositePodGroupStatus | None = None
