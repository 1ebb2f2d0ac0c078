# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, Model, NamespacedResource
from kubex.models.fields import NullAsEmpty

from ._pod_group_scheduling_policy import PodGroupResourceClaim, PodGroupSchedulingConstraints, PodGroupSchedulingPolicy


class PodGroupTemplate(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgrouptemplate-v1alpha2-scheduling-k8s-io.
    """

    disruption_mode: str | None = None
    name: str
    priority: int | None = None
    priority_class_name: str | None = None
    resource_claims: list[PodGroupResourceClaim] | None = None
    scheduling_constraints: PodGroupSchedulingConstraints | None = None
    scheduling_policy: PodGroupSchedulingPolicy


class TypedLocalObjectReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#typedlocalobjectreference-v1alpha2-scheduling-k8s-io.
    """

    api_group: str | None = None
    kind: str
    name: str


class WorkloadSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#workloadspec-v1alpha2-scheduling-k8s-io.
    """

    controller_ref: TypedLocalObjectReference | None = None
    pod_group_templates: Annotated[list[PodGroupTemplate], NullAsEmpty]


class Workload(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#workload-v1alpha2-scheduling-k8s-io."""

    __resource__ = ApiResource(group="scheduling.k8s.io", version="v1alpha2", kind="Workload", plural="workloads")

    spec: WorkloadSpec
