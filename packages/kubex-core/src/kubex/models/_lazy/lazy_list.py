"""The items of a list, each decoded when it is read."""

from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any, Generic, TypeVar, cast, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

from kubex.models._errors import DecodeError
from kubex.models._lazy.json_splitter import Json

T = TypeVar("T")


class LazyList(MutableSequence[T], Generic[T]):
    """A mutable sequence of objects, of which those that were not read yet are JSON.

    An item is decoded once. One that does not fit its model raises DecodeError each time it is read; the others are
    not affected. Where an item is not decoded, the list holds the number of its JSON.
    """

    __slots__ = ("_decode", "_decoded", "_items", "_raws")

    def __init__(
        self, items: Iterable[T] = (), raws: Sequence[Json] = (), decode: Callable[[bytes], T] | None = None
    ) -> None:
        self._raws = dict(enumerate(raws))
        self._items: list[T | int] = [*self._raws, *items]
        self._decoded: dict[int, T] = {}
        self._decode = decode or _not_raw

    def decode_all(self) -> None:
        """Decode every item that fits its model."""
        for number in list(self._raws):
            with suppress(DecodeError):  # which is raised again when the item is read
                self._get(number)

    def pop_first(self) -> T:
        """Remove the first item and return its object, of which the list keeps nothing; raises IndexError."""
        item = self._items.pop(0)
        if not isinstance(item, int):
            return item
        raw = self._raws.pop(item, None)
        return self._decoded.pop(item) if raw is None else self._decode(bytes(raw))

    def _get(self, item: T | int) -> T:
        if not isinstance(item, int):
            return item
        found = self._decoded.get(item)
        if found is not None:
            return found
        raw = self._raws.get(item)
        if raw is not None:  # else another thread was faster
            # A copy: the object may outlive the list, and a view would keep the complete response in memory.
            self._decoded.setdefault(item, self._decode(bytes(raw)))
            self._raws.pop(item, None)
        return self._decoded[item]

    def _all(self) -> list[T]:
        return [self._get(item) for item in self._items]

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    @override
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self._get(item) for item in self._items[index]]
        return self._get(self._items[index])

    @overload
    def __setitem__(self, index: int, value: T) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[T]) -> None: ...
    @override
    def __setitem__(self, index: int | slice, value: T | Iterable[T]) -> None:
        self._items[index] = value  # type: ignore[index, assignment]  # list itself distinguishes the two forms

    @override
    def __delitem__(self, index: int | slice) -> None:
        del self._items[index]

    @override
    def insert(self, index: int, value: T) -> None:
        """Insert an object before an index."""
        self._items.insert(index, value)

    @override
    def __iter__(self) -> Iterator[T]:
        return map(self._get, self._items)

    def __add__(self, other: Iterable[T]) -> list[T]:
        return [*self, *other]

    def __radd__(self, other: Iterable[T]) -> list[T]:
        return [*other, *self]

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, LazyList):
            return self._all() == list(cast("LazyList[T]", other))
        return self._all() == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it can be changed, as a list can

    @override
    def __repr__(self) -> str:
        shown: list[str] = []
        for is_raw, group in groupby(self._items, lambda item: isinstance(item, int) and item not in self._decoded):
            items = list(group)
            shown += [f"<{len(items)} not decoded>"] if is_raw else [repr(self._get(item)) for item in items]
        return f"[{', '.join(shown)}]"

    def __reduce__(self) -> tuple[Any, ...]:
        return LazyList, (self._all(),)

    def __copy__(self) -> "LazyList[T]":
        return LazyList(self._all())

    def copy(self) -> list[T]:
        """Return the objects as a plain list."""
        return self._all()

    def sort(self, *, key: Callable[[T], Any], reverse: bool = False) -> None:
        """Sort in place, by a key as `list.sort` takes it."""
        objects = self._all()
        objects.sort(key=key, reverse=reverse)
        self._items = [*objects]


def _not_raw(_: bytes) -> Any:
    raise AssertionError("a list without JSON has nothing to decode")


class LazyListSchema:
    """Tells Pydantic how items are validated from a list and dumped as one."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate a list, or null, into a LazyList; dump a LazyList as a list."""
        items = handler(source)
        return core_schema.no_info_before_validator_function(
            _as_list,
            core_schema.no_info_after_validator_function(LazyList, items),
            serialization=core_schema.wrap_serializer_function_ser_schema(_dump, schema=items),
        )


def _as_list(value: Any) -> Any:
    if isinstance(value, LazyList):
        return list(cast("Iterable[Any]", value))
    return [] if value is None else value


def _dump(items: Any, handler: core_schema.SerializerFunctionWrapHandler) -> Any:
    return handler(list(items))
