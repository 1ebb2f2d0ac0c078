"""Apply the states that a server sends to the table of known objects."""

from collections.abc import Sequence
from typing import Protocol

from kubex_runtime._machine.entries import Entry, ObjectTable, RawChange
from kubex_runtime._machine.keys import Key
from kubex_runtime._machine.revisions import is_newer, newest


class ObjectState(Protocol):
    """The state of an object that a server sent; a `RawObject` of `kubex.api`."""

    @property
    def name(self) -> str: ...
    @property
    def namespace(self) -> str | None: ...
    @property
    def uid(self) -> str | None: ...
    @property
    def resource_version(self) -> str | None: ...
    @property
    def generation(self) -> int | None: ...
    @property
    def json(self) -> bytes: ...


class Applier:
    """Changes a table, and returns the changes. It never replaces a state by an older one.

    `floor` is the newest resource version that was seen: later lists must not be older. If `trusting` is True, the
    history of the server went back, for example because etcd was restored from a backup. Then a list is right even if
    its states are older.
    """

    def __init__(self, table: ObjectTable) -> None:
        self._table = table
        self._epoch = 0
        self.floor: str | None = None
        self.trusting = False

    def begin_list(self) -> None:
        """Begin a list: `finish_list()` removes the objects that are not put from now on."""
        self._epoch += 1

    def finish_list(self) -> list[RawChange]:
        """Remove the objects that the list did not contain."""
        return [self._removed(key) for key in self._table.older_than(self._epoch)]

    def is_rewound(self, version: str | None) -> bool:
        """Return whether the newest version of the server is older than what was seen."""
        return is_newer(self.floor, version) is True

    def put(self, item: ObjectState) -> Sequence[RawChange]:
        """Apply the current state of an object."""
        self._raise_floor(item.resource_version)
        key = Key(item.namespace, item.name)
        old = self._table.get(key)
        if old is None:
            return (self._added(key, item),)
        is_new = self._is_new(item, old)
        if old.uid != item.uid:
            return (self._removed(key), self._added(key, item)) if is_new else ()
        old.epoch = self._epoch
        if not is_new:
            return ()
        self._table.put(key, self._entry(item))
        return (RawChange("modified", key, item.uid, item.json, old),)

    def delete(self, item: ObjectState) -> Sequence[RawChange]:
        """Apply the deletion of an object."""
        self._raise_floor(item.resource_version)
        key = Key(item.namespace, item.name)
        old = self._table.get(key)
        if old is None or is_newer(old.resource_version, item.resource_version):
            return ()
        if old.uid == item.uid:
            return (RawChange("deleted", key, item.uid, item.json, self._table.remove(key, item.json)),)
        # The object that was deleted had replaced the known one.
        return (self._removed(key),) if is_newer(item.resource_version, old.resource_version) else ()

    def _raise_floor(self, version: str | None) -> None:
        if not self.trusting:
            self.floor = newest(self.floor, version)

    def _is_new(self, item: ObjectState, old: Entry) -> bool:
        if self.trusting:
            if item.resource_version != old.resource_version or item.uid != old.uid:
                return True
            # The server has used some versions again, for other states.
            return self._table.has_other_content(Key(item.namespace, item.name), item.json)
        # Versions that cannot be compared are new if they differ.
        return is_newer(item.resource_version, old.resource_version) is not False

    def _added(self, key: Key, item: ObjectState) -> RawChange:
        self._table.put(key, self._entry(item))
        return RawChange("added", key, item.uid, item.json)

    def _removed(self, key: Key) -> RawChange:
        old = self._table.remove(key)
        return RawChange("deleted", key, old.uid, None, old)

    def _entry(self, item: ObjectState) -> Entry:
        json = item.json if self._table.keep_json else None
        return Entry(item.uid, item.resource_version, item.generation, self._epoch, json)
