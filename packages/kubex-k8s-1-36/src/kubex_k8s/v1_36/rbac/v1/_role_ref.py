# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class RoleRef(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#roleref-v1-rbac-authorization-k8s-io."""

    api_group: str | None = None
    kind: str
    name: str


class Subject(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#subject-v1-rbac-authorization-k8s-io."""

    api_group: str | None = None
    kind: str
    name: str
    namespace: str | None = None
