# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model, Time


class Condition(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#condition-v1-meta."""

    last_transition_time: Time | None
    message: str
    observed_generation: int | None = None
    reason: str
    status: str
    type: str
