# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model, Quantity

from ...core.v1._toleration import Toleration


class Overhead(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#overhead-v1-node-k8s-io."""

    pod_fixed: dict[str, Quantity] | None = None


class Scheduling(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#scheduling-v1-node-k8s-io."""

    node_selector: dict[str, str] | None = None
    tolerations: list[Toleration] | None = None


class RuntimeClass(ClusterResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#runtimeclass-v1-node-k8s-io."""

    __resource__ = ApiResource(group="node.k8s.io", version="v1", kind="RuntimeClass", plural="runtimeclasses")

    handler: str
    overhead: Overhead | None = None
    scheduling: Scheduling | None = None
