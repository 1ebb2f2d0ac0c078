"""A list of objects as the server returns it."""

from collections.abc import MutableSequence
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from kubex.models._items import ItemsSchema
from kubex.models._meta import ListMeta
from kubex.models._model import Model
from kubex.models._resource import Resource

T = TypeVar("T", bound=Resource)


class ResourceList(Model, Generic[T]):
    """Objects of one kind and the revision at which they were read.

    See https://kubernetes.io/docs/reference/using-api/api-concepts/#collections.
    """

    api_version: str | None = None
    kind: str | None = None
    metadata: ListMeta = Field(default_factory=ListMeta)
    items: Annotated[MutableSequence[T], ItemsSchema]
    """The objects; each is decoded when it is reached."""

    @property
    def resource_version(self) -> str | None:
        """The revision of the list: a watch from here misses nothing."""
        return self.metadata.resource_version

    def __reduce__(self) -> tuple[Any, ...]:
        # A parametrised class is made at run time, so pickle cannot find it by name.
        kinds = type(self).__pydantic_generic_metadata__["args"]
        return _empty_list, (kinds,), self.__getstate__()


def _empty_list(kinds: tuple[type[Resource], ...]) -> "ResourceList[Any]":
    """Make a list without state, for pickle to fill."""
    parametrised: Any = ResourceList[kinds[0]] if kinds else ResourceList  # type: ignore[valid-type]  # a run-time type
    made: ResourceList[Any] = parametrised.__new__(parametrised)
    return made
