# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource


class PriorityClass(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#priorityclass-v1-scheduling-k8s-io."""

    __resource__ = ApiResource(group="scheduling.k8s.io", version="v1", kind="PriorityClass", plural="priorityclasses")

    description: str | None = None
    global_default: bool | None = None
    preemption_policy: str | None = None
    value: int
