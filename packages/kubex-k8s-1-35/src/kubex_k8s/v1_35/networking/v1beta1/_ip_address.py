# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model


class ParentReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#parentreference-v1beta1-networking-k8s-io.
    """

    group: str | None = None
    name: str
    namespace: str | None = None
    resource: str


class IPAddressSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ipaddressspec-v1beta1-networking-k8s-io.
    """

    parent_ref: ParentReference


class IPAddress(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ipaddress-v1beta1-networking-k8s-io."""

    __resource__ = ApiResource(group="networking.k8s.io", version="v1beta1", kind="IPAddress", plural="ipaddresses")

    spec: IPAddressSpec | None = None
