# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Model, NamespacedResource

from ._object_reference import ObjectReference


class EndpointAddress(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#endpointaddress-v1-core."""

    hostname: str | None = None
    ip: str
    node_name: str | None = None
    target_ref: ObjectReference | None = None


class EndpointPort(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#endpointport-v1-core."""

    app_protocol: str | None = None
    name: str | None = None
    port: int
    protocol: str | None = None


class EndpointSubset(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#endpointsubset-v1-core."""

    addresses: list[EndpointAddress] | None = None
    not_ready_addresses: list[EndpointAddress] | None = None
    ports: list[EndpointPort] | None = None


class Endpoints(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#endpoints-v1-core."""

    __resource__ = ApiResource(version="v1", kind="Endpoints", plural="endpoints")

    subsets: list[EndpointSubset] | None = None
