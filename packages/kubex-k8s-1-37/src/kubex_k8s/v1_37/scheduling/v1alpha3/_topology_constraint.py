# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class TopologyConstraint(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#topologyconstraint-v1alpha3-scheduling-k8s-io.
    """

    key: str
