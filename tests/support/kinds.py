"""The kinds that the tests use, written by hand as a user would write a custom resource."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from kubex.models import (
    ClusterResource,
    HasLogs,
    ManagedObjectMeta,
    MicroTime,
    Model,
    NamespacedResource,
    NullAsEmpty,
    ResourceFacts,
)


class NamespaceStatus(Model):
    phase: str | None = None


class Namespace(ClusterResource):
    __resource__ = ResourceFacts(version="v1", kind="Namespace", plural="namespaces")
    status: NamespaceStatus | None = None


class ConfigMap(NamespacedResource):
    __resource__ = ResourceFacts(version="v1", kind="ConfigMap", plural="configmaps")
    data: dict[str, str] | None = None
    immutable: bool | None = None


class ManagedConfigMap(ConfigMap):
    """A ConfigMap whose metadata tells who manages which field."""

    __resource__ = ConfigMap.__resource__
    metadata: ManagedObjectMeta = Field(default_factory=ManagedObjectMeta)


class Secret(NamespacedResource):
    __resource__ = ResourceFacts(version="v1", kind="Secret", plural="secrets")
    data: dict[str, str] | None = None
    string_data: dict[str, str] | None = None
    type: str | None = None


class Container(Model):
    name: str
    image: str | None = None


class PodSpec(Model):
    containers: Annotated[list[Container], NullAsEmpty]
    node_name: str | None = None
    restart_policy: str | None = None


class PodStatus(Model):
    phase: str | None = None
    pod_ip: str | None = None


class Pod(NamespacedResource, HasLogs):
    __resource__ = ResourceFacts(version="v1", kind="Pod", plural="pods", subresources=frozenset({"log", "status"}))
    spec: PodSpec
    status: PodStatus | None = None


class Service(NamespacedResource):
    __resource__ = ResourceFacts(version="v1", kind="Service", plural="services")
    spec: dict[str, Any] | None = None


class PodTemplate(Model):
    metadata: dict[str, Any] | None = None
    spec: PodSpec


class DeploymentSpec(Model):
    replicas: int | None = None
    selector: dict[str, Any]
    template: PodTemplate


class Deployment(NamespacedResource):
    __resource__ = ResourceFacts(group="apps", version="v1", kind="Deployment", plural="deployments")
    spec: DeploymentSpec
    status: dict[str, Any] | None = None


class LeaseSpec(Model):
    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    renew_time: MicroTime | None = None
    acquire_time: MicroTime | None = None


class Lease(NamespacedResource):
    __resource__ = ResourceFacts(group="coordination.k8s.io", version="v1", kind="Lease", plural="leases")
    spec: LeaseSpec | None = None


class CustomResourceDefinition(ClusterResource):
    __resource__ = ResourceFacts(
        group="apiextensions.k8s.io",
        version="v1",
        kind="CustomResourceDefinition",
        plural="customresourcedefinitions",
    )
    spec: dict[str, Any]
    status: dict[str, Any] | None = None


class WidgetSpec(Model):
    """The wish of a Widget, the custom resource of the tests."""

    size: int
    color: str | None = None
    due: datetime | None = None


class WidgetStatus(Model):
    ready: bool = False


class Widget(NamespacedResource):
    __resource__ = ResourceFacts(
        group="example.com", version="v1", kind="Widget", plural="widgets", subresources=frozenset({"status"})
    )
    spec: WidgetSpec
    status: WidgetStatus | None = None
