# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, Base64, NamespacedResource


class ConfigMap(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#configmap-v1-core."""

    __resource__ = ApiResource(version="v1", kind="ConfigMap", plural="configmaps")

    binary_data: dict[str, Base64] | None = None
    data: dict[str, str] | None = None
    immutable: bool | None = None
