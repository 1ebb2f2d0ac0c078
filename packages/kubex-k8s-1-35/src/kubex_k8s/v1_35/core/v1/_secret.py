# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import NamespacedResource, ResourceFacts


class Secret(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#secret-v1-core."""

    __resource__ = ResourceFacts(version="v1", kind="Secret", plural="secrets")

    data: dict[str, str] | None = None
    immutable: bool | None = None
    string_data: dict[str, str] | None = None
    type: str | None = None
