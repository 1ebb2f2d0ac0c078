# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class EventSource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#eventsource-v1-core."""

    component: str | None = None
    host: str | None = None
