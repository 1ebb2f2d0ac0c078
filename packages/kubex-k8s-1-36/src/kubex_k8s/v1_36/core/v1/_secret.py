# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated

from kubex.models import ApiResource, Base64, NamespacedResource
from kubex.models.fields import Hidden


class Secret(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#secret-v1-core."""

    __resource__ = ApiResource(version="v1", kind="Secret", plural="secrets")

    data: Annotated[dict[str, Base64] | None, Hidden] = None
    immutable: bool | None = None
    string_data: Annotated[dict[str, str] | None, Hidden] = None
    type: str | None = None
