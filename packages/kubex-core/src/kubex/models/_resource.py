"""The base of every kind that `Api` serves."""

from typing import Any, ClassVar

from pydantic import Field

from kubex.models._facts import ResourceFacts, default_from_facts
from kubex.models._lazy.base import LazyModel
from kubex.models._meta import ObjectMeta


class Resource(LazyModel):
    """An object of the Kubernetes API. A kind derives from `NamespacedResource` or `ClusterResource`.

    `__resource__` says where the kind lives; a class that has it gets its `apiVersion` and `kind` as defaults, so
    that both are always sent:

        class Widget(NamespacedResource):
            __resource__ = ResourceFacts(group="example.com", version="v1", kind="Widget", plural="widgets")
            spec: WidgetSpec
    """

    __resource__: ClassVar[ResourceFacts | None] = None

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta = Field(default_factory=ObjectMeta)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        default_from_facts(cls)


class NamespacedResource(Resource):
    """A kind whose objects live in namespaces."""


class ClusterResource(Resource):
    """A kind whose objects belong to the whole cluster."""


def facts_of(resource: type[Resource]) -> ResourceFacts:
    """Return the facts of a kind; a class without them is a TypeError that says what to add."""
    # What is handed in by mistake may be no kind at all.
    facts: ResourceFacts | None = getattr(resource, "__resource__", None)
    if facts is None:
        raise TypeError(
            f"{resource.__name__} does not say where it lives: add "
            "__resource__ = ResourceFacts(group=..., version=..., kind=..., plural=...) to the class"
        )
    if not issubclass(resource, NamespacedResource | ClusterResource):
        raise TypeError(f"{resource.__name__} has no scope: derive it from NamespacedResource or ClusterResource")
    return facts
