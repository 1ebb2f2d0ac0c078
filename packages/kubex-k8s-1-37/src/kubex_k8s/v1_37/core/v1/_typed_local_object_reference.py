# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class TypedLocalObjectReference(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#typedlocalobjectreference-v1-core."""

    api_group: str | None = None
    kind: str
    name: str
