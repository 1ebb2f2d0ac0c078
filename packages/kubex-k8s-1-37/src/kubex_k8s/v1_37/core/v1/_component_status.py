# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model


class ComponentCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#componentcondition-v1-core."""

    error: str | None = None
    message: str | None = None
    status: str
    type: str


class ComponentStatus(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#componentstatus-v1-core."""

    __resource__ = ApiResource(
        version="v1", kind="ComponentStatus", plural="componentstatuses", verbs=frozenset({"get", "list"})
    )

    conditions: list[ComponentCondition] | None = None
