# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class GroupResource(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#groupresource-v1-meta."""

    group: str
    resource: str
