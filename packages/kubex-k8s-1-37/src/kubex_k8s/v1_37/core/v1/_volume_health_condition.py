# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class VolumeHealthCondition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#volumehealthcondition-v1-core."""

    message: str | None = None
    reason: str
    status: str
