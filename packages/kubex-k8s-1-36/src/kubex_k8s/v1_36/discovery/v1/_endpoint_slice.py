# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, Model, NamespacedResource
from kubex.models.fields import NullAsEmpty

from ...core.v1._object_reference import ObjectReference


class EndpointConditions(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#endpointconditions-v1-discovery-k8s-io.
    """

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class ForNode(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#fornode-v1-discovery-k8s-io."""

    name: str


class ForZone(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#forzone-v1-discovery-k8s-io."""

    name: str


class EndpointHints(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#endpointhints-v1-discovery-k8s-io."""

    for_nodes: list[ForNode] | None = None
    for_zones: list[ForZone] | None = None


class Endpoint(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#endpoint-v1-discovery-k8s-io."""

    addresses: Annotated[list[str], NullAsEmpty]
    conditions: EndpointConditions | None = None
    deprecated_topology: dict[str, str] | None = None
    hints: EndpointHints | None = None
    hostname: str | None = None
    node_name: str | None = None
    target_ref: ObjectReference | None = None
    zone: str | None = None


class EndpointPort(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#endpointport-v1-discovery-k8s-io."""

    app_protocol: str | None = None
    name: str | None = None
    port: int | None = None
    protocol: str | None = None


class EndpointSlice(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#endpointslice-v1-discovery-k8s-io."""

    __resource__ = ApiResource(group="discovery.k8s.io", version="v1", kind="EndpointSlice", plural="endpointslices")

    address_type: str
    endpoints: list[Endpoint] | None = None
    ports: list[EndpointPort] | None = None
