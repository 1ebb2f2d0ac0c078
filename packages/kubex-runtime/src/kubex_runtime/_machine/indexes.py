"""Sets of keys by the values that functions of the user calculate from objects."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from kubex.errors import ConfigurationError
from kubex.models import Resource
from kubex_runtime._machine.callback_log import CallbackLog
from kubex_runtime._machine.keys import Key

T = TypeVar("T", bound=Resource)


class Indexes(Generic[T]):
    """The keys of the objects with a value, for each index.

    If a function raises an exception, the object is not in that index until its next state.
    """

    def __init__(self, functions: Mapping[str, Callable[[T], Iterable[Hashable]]]) -> None:
        self._indexes = {name: _Index(name, function) for name, function in functions.items()}

    def __bool__(self) -> bool:
        return bool(self._indexes)

    def update(self, key: Key, obj: T) -> None:
        """Replace the values of an object."""
        for index in self._indexes.values():
            index.replace(key, index.values_of(key, obj))

    def remove(self, key: Key) -> None:
        """Remove the values of an object."""
        for index in self._indexes.values():
            index.replace(key, ())

    def keys(self, name: str, value: Hashable) -> tuple[Key, ...]:
        """Return the keys of the objects with a value.

        Raises:
            ConfigurationError: there is no such index.
        """
        index = self._indexes.get(name)
        if index is None:
            known = ", ".join(self._indexes) or "none"
            raise ConfigurationError(f"{name!r} is not an index of this informer; its indexes: {known}", field="index")
        return index.keys(value)


class _Index(Generic[T]):
    def __init__(self, name: str, function: Callable[[T], Iterable[Hashable]]) -> None:
        self._function = function
        self._log = CallbackLog(f"the index {name!r}")
        # Dicts without values keep the order, and need less memory than a set.
        self._keys: dict[Hashable, dict[Key, None]] = {}
        self._values: dict[Key, tuple[Hashable, ...]] = {}

    def values_of(self, key: Key, obj: T) -> tuple[Hashable, ...]:
        try:
            values = self._function(obj)
            if isinstance(values, str | bytes):
                raise TypeError(f"the function returned {values!r}: return a list of values, such as [{values!r}]")
            return tuple(dict.fromkeys(values))
        except Exception as error:  # noqa: BLE001 - the function of the user can raise anything
            self._log.failed(error, Key(*key))
            return ()

    def replace(self, key: Key, values: tuple[Hashable, ...]) -> None:
        before = self._values.get(key, ())
        if values == before:
            return
        for value in before:
            keys = self._keys[value]
            del keys[key]
            if not keys:
                del self._keys[value]
        for value in values:
            self._keys.setdefault(value, {})[key] = None
        if values:
            self._values[key] = values
        else:
            self._values.pop(key, None)

    def keys(self, value: Hashable) -> tuple[Key, ...]:
        return tuple(self._keys.get(value, ()))
