# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ._topology_constraint import TopologyConstraint


class WorkloadPodGroupAllDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadpodgroupalldisruptionmode-v1alpha3-scheduling-k8s-io.
    """


class WorkloadPodGroupBasicSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadpodgroupbasicschedulingpolicy-v1alpha3-scheduling-k8s-io.
    """


class WorkloadPodGroupSingleDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadpodgroupsingledisruptionmode-v1alpha3-scheduling-k8s-io.
    """


class WorkloadPodGroupDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadpodgroupdisruptionmode-v1alpha3-scheduling-k8s-io.
    """

    all: WorkloadPodGroupAllDisruptionMode | None = None
    single: WorkloadPodGroupSingleDisruptionMode | None = None


class WorkloadPodGroupGangSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadpodgroupgangschedulingpolicy-v1alpha3-scheduling-k8s-io.
    """

    min_count: int | None = None


class WorkloadPodGroupResourceClaim(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadpodgroupresourceclaim-v1alpha3-scheduling-k8s-io.
    """

    name: str
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class WorkloadPodGroupSchedulingConstraints(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadpodgroupschedulingconstraints-v1alpha3-scheduling-k8s-io.
    """

    topology: list[TopologyConstraint] | None = None


class WorkloadPodGroupSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#workloadpodgroupschedulingpolicy-v1alpha3-scheduling-k8s-io.
    """

    basic: WorkloadPodGroupBasicSchedulingPolicy | None = None
    gang: WorkloadPodGroupGangSchedulingPolicy | None = None
