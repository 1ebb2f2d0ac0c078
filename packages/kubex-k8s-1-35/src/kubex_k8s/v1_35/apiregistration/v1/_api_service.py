# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Base64, ClusterResource, Model, Time
from kubex.models.fields import json_aliases
from kubex.models.markers import HasStatus


class ServiceReference(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#servicereference-v1-apiregistration-k8s-io.
    """

    name: str | None = None
    namespace: str | None = None
    port: int | None = None


class APIServiceSpec(Model, alias_generator=json_aliases(insecure_skip_tls_verify="insecureSkipTLSVerify")):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#apiservicespec-v1-apiregistration-k8s-io.
    """

    ca_bundle: Base64 | None = None
    group: str | None = None
    group_priority_minimum: int
    insecure_skip_tls_verify: bool | None = None
    service: ServiceReference | None = None
    version: str | None = None
    version_priority: int


class APIServiceCondition(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#apiservicecondition-v1-apiregistration-k8s-io.
    """

    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class APIServiceStatus(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#apiservicestatus-v1-apiregistration-k8s-io.
    """

    conditions: list[APIServiceCondition] | None = None


class APIService(ClusterResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#apiservice-v1-apiregistration-k8s-io."""

    __resource__ = ApiResource(
        group="apiregistration.k8s.io",
        version="v1",
        kind="APIService",
        plural="apiservices",
        subresources=frozenset({"status"}),
    )

    spec: APIServiceSpec | None = None
    status: APIServiceStatus | None = None
