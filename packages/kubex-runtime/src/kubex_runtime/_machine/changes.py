"""The changes that `follow()` and the informer report."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from kubex.models import Resource

T_co = TypeVar("T_co", bound=Resource, covariant=True)
T = TypeVar("T", bound=Resource)
C = TypeVar("C", bound="_Decoded")


class _Decoded:
    """Decodes the fields of a change when they are first read, if `decode_later()` created it.

    Decoding an object takes longer than all other work for a change, and many consumers read only some of the objects.
    """

    __slots__ = ("_source",)

    if not TYPE_CHECKING:  # type checkers would accept any attribute

        def __getattr__(self, name: str) -> Any:  # Python calls this only for a slot without a value
            if name not in ("object", "old"):
                raise AttributeError(f"{type(self).__name__!r} does not have an attribute {name!r}")
            decode, parts = self._source
            json = parts[name]
            value = None if json is None else decode(json)
            object.__setattr__(self, name, value)
            return value


@dataclass(frozen=True, slots=True)
class Added(_Decoded, Generic[T_co]):
    """An object that was not known before: it existed at the start, or it was created."""

    object: T_co


@dataclass(frozen=True, slots=True)
class Modified(_Decoded, Generic[T_co]):
    """A new state of a known object.

    `old` is the state that the same consumer received last. It is None if the source does not keep objects.
    """

    object: T_co
    old: T_co | None = None


@dataclass(frozen=True, slots=True)
class Deleted(_Decoded, Generic[T_co]):
    """An object that no longer exists.

    With `final=True`, `object` is the last state, as the server sent it. Otherwise the deletion was found by a list
    after an interruption: `object` is the last known state or, if the source does not keep objects, contains only the
    name, the namespace and the UID.
    """

    object: T_co
    final: bool = True


@dataclass(frozen=True, slots=True)
class Synced:
    """All objects that existed at the start were reported."""


Change: TypeAlias = Added[T] | Modified[T] | Deleted[T] | Synced
"""An element of the iterations of `follow()` and `Informer.changes()`."""


def decode_later(
    kind: type[C], decode: Callable[[bytes], Any], json: bytes | None, *, old: bytes | None = None, final: bool = True
) -> C:
    """Return a change. Its objects are decoded when they are read."""
    change = object.__new__(kind)
    object.__setattr__(change, "_source", (decode, {"object": json, "old": old}))
    if kind is Deleted:
        object.__setattr__(change, "final", final)
    return change
