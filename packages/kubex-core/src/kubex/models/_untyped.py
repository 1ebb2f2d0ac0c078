"""Kinds without a model of their own."""

from typing import Any, Literal, cast, overload

from kubex.models._facts import ResourceFacts
from kubex.models._resource import ClusterResource, NamespacedResource, Resource


class _Fields(Resource):
    def __getitem__(self, name: str) -> Any:
        """Return a top-level field by its JSON name, such as `widget["spec"]`."""
        return (self.__pydantic_extra__ or {})[name]

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self, name, value)


class UntypedNamespacedResource(NamespacedResource, _Fields):
    """An object in a namespace whose fields besides `metadata` are plain JSON values."""


class UntypedClusterResource(ClusterResource, _Fields):
    """A cluster-wide object whose fields besides `metadata` are plain JSON values."""


@overload
def untyped(
    api_version: str, kind: str, *, plural: str, namespaced: Literal[True] = True
) -> type[UntypedNamespacedResource]: ...
@overload
def untyped(
    api_version: str, kind: str, *, plural: str, namespaced: Literal[False]
) -> type[UntypedClusterResource]: ...
def untyped(api_version: str, kind: str, *, plural: str, namespaced: bool = True) -> type[Resource]:
    """Make a resource class for a kind without a model: `untyped("example.com/v1", "Widget", plural="widgets")`.

    `plural` is required: it is data and cannot be derived from the kind. Fields are read as `widget["spec"]["size"]`.
    """
    group, _, version = api_version.rpartition("/")
    facts = ResourceFacts(group=group, version=version, kind=kind, plural=plural)
    base = UntypedNamespacedResource if namespaced else UntypedClusterResource
    return cast(
        "type[Resource]", type(kind, (base,), {"__resource__": facts, "__module__": __name__, "__qualname__": kind})
    )
