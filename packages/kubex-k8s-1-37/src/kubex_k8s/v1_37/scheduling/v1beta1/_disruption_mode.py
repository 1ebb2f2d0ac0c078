# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class AllDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#alldisruptionmode-v1beta1-scheduling-k8s-io.
    """


class BasicSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#basicschedulingpolicy-v1beta1-scheduling-k8s-io.
    """


class SingleDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#singledisruptionmode-v1beta1-scheduling-k8s-io.
    """


class DisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#disruptionmode-v1beta1-scheduling-k8s-io.
    """

    all: AllDisruptionMode | None = None
    single: SingleDisruptionMode | None = None


class GangSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#gangschedulingpolicy-v1beta1-scheduling-k8s-io.
    """

    min_count: int


class PodGroupResourceClaim(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgroupresourceclaim-v1beta1-scheduling-k8s-io.
    """

    name: str
    resource_claim_name: str | None = None
    resource_claim_template_name: str | None = None


class TopologyConstraint(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#topologyconstraint-v1beta1-scheduling-k8s-io.
    """

    key: str


class PodGroupSchedulingConstraints(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgroupschedulingconstraints-v1beta1-scheduling-k8s-io.
    """

    topology: list[TopologyConstraint] | None = None


class PodGroupSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#podgroupschedulingpolicy-v1beta1-scheduling-k8s-io.
    """

    basic: BasicSchedulingPolicy | None = None
    gang: GangSchedulingPolicy | None = None
