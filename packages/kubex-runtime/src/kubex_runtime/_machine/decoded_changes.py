"""Convert the changes of a table that does not keep objects to the changes that `follow()` yields."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from kubex.models import Resource
from kubex_runtime._machine.changes import Added, Change, Deleted, Modified, Synced
from kubex_runtime._machine.entries import RawChange
from kubex_runtime._machine.keys import Key

T = TypeVar("T", bound=Resource)


def decoded(change: RawChange, model: type[T], decode: Callable[[bytes], T]) -> Change[T]:
    """Return a change with a decoded object."""
    if change.type == "synced":
        return Synced()
    if change.json is None:
        return Deleted(_placeholder(change, model), final=False)
    item = decode(change.json)
    if change.type == "added":
        return Added(item)
    return Modified(item) if change.type == "modified" else Deleted(item)


def _placeholder(change: RawChange, model: type[T]) -> T:
    """Return an object that has only a name, a namespace and a UID."""
    namespace, name = cast("Key", change.key)
    metadata: Any = model.model_fields["metadata"].annotation
    return model.model_construct(metadata=metadata.model_construct(name=name, namespace=namespace, uid=change.uid))
