# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition


class ServiceCIDRSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#servicecidrspec-v1beta1-networking-k8s-io.
    """

    cidrs: list[str] | None = None


class ServiceCIDRStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#servicecidrstatus-v1beta1-networking-k8s-io.
    """

    conditions: list[Condition] | None = None


class ServiceCIDR(ClusterResource, HasStatus):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#servicecidr-v1beta1-networking-k8s-io.
    """

    __resource__ = ApiResource(
        group="networking.k8s.io",
        version="v1beta1",
        kind="ServiceCIDR",
        plural="servicecidrs",
        subresources=frozenset({"status"}),
    )

    spec: ServiceCIDRSpec | None = None
    status: ServiceCIDRStatus | None = None
