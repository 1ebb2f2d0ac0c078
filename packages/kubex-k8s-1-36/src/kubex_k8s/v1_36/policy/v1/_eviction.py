# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model, ObjectMeta

from ...meta.v1._delete_options import DeleteOptions


class Eviction(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#eviction-v1-policy."""

    api_version: str | None = "policy/v1"
    delete_options: DeleteOptions | None = None
    kind: str | None = "Eviction"
    metadata: ObjectMeta | None = None
