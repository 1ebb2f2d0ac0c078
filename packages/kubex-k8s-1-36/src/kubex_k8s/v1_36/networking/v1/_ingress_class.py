# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model


class IngressClassParametersReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#ingressclassparametersreference-v1-networking-k8s-io.
    """

    api_group: str | None = None
    kind: str
    name: str
    namespace: str | None = None
    scope: str | None = None


class IngressClassSpec(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#ingressclassspec-v1-networking-k8s-io.
    """

    controller: str | None = None
    parameters: IngressClassParametersReference | None = None


class IngressClass(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#ingressclass-v1-networking-k8s-io."""

    __resource__ = ApiResource(group="networking.k8s.io", version="v1", kind="IngressClass", plural="ingressclasses")

    spec: IngressClassSpec | None = None
