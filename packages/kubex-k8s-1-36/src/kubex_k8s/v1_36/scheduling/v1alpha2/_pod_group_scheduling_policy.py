# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class BasicSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#basicschedulingpolicy-v1alpha2-scheduling-k8s-io.
    """


class GangSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#gangschedulingpolicy-v1alpha2-scheduling-k8s-io.
    """

    min_count: int


class PodGroupResourceClaim(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgroupresourceclaim-v1alpha2-scheduling-k8s-io.
    """

    name: str
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class TopologyConstraint(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#topologyconstraint-v1alpha2-scheduling-k8s-io.
    """

    key: str


class PodGroupSchedulingConstraints(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgroupschedulingconstraints-v1alpha2-scheduling-k8s-io.
    """

    topology: list[TopologyConstraint] | None = None


class PodGroupSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#podgroupschedulingpolicy-v1alpha2-scheduling-k8s-io.
    """

    basic: BasicSchedulingPolicy | None = None
    gang: GangSchedulingPolicy | None = None
