# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import HasStatus, Model, NamespacedResource, NullAsEmpty, ResourceFacts

from ...core.v1._typed_local_object_reference import TypedLocalObjectReference


class ServiceBackendPort(Model):
    name: str | None = None
    number: int | None = None


class IngressServiceBackend(Model):
    name: str
    port: ServiceBackendPort | None = None


class IngressBackend(Model):
    resource: TypedLocalObjectReference | None = None
    service: IngressServiceBackend | None = None


class HTTPIngressPath(Model):
    backend: IngressBackend
    path: str | None = None
    path_type: str


class HTTPIngressRuleValue(Model):
    paths: Annotated[list[HTTPIngressPath], NullAsEmpty]


class IngressRule(Model):
    host: str | None = None
    http: HTTPIngressRuleValue | None = None


class IngressTLS(Model):
    hosts: list[str] | None = None
    secret_name: str | None = None


class IngressSpec(Model):
    default_backend: IngressBackend | None = None
    ingress_class_name: str | None = None
    rules: list[IngressRule] | None = None
    tls: list[IngressTLS] | None = None


class IngressPortStatus(Model):
    error: str | None = None
    port: int
    protocol: str


class IngressLoadBalancerIngress(Model):
    hostname: str | None = None
    ip: str | None = None
    ports: list[IngressPortStatus] | None = None


class IngressLoadBalancerStatus(Model):
    ingress: list[IngressLoadBalancerIngress] | None = None


class IngressStatus(Model):
    load_balancer: IngressLoadBalancerStatus | None = None


class Ingress(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#ingress-v1-networking-k8s-io."""

    __resource__ = ResourceFacts(
        group="networking.k8s.io", version="v1", kind="Ingress", plural="ingresses", subresources=frozenset({"status"})
    )

    spec: IngressSpec | None = None
    status: IngressStatus | None = None
