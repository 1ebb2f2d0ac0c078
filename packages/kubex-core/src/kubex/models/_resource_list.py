"""The list of objects that the server returns."""

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
    """A list of objects of one kind, and the resource version of the list. It is a sequence of the objects.

    Use `items` to change the list.
    See https://kubernetes.io/docs/reference/using-api/api-concepts/#collections.

    Example:
        found = await pods.list()
        print(len(found), found[0].metadata.name)
        for pod in found:
            print(pod.metadata.name)
    """

    api_version: str | None = None
    kind: str | None = None
    metadata: ListMeta = Field(default_factory=ListMeta)
    items: Annotated[MutableSequence[T], LazyListSchema]
    """The objects, as a mutable sequence. An object is decoded when you read it."""

    @property
    def resource_version(self) -> str | None:
        """The resource version of the list. A watch that starts from it reports every later change."""
        return self.metadata.resource_version

    # BaseModel iterates over pairs of field names and values. A list iterates over its objects instead.
    @override
    def __iter__(self) -> Iterator[T]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
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
        # Pydantic creates ResourceList[Pod] at run time, so pickle cannot import it by name.
        type_arguments = type(self).__pydantic_generic_metadata__["args"]
        return _new_without_state, (type_arguments,), self.__getstate__()


def _new_without_state(type_arguments: tuple[type[Resource], ...]) -> "ResourceList[Any]":
    """Create a list without state; pickle then sets the state."""
    list_class: Any = ResourceList[type_arguments[0]] if type_arguments else ResourceList  # type: ignore[valid-type]  # a run-time type
    created: ResourceList[Any] = list_class.__new__(list_class)
    return created
