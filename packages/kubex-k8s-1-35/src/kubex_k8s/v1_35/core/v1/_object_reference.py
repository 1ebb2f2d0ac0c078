# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import Model


class ObjectReference(Model):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#objectreference-v1-core."""

    api_version: str | None = None
    field_path: str | None = None
    kind: str | None = None
    name: str | None = None
    namespace: str | None = None
    resource_version: str | None = None
    uid: str | None = None
