"""The changes that a consumer did not read yet, at most one state per object."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

import msgspec

from kubex_runtime._machine.keys import Key


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A change for a consumer. `json` is the state, `old` the state that the consumer received before."""

    type: Literal["added", "modified", "deleted", "synced"]
    key: Key | None = None
    json: bytes | None = None
    old: bytes | None = None
    final: bool = True


class _Pending(msgspec.Struct, gc=False):
    """The changes of an object that the consumer did not read: a deletion, a new state, or both."""

    deleted: bytes | None = None
    final: bool = True
    json: bytes | None = None
    old: bytes | None = None


class Mailbox:
    """Collects the changes for one consumer. A slow consumer receives only the newest state of each object.

    Changes of different objects keep their order. Changes of one object are combined until they are read:

    * added, then modified: added, with the new state
    * added, then deleted: nothing
    * modified, then modified: modified, with the new state and the first old one
    * modified, then deleted: deleted
    * deleted, then added: both, because a new object can have the name of the deleted one
    """

    def __init__(self) -> None:
        # The key None is the end of the first list. The ordered dict removes its first item in constant time.
        self._pending: OrderedDict[Key | None, _Pending] = OrderedDict()
        self._synced = False
        self.on_change: Callable[[], None] | None = None
        """Called once at the next change, and then removed."""

    def __len__(self) -> int:
        return len(self._pending)

    def added(self, key: Key, json: bytes) -> None:
        """Add the first state of an object."""
        pending = self._pending.get(key)
        if pending is None:
            self._pending[key] = _Pending(json=json)
        else:  # the deletion of the previous object was not read yet
            pending.json = json
        self.wake()

    def modified(self, key: Key, json: bytes, old: bytes) -> None:
        """Add a new state of an object, and the state before."""
        pending = self._pending.get(key)
        if pending is None:
            self._pending[key] = _Pending(json=json, old=old)
        else:
            pending.json = json
        self.wake()

    def deleted(self, key: Key, json: bytes, *, final: bool) -> None:
        """Add the deletion of an object, with its last state."""
        pending = self._pending.get(key)
        if pending is None:
            self._pending[key] = _Pending(deleted=json, final=final)
        elif pending.deleted is not None:  # the consumer never received the new object
            pending.json = None
        elif pending.old is None:
            del self._pending[key]
        else:
            self._pending[key] = _Pending(deleted=json, final=final)
        self.wake()

    def synced(self) -> None:
        """Add the end of the first list; only the first call has an effect."""
        if not self._synced:
            self._synced = True
            self._pending[None] = _Pending()
            self.wake()

    def pop(self) -> Delivery | None:
        """Remove and return the oldest change; None if the mailbox is empty."""
        if not self._pending:
            return None
        key, pending = self._pending.popitem(last=False)
        if key is None:
            return Delivery("synced")
        if pending.deleted is not None:
            if pending.json is not None:  # the new object follows next
                self._pending[key] = _Pending(json=pending.json)
                self._pending.move_to_end(key, last=False)
            return Delivery("deleted", key, pending.deleted, final=pending.final)
        return Delivery("modified" if pending.old is not None else "added", key, pending.json, pending.old)

    def wake(self) -> None:
        """Call `on_change`."""
        if self.on_change is not None:
            notify, self.on_change = self.on_change, None
            notify()
