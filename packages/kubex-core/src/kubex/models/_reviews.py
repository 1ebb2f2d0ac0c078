"""Base classes of create-only kinds: the server responds to a create and does not store the object."""

from typing import Any, ClassVar

from pydantic import Field

from kubex.models._api_resource import ApiResource, set_type_meta_defaults
from kubex.models._model import Model
from kubex.models._object_meta import ObjectMeta


class CreateOnly(Model):
    """The base class of kinds that can only be created, such as reviews and Binding.

    Derive a kind from `NamespacedCreateOnly` or `ClusterCreateOnly`, and set `__resource__`.
    See https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access.

    Example:
        from kubex_k8s.v1_37.authentication.v1 import SelfSubjectReview

        review = await create_review(client, SelfSubjectReview())
    """

    # It does not derive from Resource, so that type checkers reject `Api(TokenReview, client)`.

    __resource__: ClassVar[ApiResource | None] = None

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta = Field(default_factory=ObjectMeta)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        set_type_meta_defaults(cls)


class NamespacedCreateOnly(CreateOnly):
    """The base class of create-only kinds that belong to a namespace, such as LocalSubjectAccessReview."""


class ClusterCreateOnly(CreateOnly):
    """The base class of create-only kinds that are cluster-scoped, such as TokenReview."""
