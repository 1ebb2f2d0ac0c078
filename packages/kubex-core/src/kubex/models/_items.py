"""The items of a list, decoded when they are reached."""

import threading
from collections.abc import Callable, Iterable, Iterator, MutableSequence
from typing import Any, Generic, TypeVar, cast, overload

from msgspec import Raw
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

from kubex.models._resource import Resource

T = TypeVar("T", bound=Resource)

_reaching = threading.RLock()


class Items(MutableSequence[T], Generic[T]):
    """A mutable sequence of objects that keeps those not yet reached as raw JSON and never shows it.

    An item is decoded once, so that edits to it stay. One that does not fit its model raises DecodeError, which names
    it, each time it is reached; the others are not affected.
    """

    __slots__ = ("_decode", "_items")

    def __init__(self, items: Iterable[T | Raw] = (), decode: Callable[[bytes], T] | None = None) -> None:
        self._items: list[T | Raw] = list(items)
        self._decode = decode

    def _reach(self, index: int) -> T:
        item = self._items[index]
        if not isinstance(item, Raw):
            return item
        with _reaching:
            item = self._items[index]
            if isinstance(item, Raw):
                # A copy: the object may outlive the list, and must not keep the whole answer alive.
                item = self._items[index] = cast("Callable[[bytes], T]", self._decode)(bytes(item))
        return item

    def _all(self) -> list[T]:
        return [self._reach(index) for index in range(len(self._items))]

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    @override
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self._reach(position) for position in range(*index.indices(len(self._items)))]
        return self._reach(index)

    @overload
    def __setitem__(self, index: int, value: T) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[T]) -> None: ...
    @override
    def __setitem__(self, index: int | slice, value: T | Iterable[T]) -> None:
        self._items[index] = value  # type: ignore[index, assignment]  # list itself tells the two forms apart

    @override
    def __delitem__(self, index: int | slice) -> None:
        del self._items[index]

    @override
    def insert(self, index: int, value: T) -> None:
        """Insert an object before an index."""
        self._items.insert(index, value)

    @override
    def __iter__(self) -> Iterator[T]:
        position = 0
        while position < len(self._items):
            yield self._reach(position)
            position += 1

    def __add__(self, other: Iterable[T]) -> list[T]:
        return [*self, *other]

    def __radd__(self, other: Iterable[T]) -> list[T]:
        return [*other, *self]

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, Items):
            return self._all() == list(cast("Items[T]", other))
        return self._all() == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it can be changed, as a list can

    @override
    def __repr__(self) -> str:
        return repr(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        return Items, (self._all(),)

    def __copy__(self) -> "Items[T]":
        return Items(self._all())

    def copy(self) -> list[T]:
        """Return the objects as a plain list."""
        return self._all()

    def sort(self, *, key: Callable[[T], Any], reverse: bool = False) -> None:
        """Sort in place, by a key as `list.sort` takes it."""
        objects = self._all()
        objects.sort(key=key, reverse=reverse)
        self._items = [*objects]


class ItemsSchema:
    """Tells Pydantic how items are validated from a list and dumped as one."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate a list, or null, into Items; dump Items as a list."""
        items = handler(source)
        return core_schema.no_info_before_validator_function(
            _as_list,
            core_schema.no_info_after_validator_function(Items, items),
            serialization=core_schema.wrap_serializer_function_ser_schema(_dump, schema=items),
        )


def _as_list(value: Any) -> Any:
    if isinstance(value, Items):
        return list(cast("Iterable[Any]", value))
    return [] if value is None else value


def _dump(items: Any, handler: core_schema.SerializerFunctionWrapHandler) -> Any:
    return handler(list(items))
