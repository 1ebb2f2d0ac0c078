"""Kinds that are answered and not stored, such as reviews: they can be created and nothing else."""

from typing import Any, ClassVar

from pydantic import Field

from kubex.models._api_resource import ApiResource, set_type_meta_defaults
from kubex.models._model import Model
from kubex.models._object_meta import ObjectMeta


class CreateOnly(Model):
    """An object that the server answers and does not keep. A kind derives from one of the two classes below.

    It is no `Resource`, so that `Api(TokenReview, client)` is a type error.
    """

    __resource__: ClassVar[ApiResource | None] = None

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta = Field(default_factory=ObjectMeta)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        set_type_meta_defaults(cls)


class NamespacedCreateOnly(CreateOnly):
    """A kind that is created in a namespace, such as LocalSubjectAccessReview."""


class ClusterCreateOnly(CreateOnly):
    """A kind that is created for the whole cluster, such as TokenReview."""
