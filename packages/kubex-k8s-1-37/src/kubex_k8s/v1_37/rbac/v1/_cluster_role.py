# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource, Model

from ...meta.v1._label_selector import LabelSelector
from ._policy_rule import PolicyRule


class AggregationRule(Model):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#aggregationrule-v1-rbac-authorization-k8s-io.
    """

    cluster_role_selectors: list[LabelSelector] | None = None


class ClusterRole(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#clusterrole-v1-rbac-authorization-k8s-io.
    """

    __resource__ = ApiResource(
        group="rbac.authorization.k8s.io", version="v1", kind="ClusterRole", plural="clusterroles"
    )

    aggregation_rule: AggregationRule | None = None
    rules: list[PolicyRule] | None = None
