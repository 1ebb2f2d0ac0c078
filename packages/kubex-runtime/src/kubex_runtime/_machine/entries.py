"""The objects that a reflector knows: their UID, their resource version and, in a cache, their JSON."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from kubex_runtime._machine.keys import Key


class Entry(msgspec.Struct, gc=False):
    """The known state of an object. `json` is None if the table does not keep the objects."""

    uid: str | None
    resource_version: str | None
    generation: int | None
    epoch: int
    json: bytes | None = None


class RawChange(msgspec.Struct, frozen=True, gc=False):
    """A change of a table, before objects are decoded.

    `json` is the state that the server sent; None for a deletion that a list found. `old` is the entry before the
    change.
    """

    type: Literal["added", "modified", "deleted", "synced"]
    key: Key | None = None
    uid: str | None = None
    json: bytes | None = None
    old: Entry | None = None


class ObjectTable:
    """The entries of a reflector by key, in the order in which the objects were added."""

    def __init__(self, *, keep_json: bool) -> None:
        self.keep_json = keep_json
        self.entries: dict[Key, Entry] = {}

    def get(self, key: Key) -> Entry | None:
        """Return the entry of an object."""
        return self.entries.get(key)

    def put(self, key: Key, entry: Entry) -> None:
        """Add or replace the entry of an object."""
        self.entries[key] = entry

    def remove(self, key: Key, last: bytes | None = None) -> Entry:  # noqa: ARG002  # a cache reports it
        """Remove the entry of an object. `last` is the last state that the server sent, if it is known."""
        return self.entries.pop(key)

    def has_other_content(self, key: Key, json: bytes) -> bool:  # noqa: ARG002  # a cache compares them
        """Return whether the stored JSON of an object differs. A table without JSON does not know it."""
        return False

    def older_than(self, epoch: int) -> Iterator[Key]:
        """Return the keys of the entries of earlier lists."""
        return iter([key for key, entry in self.entries.items() if entry.epoch < epoch])
