"""The objects of an informer as JSON, their indexes, and the mailboxes of the consumers."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

import msgspec

from kubex.models import Resource
from kubex_runtime._machine.callback_log import CallbackLog
from kubex_runtime._machine.entries import Entry, ObjectTable
from kubex_runtime._machine.indexes import Indexes
from kubex_runtime._machine.keys import Key, plain_key
from kubex_runtime._machine.mailbox import Mailbox

T = TypeVar("T", bound=Resource)


class Cache(Generic[T]):
    """The objects of all reflectors of an informer, which change its tables.

    A change updates the table first, then the indexes, then the mailboxes, in one step without `await`.
    """

    def __init__(
        self,
        decode: Callable[[bytes], T],
        *,
        indexes: Mapping[str, Callable[[T], Iterable[Hashable]]],
        transform: Callable[[bytes], bytes | None] | None,
    ) -> None:
        self.decode = decode
        self.indexes = Indexes(indexes)
        self.tables: list[CacheTable[T]] = []
        self.rejected: dict[Key, Exception] = {}
        self.count = 0
        """The number of objects. Entries without JSON, which the transform removed or rejected, do not count."""
        self._transform = transform
        self._transform_log = CallbackLog("the transform of the informer")
        self._decode_log = CallbackLog("the decoding of an object for the indexes")
        self._mailboxes: list[Mailbox] = []

    @property
    def synced(self) -> bool:
        """Whether all reflectors received the end of their first list."""
        return bool(self.tables) and all(table.synced for table in self.tables)

    def json(self, key: Key) -> bytes | None:
        """Return the JSON of an object."""
        for table in self.tables:
            entry = table.entries.get(key)
            if entry is not None:
                return entry.json
        return None

    def items(self) -> Iterator[tuple[Key, bytes]]:
        """Iterate over the objects."""
        for table in self.tables:
            for key, entry in table.entries.items():
                if entry.json is not None:
                    yield Key(*key), entry.json

    def subscribe(self) -> Mailbox:
        """Return a mailbox that contains the current objects, and will receive all changes."""
        mailbox = Mailbox()
        for key, json in self.items():
            mailbox.added(key, json)
        if self.synced:
            mailbox.synced()
        self._mailboxes.append(mailbox)
        return mailbox

    def unsubscribe(self, mailbox: Mailbox) -> None:
        """Do not add further changes to a mailbox."""
        self._mailboxes.remove(mailbox)

    def mark_synced(self, table: "CacheTable[T]") -> None:
        """Record the end of the first list of a reflector."""
        table.synced = True
        if self.synced:
            for mailbox in self._mailboxes:
                mailbox.synced()

    def wake_consumers(self) -> None:
        """Wake consumers that wait for a change, because no further change will come."""
        for mailbox in self._mailboxes:
            mailbox.wake()

    def transformed(self, key: Key, json: bytes | None) -> bytes | None:
        """Return the JSON that is stored; None for an object that the transform removes or rejects."""
        if self._transform is None or json is None:
            return json
        try:
            result = self._transform(json)
        except Exception as error:  # noqa: BLE001 - the function of the user can raise anything
            self._transform_log.failed(error, key)
            self.rejected[key] = error
            return None
        self.rejected.pop(key, None)
        return result

    def changed(self, key: Key, json: bytes, before: bytes | None) -> None:
        """Update indexes and mailboxes after an object was stored; `before` is its previous JSON."""
        if before is None:
            self.count += 1
        if self.indexes:
            self._index(key, json)
        for mailbox in self._mailboxes:
            if before is None:
                mailbox.added(key, json)
            else:
                mailbox.modified(key, json, before)

    def removed(self, key: Key, json: bytes, *, final: bool) -> None:
        """Update indexes and mailboxes after an object was removed; `json` is its last state."""
        self.count -= 1
        self.indexes.remove(key)
        for mailbox in self._mailboxes:
            mailbox.deleted(key, json, final=final)

    def _index(self, key: Key, json: bytes) -> None:
        try:
            obj = self.decode(json)
        except Exception as error:  # noqa: BLE001 - a method of the model can raise anything
            self._decode_log.failed(error, key)
            self.indexes.remove(key)
        else:
            self.indexes.update(plain_key(key), obj)


class CacheTable(ObjectTable, Generic[T]):
    """The table of one reflector. The entries contain the JSON after the transform."""

    def __init__(self, cache: Cache[T]) -> None:
        super().__init__(keep_json=True)
        self.synced = False
        self._cache = cache
        cache.tables.append(self)

    def put(self, key: Key, entry: Entry) -> None:
        """Add or replace the entry of an object."""
        old = self.entries.get(key)
        before = old.json if old is not None else None
        entry.json = self._cache.transformed(key, entry.json)
        # The garbage collector visits a Key in each collection, but not a plain tuple of strings, which is equal to it.
        self.entries[plain_key(key)] = entry
        if entry.json is not None:
            self._cache.changed(key, entry.json, before)
        elif before is not None:
            self._cache.removed(key, before, final=False)

    def has_other_content(self, key: Key, json: bytes) -> bool:
        """Return whether the stored JSON of an object differs from the JSON that the server sent."""
        before = self.entries[key].json
        after = self._cache.transformed(Key(*key), json)
        if before is None or after is None:
            return before is not after
        return before != after and _content(before) != _content(after)

    def remove(self, key: Key, last: bytes | None = None) -> Entry:
        """Remove the entry of an object. `last` is the last state that the server sent, if it is known."""
        entry = self.entries.pop(key)
        key = Key(*key)
        if entry.json is not None:
            final = self._cache.transformed(key, last)
            self._cache.removed(key, entry.json if final is None else final, final=final is not None)
        self._cache.rejected.pop(key, None)
        return entry


def _content(json: bytes) -> dict[str, object]:
    """Return an object without the fields that only events of watches contain."""
    fields = msgspec.json.decode(json, type=dict[str, object])
    return {name: value for name, value in fields.items() if name not in ("apiVersion", "kind")}
