# Made by kubex-codegen. Changes are lost when it runs again.
from typing import Any

from kubex.models import ApiResource, NamespacedResource


class ControllerRevision(NamespacedResource):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#controllerrevision-v1-apps."""

    __resource__ = ApiResource(group="apps", version="v1", kind="ControllerRevision", plural="controllerrevisions")

    data: dict[str, Any] | None = None
    revision: int
