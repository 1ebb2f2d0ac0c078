"""Kinds without a model of their own."""

from functools import cache
from typing import Any, ClassVar, Literal, SupportsIndex, cast, overload

from kubex.models._api_resource import ApiResource
from kubex.models._nulls import clear
from kubex.models._resource import ClusterResource, NamespacedResource, Resource


@cache
def _attributes(model: type[Resource]) -> dict[str, str]:
    generate: Any = model.model_config.get("alias_generator") or str
    fields = model.__pydantic_fields__.items()
    return {field.serialization_alias or generate(name): name for name, field in fields}


class _Fields(Resource):
    _declares_all_fields: ClassVar[bool] = False

    # What is no declared field never goes through attributes: JSON may have fields called `json` or `copy`.

    def __getitem__(self, name: str) -> Any:
        """Return a top-level field by its JSON name, such as `widget["spec"]`."""
        attribute = _attributes(type(self)).get(name)
        return (self.model_extra or {})[name] if attribute is None else getattr(self, attribute)

    def __setitem__(self, name: str, value: Any) -> None:
        attribute, extra = _attributes(type(self)).get(name), self.model_extra
        if attribute is not None or extra is None:
            setattr(self, attribute or name, value)
        else:
            extra[name] = value
            self.model_fields_set.add(name)
            if value is None:
                clear(self.model_fields_set, (name,))

    def __delitem__(self, name: str) -> None:
        attribute = _attributes(type(self)).get(name)
        if attribute is None:
            del (self.model_extra or {})[name]
            self.model_fields_set.discard(name)
        else:
            delattr(self, attribute)

    def __contains__(self, name: object) -> bool:
        return name in (self.model_extra or {}) or name in _attributes(type(self))

    def get(self, name: str, default: Any = None) -> Any:
        """Return a top-level field by its JSON name, or the default if there is none."""
        try:
            return self[name]
        except KeyError:
            return default

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        # Pickle cannot find a class by name that was made at run time; a user's subclass of one it can.
        resource, namespaced = type(self).__resource__, isinstance(self, NamespacedResource)
        if resource is None or type(self) is not _make(resource, namespaced):
            return super().__reduce_ex__(protocol)
        return _empty, (resource, namespaced), self.__getstate__()


class DynamicNamespacedResource(NamespacedResource, _Fields):
    """An object in a namespace whose fields besides `metadata` are plain JSON values."""


class DynamicClusterResource(ClusterResource, _Fields):
    """A cluster-wide object whose fields besides `metadata` are plain JSON values."""


@overload
def dynamic_resource(
    api_version: str, kind: str, *, plural: str, namespaced: Literal[True] = True, list_kind: str = ""
) -> type[DynamicNamespacedResource]: ...
@overload
def dynamic_resource(
    api_version: str, kind: str, *, plural: str, namespaced: Literal[False], list_kind: str = ""
) -> type[DynamicClusterResource]: ...
def dynamic_resource(
    api_version: str, kind: str, *, plural: str, namespaced: bool = True, list_kind: str = ""
) -> type[Resource]:
    """Return a resource class for a kind without a model.

        Widget = dynamic_resource("example.com/v1", "Widget", plural="widgets")

    `plural` is required: it is data and cannot be derived from the kind. `list_kind` is for lists of another kind than
    `WidgetList`. Fields are read as `widget["spec"]["size"]`. The same arguments give the same class.
    """
    group, _, version = api_version.rpartition("/")
    resource = ApiResource(group=group, version=version, kind=kind, plural=plural, list_kind=list_kind)
    return _make(resource, namespaced)


@cache
def _make(resource: ApiResource, namespaced: bool) -> type[Resource]:
    base = DynamicNamespacedResource if namespaced else DynamicClusterResource
    names = {"__resource__": resource, "__module__": __name__, "__qualname__": resource.kind}
    return cast("type[Resource]", type(resource.kind, (base,), names))


def _empty(resource: ApiResource, namespaced: bool) -> Resource:
    """Make an object without state, for pickle to fill."""
    kind = _make(resource, namespaced)
    return kind.__new__(kind)
