# Made by kubex-codegen. Changes are lost when it runs again.
from kubex.models import ApiResource, NamespacedResource
from kubex.models.markers import HasTokenRequest

from ._local_object_reference import LocalObjectReference
from ._object_reference import ObjectReference


class ServiceAccount(NamespacedResource, HasTokenRequest):
    """See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.35/#serviceaccount-v1-core."""

    __resource__ = ApiResource(
        version="v1", kind="ServiceAccount", plural="serviceaccounts", subresources=frozenset({"token"})
    )

    automount_service_account_token: bool | None = None
    image_pull_secrets: list[LocalObjectReference] | None = None
    secrets: list[ObjectReference] | None = None
