"""Resource classes for kinds that do not have a model."""

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, SupportsIndex, cast, overload

from kubex.models._api_resource import ALL_VERBS, ApiResource
from kubex.models._nulls import mark_cleared
from kubex.models._resource import ClusterResource, NamespacedResource, Resource

if TYPE_CHECKING:  # the subresources are known only at run time
    from kubex.models.markers import HasScale, HasStatus

    class _Subresources(HasStatus, HasScale): ...
else:
    _Subresources = Resource


@cache
def _attributes_by_json_name(model: type[Resource]) -> dict[str, str]:
    alias_generator: Any = model.model_config.get("alias_generator") or str
    fields = model.__pydantic_fields__.items()
    return {field.serialization_alias or alias_generator(name): name for name, field in fields}


class DynamicResource(_Subresources):
    """An object of a kind without a model. Its fields are accessed by their JSON names, as in a dict."""

    _declares_all_fields: ClassVar[bool] = False

    # Undeclared fields are read and written in model_extra and never as attributes, because JSON can contain fields
    # with the name of a method, such as `json` or `copy`.

    def __getitem__(self, name: str) -> Any:
        """Return a top-level field by its JSON name, such as `widget["spec"]`; raise KeyError if it does not exist."""
        attribute = _attributes_by_json_name(type(self)).get(name)
        return (self.model_extra or {})[name] if attribute is None else getattr(self, attribute)

    def __setitem__(self, name: str, value: Any) -> None:
        attribute, extra = _attributes_by_json_name(type(self)).get(name), self.model_extra
        if attribute is not None or extra is None:
            setattr(self, attribute or name, value)
        else:
            extra[name] = value
            self.model_fields_set.add(name)
            if value is None:
                mark_cleared(self.model_fields_set, (name,))

    def __delitem__(self, name: str) -> None:
        attribute = _attributes_by_json_name(type(self)).get(name)
        if attribute is None:
            del (self.model_extra or {})[name]
            self.model_fields_set.discard(name)
        else:
            delattr(self, attribute)

    def __contains__(self, name: object) -> bool:
        return name in (self.model_extra or {}) or name in _attributes_by_json_name(type(self))

    def get(self, name: str, default: Any = None) -> Any:
        """Return a top-level field by its JSON name, or the default if the object does not have it."""
        try:
            return self[name]
        except KeyError:
            return default

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        # Pickle cannot import a class that was created at run time, so it gets the arguments to create it again.
        # It can import a user's subclass of such a class.
        resource, namespaced = type(self).__resource__, isinstance(self, NamespacedResource)
        if resource is None or type(self) is not _dynamic_class(resource, namespaced):
            return super().__reduce_ex__(protocol)
        return _new_without_state, (resource, namespaced), self.__getstate__()


class DynamicNamespacedResource(NamespacedResource, DynamicResource):
    """A namespaced object. All its fields except `metadata` are plain JSON values."""


class DynamicClusterResource(ClusterResource, DynamicResource):
    """A cluster-scoped object. All its fields except `metadata` are plain JSON values."""


@overload
def dynamic_resource(
    api_version: str,
    kind: str,
    *,
    plural: str,
    namespaced: Literal[True] = True,
    list_kind: str = "",
    verbs: Collection[str] = ALL_VERBS,
    subresources: Collection[str] = (),
) -> type[DynamicNamespacedResource]: ...
@overload
def dynamic_resource(
    api_version: str,
    kind: str,
    *,
    plural: str,
    namespaced: Literal[False],
    list_kind: str = "",
    verbs: Collection[str] = ALL_VERBS,
    subresources: Collection[str] = (),
) -> type[DynamicClusterResource]: ...
@overload
def dynamic_resource(
    api_version: str,
    kind: str,
    *,
    plural: str,
    namespaced: bool,
    list_kind: str = "",
    verbs: Collection[str] = ALL_VERBS,
    subresources: Collection[str] = (),
) -> type[DynamicResource]: ...
def dynamic_resource(
    api_version: str,
    kind: str,
    *,
    plural: str,
    namespaced: bool = True,
    list_kind: str = "",
    verbs: Collection[str] = ALL_VERBS,
    subresources: Collection[str] = (),
) -> type[DynamicResource]:
    """Return a resource class for a kind without a model.

    `plural` is the name in URLs; Kubex does not derive it from the kind. `list_kind` is the kind of lists, by default
    the kind followed by `List`; `*` is any kind. `verbs` and `subresources` are those of `ApiResource`. `Api` has the
    accessors of these subresources, such as `api.status`. `kubex.discovery` reads all of this from the server.

    Fields are accessed by their JSON names. Calls with the same arguments return the same class. Raises ValueError as
    `ApiResource` does.

    Example:
        Workload = dynamic_resource("apps/v1", "Deployment", plural="deployments")
        web = await Api(Workload, client, namespace="default").get("web")
        print(web["spec"]["replicas"])
    """
    group, _, version = api_version.rpartition("/")
    resource = ApiResource(
        group=group,
        version=version,
        kind=kind,
        plural=plural,
        list_kind=list_kind,
        verbs=frozenset(verbs),
        subresources=frozenset(subresources),
    )
    return _dynamic_class(resource, namespaced)


# With the cache, objects from different calls with the same arguments are equal and have the same type.
@cache
def _dynamic_class(resource: ApiResource, namespaced: bool) -> type[DynamicResource]:
    base = DynamicNamespacedResource if namespaced else DynamicClusterResource
    names = {"__resource__": resource, "__module__": __name__, "__qualname__": resource.kind}
    return cast("type[DynamicResource]", type(resource.kind, (base, *_markers(resource.subresources)), names))


def _markers(subresources: Collection[str]) -> list[type[Resource]]:
    if not subresources:
        return []
    from kubex.models.markers import MARKERS

    return [marker for name, marker in MARKERS.items() if name in subresources]


def _new_without_state(resource: ApiResource, namespaced: bool) -> Resource:
    """Create an object without state; pickle then sets the state."""
    model = _dynamic_class(resource, namespaced)
    return model.__new__(model)
