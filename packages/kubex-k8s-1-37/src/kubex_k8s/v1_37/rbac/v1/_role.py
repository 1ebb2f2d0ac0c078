# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, NamespacedResource

from ._policy_rule import PolicyRule


class Role(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#role-v1-rbac-authorization-k8s-io."""

    __resource__ = ApiResource(group="rbac.authorization.k8s.io", version="v1", kind="Role", plural="roles")

    rules: list[PolicyRule] | None = None
