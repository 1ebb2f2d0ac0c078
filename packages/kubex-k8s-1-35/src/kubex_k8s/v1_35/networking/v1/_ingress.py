# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, Model, NamespacedResource
from kubex.models.fields import NullAsEmpty
from kubex.models.markers import HasStatus

from ...core.v1._typed_local_object_reference import TypedLocalObjectReference


class ServiceBackendPort(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#servicebackendport-v1-networking-k8s-io.
    """

    name: str | None = None
    number: int | None = None


class IngressServiceBackend(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingressservicebackend-v1-networking-k8s-io.
    """

    name: str
    port: ServiceBackendPort | None = None


class IngressBackend(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingressbackend-v1-networking-k8s-io."""

    resource: TypedLocalObjectReference | None = None
    service: IngressServiceBackend | None = None


class HTTPIngressPath(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#httpingresspath-v1-networking-k8s-io."""

    backend: IngressBackend
    path: str | None = None
    path_type: str


class HTTPIngressRuleValue(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#httpingressrulevalue-v1-networking-k8s-io.
    """

    paths: Annotated[list[HTTPIngressPath], NullAsEmpty]


class IngressRule(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingressrule-v1-networking-k8s-io."""

    host: str | None = None
    http: HTTPIngressRuleValue | None = None


class IngressTLS(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingresstls-v1-networking-k8s-io."""

    hosts: list[str] | None = None
    secret_name: str | None = None


class IngressSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingressspec-v1-networking-k8s-io."""

    default_backend: IngressBackend | None = None
    ingress_class_name: str | None = None
    rules: list[IngressRule] | None = None
    tls: list[IngressTLS] | None = None


class IngressPortStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingressportstatus-v1-networking-k8s-io.
    """

    error: str | None = None
    port: int
    protocol: str


class IngressLoadBalancerIngress(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingressloadbalanceringress-v1-networking-k8s-io.
    """

    hostname: str | None = None
    ip: str | None = None
    ports: list[IngressPortStatus] | None = None


class IngressLoadBalancerStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingressloadbalancerstatus-v1-networking-k8s-io.
    """

    ingress: list[IngressLoadBalancerIngress] | None = None


class IngressStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingressstatus-v1-networking-k8s-io."""

    load_balancer: IngressLoadBalancerStatus | None = None


class Ingress(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingress-v1-networking-k8s-io."""

    __resource__ = ApiResource(
        group="networking.k8s.io", version="v1", kind="Ingress", plural="ingresses", subresources=frozenset({"status"})
    )

    spec: IngressSpec | None = None
    status: IngressStatus | None = None
