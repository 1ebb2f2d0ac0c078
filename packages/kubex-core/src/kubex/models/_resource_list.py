"""A list of objects as the server returns it."""

from collections.abc import Iterator, MutableSequence, Sequence
from typing import Annotated, Any, Generic, TypeVar, overload

from pydantic import Field
from typing_extensions import override

from kubex.models._lazy.lazy_list import LazyListSchema
from kubex.models._model import Model
from kubex.models._object_meta import ListMeta
from kubex.models._resource import Resource

T = TypeVar("T", bound=Resource)


class ResourceList(Model, Sequence[T], Generic[T]):
    """Objects of one kind and the revision at which they were read; a sequence of the objects.

        pods = await api.list()
        print(len(pods), pods[0].metadata.name)
        for pod in pods: ...

    See https://kubernetes.io/docs/reference/using-api/api-concepts/#collections.
    """

    api_version: str | None = None
    kind: str | None = None
    metadata: ListMeta = Field(default_factory=ListMeta)
    items: Annotated[MutableSequence[T], LazyListSchema]
    """The objects, which can be changed; each is decoded when it is read."""

    @property
    def resource_version(self) -> str | None:
        """The revision of the list: a watch from here misses nothing."""
        return self.metadata.resource_version

    @override
    def __iter__(self) -> Iterator[T]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # items instead of fields
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    @override
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self.items[index]

    def __reduce__(self) -> tuple[Any, ...]:
        # A parametrised class is made at run time, so pickle cannot find it by name.
        kinds = type(self).__pydantic_generic_metadata__["args"]
        return _empty_list, (kinds,), self.__getstate__()


def _empty_list(kinds: tuple[type[Resource], ...]) -> "ResourceList[Any]":
    """Make a list without state, for pickle to fill."""
    parametrised: Any = ResourceList[kinds[0]] if kinds else ResourceList  # type: ignore[valid-type]  # a run-time type
    made: ResourceList[Any] = parametrised.__new__(parametrised)
    return made
