"""The base of every kind that `Api` serves."""

from typing import Any, ClassVar

from pydantic import Field

from kubex.models._api_resource import ApiResource, set_type_meta_defaults
from kubex.models._lazy.base import LazyModel
from kubex.models._object_meta import ObjectMeta


class Resource(LazyModel):
    """An object of the Kubernetes API. A kind derives from `NamespacedResource` or `ClusterResource`.

    `__resource__` says where the kind lives; a class that has it gets its `apiVersion` and `kind` as defaults, so
    that both are always sent:

        class Widget(NamespacedResource):
            __resource__ = ApiResource(group="example.com", version="v1", kind="Widget", plural="widgets")
            spec: WidgetSpec
    """

    __resource__: ClassVar[ApiResource | None] = None

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta = Field(default_factory=ObjectMeta)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        set_type_meta_defaults(cls)


class NamespacedResource(Resource):
    """A kind whose objects live in namespaces."""


class ClusterResource(Resource):
    """A kind whose objects belong to the whole cluster."""


def api_resource(model: type[Resource]) -> ApiResource:
    """Return the `ApiResource` of a class. Raise TypeError for a class without it; the message says what to add."""
    # What is handed in by mistake may be no kind at all.
    resource: ApiResource | None = getattr(model, "__resource__", None)
    if resource is None:
        raise TypeError(
            f"{model.__name__} does not say where it lives: add "
            "__resource__ = ApiResource(group=..., version=..., kind=..., plural=...) to the class"
        )
    if not issubclass(model, NamespacedResource | ClusterResource):
        raise TypeError(f"{model.__name__} has no scope: derive it from NamespacedResource or ClusterResource")
    return resource
