"""The items of a list from the API server. Each item is decoded when it is read."""

from collections.abc import Callable, Iterable, Iterator, MutableSequence, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any, Generic, TypeVar, cast, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import override

from kubex.models._errors import DecodeError
from kubex.models._lazy.json_splitter import RawJson

T = TypeVar("T")


class LazyList(MutableSequence[T], Generic[T]):
    """A mutable sequence of objects that keeps items as JSON until they are read.

    An item is decoded once, so changes of an object persist. A malformed item raises DecodeError each time it is read;
    other items are not affected. `raws` is the JSON of the first items, and `decode` decodes one of them.
    """

    __slots__ = ("_decode", "_decoded", "_items", "_raws")

    def __init__(
        self, items: Iterable[T] = (), raws: Sequence[RawJson] = (), decode: Callable[[bytes], T] | None = None
    ) -> None:
        # `_items` contains a number for each item that was received as JSON. It is the key of the JSON in `_raws` or
        # of the object in `_decoded`. So items can be moved and deleted without decoding them.
        self._raws = dict(enumerate(raws))
        self._items: list[T | int] = [*self._raws, *items]
        self._decoded: dict[int, T] = {}
        self._decode = decode or _raise_without_decoder

    def decode_all(self) -> None:
        """Decode all items. Malformed items are skipped."""
        for number in list(self._raws):
            with suppress(DecodeError):  # it is raised again when the item is read
                self._object(number)

    def pop_first(self) -> T:
        """Remove the first item and return its object; raise IndexError if the list is empty.

        Unlike `pop(0)`, the list does not keep a reference to the object.
        """
        item = self._items.pop(0)
        if not isinstance(item, int):
            return item
        raw = self._raws.pop(item, None)
        return self._decoded.pop(item) if raw is None else self._decode(bytes(raw))

    def _object(self, item: T | int) -> T:
        """Return the object for an entry of `_items`."""
        if not isinstance(item, int):
            return item
        decoded = self._decoded.get(item)
        if decoded is not None:
            return decoded
        raw = self._raws.get(item)
        if raw is not None:  # otherwise another thread has decoded it
            # A copy: the object can exist longer than the list, and a view would keep the complete response in memory.
            self._decoded.setdefault(item, self._decode(bytes(raw)))
            self._raws.pop(item, None)
        return self._decoded[item]

    def _objects(self) -> list[T]:
        return [self._object(item) for item in self._items]

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    @override
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self._object(item) for item in self._items[index]]
        return self._object(self._items[index])

    @overload
    def __setitem__(self, index: int, value: T) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[T]) -> None: ...
    @override
    def __setitem__(self, index: int | slice, value: T | Iterable[T]) -> None:
        self._items[index] = value  # type: ignore[index, assignment]  # the list distinguishes the two forms

    @override
    def __delitem__(self, index: int | slice) -> None:
        del self._items[index]

    @override
    def insert(self, index: int, value: T) -> None:
        """Insert an object before an index."""
        self._items.insert(index, value)

    @override
    def __iter__(self) -> Iterator[T]:
        return map(self._object, self._items)

    def __add__(self, other: Iterable[T]) -> list[T]:
        return [*self, *other]

    def __radd__(self, other: Iterable[T]) -> list[T]:
        return [*other, *self]

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, LazyList):
            return self._objects() == list(cast("LazyList[T]", other))
        return self._objects() == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it is mutable, like a list

    @override
    def __repr__(self) -> str:
        parts: list[str] = []
        for is_raw, group in groupby(self._items, lambda item: isinstance(item, int) and item not in self._decoded):
            items = list(group)
            parts += [f"<{len(items)} not decoded>"] if is_raw else [repr(self._object(item)) for item in items]
        return f"[{', '.join(parts)}]"

    def __reduce__(self) -> tuple[Any, ...]:
        # The decode function is not pickled, because it belongs to a client.
        return LazyList, (self._objects(),)

    def __copy__(self) -> "LazyList[T]":
        return LazyList(self._objects())

    def copy(self) -> list[T]:
        """Return the objects as a plain list."""
        return self._objects()

    def sort(self, *, key: Callable[[T], Any], reverse: bool = False) -> None:
        """Sort the list in place, like `list.sort()`; the key is required, because objects cannot be ordered."""
        objects = self._objects()
        objects.sort(key=key, reverse=reverse)
        self._items = [*objects]


def _raise_without_decoder(_: bytes) -> Any:
    raise AssertionError("a list without a decode function cannot contain JSON")


class LazyListSchema:
    """The annotation of a field that is a `LazyList` in Python and an array in JSON."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return a schema that validates a list or null as a LazyList, and dumps a LazyList as a list."""
        items = handler(source)
        return core_schema.no_info_before_validator_function(
            _to_list,
            core_schema.no_info_after_validator_function(LazyList, items),
            serialization=core_schema.wrap_serializer_function_ser_schema(_serialize, schema=items),
        )


def _to_list(value: Any) -> Any:
    if isinstance(value, LazyList):
        return list(cast("Iterable[Any]", value))
    # Servers send null for an empty list.
    return [] if value is None else value


def _serialize(items: Any, handler: core_schema.SerializerFunctionWrapHandler) -> Any:
    return handler(list(items))
