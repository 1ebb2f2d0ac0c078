# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class Toleration(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#toleration-v1-core."""

    effect: str | None = None
    key: str | None = None
    operator: str | None = None
    toleration_seconds: int | None = None
    value: str | None = None
