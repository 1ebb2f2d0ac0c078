# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class LocalObjectReference(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#localobjectreference-v1-core."""

    name: str | None = None
