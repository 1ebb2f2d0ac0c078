# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model, Time
from kubex.models.markers import HasStatus


class NamespaceSpec(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#namespacespec-v1-core."""

    finalizers: list[str] | None = None


class NamespaceCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#namespacecondition-v1-core."""

    last_transition_time: Time | None = None
    message: str | None = None
    reason: str | None = None
    status: str
    type: str


class NamespaceStatus(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#namespacestatus-v1-core."""

    conditions: list[NamespaceCondition] | None = None
    phase: str | None = None


class Namespace(ClusterResource, HasStatus):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#namespace-v1-core."""

    __resource__ = ApiResource(
        version="v1",
        kind="Namespace",
        plural="namespaces",
        subresources=frozenset({"finalize", "status"}),
        verbs=frozenset({"create", "delete", "get", "list", "patch", "update", "watch"}),
    )

    spec: NamespaceSpec | None = None
    status: NamespaceStatus | None = None
