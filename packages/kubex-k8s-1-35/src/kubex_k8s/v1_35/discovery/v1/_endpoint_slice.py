# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import Model, NamespacedResource, NullAsEmpty, ResourceFacts

from ...core.v1._object_reference import ObjectReference


class EndpointConditions(Model):
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class ForNode(Model):
    name: str


class ForZone(Model):
    name: str


class EndpointHints(Model):
    for_nodes: list[ForNode] | None = None
    for_zones: list[ForZone] | None = None


class Endpoint(Model):
    addresses: Annotated[list[str], NullAsEmpty]
    conditions: EndpointConditions | None = None
    deprecated_topology: dict[str, str] | None = None
    hints: EndpointHints | None = None
    hostname: str | None = None
    node_name: str | None = None
    target_ref: ObjectReference | None = None
    zone: str | None = None


class EndpointPort(Model):
    app_protocol: str | None = None
    name: str | None = None
    port: int | None = None
    protocol: str | None = None


class EndpointSlice(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#endpointslice-v1-discovery-k8s-io."""

    __resource__ = ResourceFacts(group="discovery.k8s.io", version="v1", kind="EndpointSlice", plural="endpointslices")

    address_type: str
    endpoints: Annotated[list[Endpoint], NullAsEmpty]
    ports: list[EndpointPort] | None = None
