# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, Model, NamespacedResource
from kubex.models.fields import NullAsEmpty


class BasicSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#basicschedulingpolicy-v1alpha1-scheduling-k8s-io.
    """


class GangSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#gangschedulingpolicy-v1alpha1-scheduling-k8s-io.
    """

    min_count: int


class PodGroupPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podgrouppolicy-v1alpha1-scheduling-k8s-io.
    """

    basic: BasicSchedulingPolicy | None = None
    gang: GangSchedulingPolicy | None = None


class PodGroup(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#podgroup-v1alpha1-scheduling-k8s-io."""

    name: str
    policy: PodGroupPolicy


class TypedLocalObjectReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#typedlocalobjectreference-v1alpha1-scheduling-k8s-io.
    """

    api_group: str | None = None
    kind: str
    name: str


class WorkloadSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#workloadspec-v1alpha1-scheduling-k8s-io.
    """

    controller_ref: TypedLocalObjectReference | None = None
    pod_groups: Annotated[list[PodGroup], NullAsEmpty]


class Workload(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#workload-v1alpha1-scheduling-k8s-io."""

    __resource__ = ApiResource(group="scheduling.k8s.io", version="v1alpha1", kind="Workload", plural="workloads")

    spec: WorkloadSpec
