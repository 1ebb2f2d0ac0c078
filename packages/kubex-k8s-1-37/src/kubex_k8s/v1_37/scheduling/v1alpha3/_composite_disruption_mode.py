# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model

from ._topology_constraint import TopologyConstraint


class AllCompositeDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#allcompositedisruptionmode-v1alpha3-scheduling-k8s-io.
    """


class CompositeBasicSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositebasicschedulingpolicy-v1alpha3-scheduling-k8s-io.
    """


class SingleCompositeDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#singlecompositedisruptionmode-v1alpha3-scheduling-k8s-io.
    """


class CompositeDisruptionMode(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositedisruptionmode-v1alpha3-scheduling-k8s-io.
    """

    all: AllCompositeDisruptionMode | None = None
    single: SingleCompositeDisruptionMode | None = None


class CompositeGangSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositegangschedulingpolicy-v1alpha3-scheduling-k8s-io.
    """

    min_group_count: int


class CompositePodGroupSchedulingConstraints(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgroupschedulingconstraints-v1alpha3-scheduling-k8s-io.
    """

    topology: list[TopologyConstraint] | None = None


class CompositePodGroupSchedulingPolicy(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#compositepodgroupschedulingpolicy-v1alpha3-scheduling-k8s-io.
    """

    basic: CompositeBasicSchedulingPolicy | None = None
    gang: CompositeGangSchedulingPolicy | None = None
