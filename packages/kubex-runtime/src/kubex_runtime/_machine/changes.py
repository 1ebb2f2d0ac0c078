"""The changes that `follow()` and the informer report."""

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from kubex.models import Resource

T_co = TypeVar("T_co", bound=Resource, covariant=True)
T = TypeVar("T", bound=Resource)


@dataclass(frozen=True, slots=True)
class Added(Generic[T_co]):
    """An object that was not known before: it existed at the start, or it was created."""

    object: T_co


@dataclass(frozen=True, slots=True)
class Modified(Generic[T_co]):
    """A new state of a known object.

    `old` is the state that the same consumer received last. It is None if the source does not keep objects.
    """

    object: T_co
    old: T_co | None = None


@dataclass(frozen=True, slots=True)
class Deleted(Generic[T_co]):
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
