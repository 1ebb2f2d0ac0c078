"""Base classes of the kinds that `Api` supports."""

from typing import Any, ClassVar

from pydantic import Field

from kubex.models._api_resource import ApiResource, set_type_meta_defaults
from kubex.models._lazy.base import LazyModel
from kubex.models._object_meta import ObjectMeta


class Resource(LazyModel):
    """The base class of all kinds. Derive a kind from `NamespacedResource` or `ClusterResource`.

    `__resource__` contains the group, version, kind and plural. It also sets the defaults of `api_version` and `kind`,
    so both are always sent.

    Example:
        class WidgetSpec(Model):
            size: int

        class Widget(NamespacedResource):
            __resource__ = ApiResource(group="example.com", version="v1", kind="Widget", plural="widgets")
            spec: WidgetSpec

        assert Widget(spec=WidgetSpec(size=1)).api_version == "example.com/v1"
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
    """The base class of namespaced kinds."""


class ClusterResource(Resource):
    """The base class of cluster-scoped kinds."""


def api_resource(model: type[Resource]) -> ApiResource:
    """Return the `ApiResource` of a class.

    Raises TypeError if the class does not have one, or if it does not derive from `NamespacedResource` or
    `ClusterResource`.
    """
    # The argument can be any class if the program does not use a type checker, so it may not have the attribute.
    resource: ApiResource | None = getattr(model, "__resource__", None)
    if resource is None:
        raise TypeError(
            f"{model.__name__} has no __resource__; add "
            "__resource__ = ApiResource(group=..., version=..., kind=..., plural=...) to the class"
        )
    if not issubclass(model, NamespacedResource | ClusterResource):
        raise TypeError(f"{model.__name__} does not have a scope: derive it from NamespacedResource or ClusterResource")
    return resource
