# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Annotated, Any

from kubex.models import ApiResource, NamespacedResource
from kubex.models.fields import NullAsEmptyDict


class ControllerRevision(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.37/#controllerrevision-v1-apps."""

    __resource__ = ApiResource(group="apps", version="v1", kind="ControllerRevision", plural="controllerrevisions")

    data: Annotated[dict[str, Any], NullAsEmptyDict]
    revision: int | None = None
