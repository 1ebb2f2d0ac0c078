# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, IntOrString, Model, NamespacedResource
from kubex.models.fields import json_aliases
from kubex.models.markers import HasStatus

from ...meta.v1._condition import Condition


class ClientIPConfig(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#clientipconfig-v1-core."""

    timeout_seconds: int | None = None


class PortStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#portstatus-v1-core."""

    error: str | None = None
    port: int
    protocol: str


class LoadBalancerIngress(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#loadbalanceringress-v1-core."""

    hostname: str | None = None
    ip: str | None = None
    ip_mode: str | None = None
    ports: list[PortStatus] | None = None


class LoadBalancerStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#loadbalancerstatus-v1-core."""

    ingress: list[LoadBalancerIngress] | None = None


class ServicePort(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#serviceport-v1-core."""

    app_protocol: str | None = None
    name: str | None = None
    node_port: int | None = None
    port: int
    protocol: str | None = None
    target_port: IntOrString | None = None


class SessionAffinityConfig(Model, alias_generator=json_aliases(client_ip="clientIP")):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#sessionaffinityconfig-v1-core."""

    client_ip: ClientIPConfig | None = None


class ServiceSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#servicespec-v1-core."""

    allocate_load_balancer_node_ports: bool | None = None
    cluster_ip: str | None = None
    cluster_ips: list[str] | None = None
    external_ips: list[str] | None = None
    external_name: str | None = None
    external_traffic_policy: str | None = None
    health_check_node_port: int | None = None
    internal_traffic_policy: str | None = None
    ip_families: list[str] | None = None
    ip_family_policy: str | None = None
    load_balancer_class: str | None = None
    load_balancer_ip: str | None = None
    load_balancer_source_ranges: list[str] | None = None
    ports: list[ServicePort] | None = None
    publish_not_ready_addresses: bool | None = None
    selector: dict[str, str] | None = None
    session_affinity: str | None = None
    session_affinity_config: SessionAffinityConfig | None = None
    traffic_distribution: str | None = None
    type: str | None = None


class ServiceStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#servicestatus-v1-core."""

    conditions: list[Condition] | None = None
    load_balancer: LoadBalancerStatus | None = None


class Service(NamespacedResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#service-v1-core."""

    __resource__ = ApiResource(
        version="v1", kind="Service", plural="services", subresources=frozenset({"proxy", "status"})
    )

    spec: ServiceSpec | None = None
    status: ServiceStatus | None = None
