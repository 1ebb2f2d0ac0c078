# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, ClusterResource

from ._role_ref import RoleRef, Subject


class ClusterRoleBinding(ClusterResource):
    """See
    https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#clusterrolebinding-v1-rbac-authorization-k8s-io.
    """

    __resource__ = ApiResource(
        group="rbac.authorization.k8s.io", version="v1", kind="ClusterRoleBinding", plural="clusterrolebindings"
    )

    role_ref: RoleRef
    subjects: list[Subject] | None = None
