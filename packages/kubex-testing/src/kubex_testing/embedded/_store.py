"""A store with one revision counter, a history of each resource, and snapshots of earlier revisions."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ._stored_object import DecodedCache, StoredObject

__all__ = ["Bucket", "Event", "EventType", "Store", "StoredObject"]

EventType = Literal["ADDED", "MODIFIED", "DELETED"]


@dataclass(frozen=True, slots=True)
class Event:
    """A change. For DELETED, `current` is the last state with the revision of the deletion."""

    type: EventType
    key: str
    revision: int
    current: StoredObject
    previous: StoredObject | None

    @property
    def size(self) -> int:
        """The size of the objects that only this event keeps in memory, in bytes of JSON."""
        replaced = self.previous.size if self.previous else 0
        return replaced + (self.current.size if self.type == "DELETED" else 0)


class Bucket:
    """The objects of one resource by key (`namespace/name` or `name`), and their history."""

    def __init__(self) -> None:
        self.objects: dict[str, StoredObject] = {}
        self.keys: list[str] = []
        self.history: deque[Event] = deque()
        self.compacted_revision = 0
        """The history contains only changes after this revision."""
        self.discarded_revision = 0
        """The revision of the latest change that was discarded. Unlike `compacted_revision`, it had a change."""
        self.listeners: set[Callable[[Event], None]] = set()

    def span(self, prefix: str) -> range:
        """Return the positions in `keys` of the keys with this prefix."""
        if not prefix:
            return range(len(self.keys))
        # The prefix ends with "/". The next ASCII character is "0", so no key with the prefix is after it.
        return range(bisect_left(self.keys, prefix), bisect_left(self.keys, prefix[:-1] + "0"))

    def keys_with_prefix(self, prefix: str) -> list[str]:
        """Return the sorted keys with this prefix."""
        span = self.span(prefix)
        return self.keys[span.start : span.stop]

    def keys_named(self, name: str) -> Iterator[str]:
        """Return the sorted keys of the objects with this name in all namespaces."""
        position = 0
        # Look into each namespace once, and skip its other objects.
        while position < len(self.keys):
            namespace = self.keys[position].partition("/")[0]
            if (key := f"{namespace}/{name}") in self.objects:
                yield key
            position = bisect_left(self.keys, f"{namespace}0", position)

    def states_at(self, revision: int) -> dict[str, StoredObject | None]:
        """Return the states at a revision of the objects that changed later; None if the object did not exist.

        The revision must not be older than `compacted_revision`.
        """
        return {event.key: event.previous for event in reversed(self._newer(revision))}

    def snapshot(self, revision: int) -> dict[str, StoredObject]:
        """Return the objects at a revision, which must not be older than `compacted_revision`."""
        past = dict(self.objects)
        for key, state in self.states_at(revision).items():
            if state is None:
                past.pop(key, None)
            else:
                past[key] = state
        return past

    def events_since(self, revision: int) -> Iterator[Event]:
        """Return an iterator over the events after a revision, oldest first."""
        return iter(self._newer(revision))

    def _newer(self, revision: int) -> list[Event]:
        newer: list[Event] = []
        for event in reversed(self.history):
            if event.revision <= revision:
                break
            newer.append(event)
        newer.reverse()
        return newer

    def rewind(self, revision: int) -> list[Event]:
        """Restore the objects at a revision, discard the later history, and return the changes."""
        past, present = self.snapshot(revision), self.objects
        changes = [Event("DELETED", key, revision, item, item) for key, item in present.items() if key not in past]
        for key, item in past.items():
            before = present.get(key)
            if before is not item:
                changes.append(Event("MODIFIED" if before else "ADDED", key, revision, item, before))
        self.objects, self.keys = past, sorted(past)
        while self.history and self.history[-1].revision > revision:
            self.history.pop()
        self.compacted_revision = min(self.compacted_revision, revision)
        return changes

    def record(self, event: Event) -> None:
        """Apply a change and notify the listeners."""
        if event.type == "DELETED":
            del self.objects[event.key]
            del self.keys[bisect_left(self.keys, event.key)]
        else:
            if event.key not in self.objects:
                insort(self.keys, event.key)
            self.objects[event.key] = event.current
        self.history.append(event)
        # A listener may remove itself, so iterate over a copy.
        for listener in tuple(self.listeners):
            listener(event)

    def discard_oldest(self) -> int:
        """Discard the oldest event, and return its size."""
        event = self.history.popleft()
        self.compacted_revision = self.discarded_revision = event.revision
        return event.size


class Store:
    """The state of a cluster. Not thread-safe: use it only from one event loop.

    The history keeps at most `history_limit` events of each resource, and `history_bytes` bytes of JSON in total.
    """

    def __init__(
        self, *, first_revision: int = 100, history_limit: int = 10_000, history_bytes: int = 64 * 2**20
    ) -> None:
        self.revision = first_revision
        self._history_limit = history_limit
        self._history_bytes = history_bytes
        self._history_size = 0
        self._buckets: dict[str, Bucket] = {}
        self.decoded = DecodedCache(history_bytes // 16)
        self._compacted_revision = 0
        self.listeners: list[Callable[[str, Event], None]] = []
        """Functions that are called with the bucket name and the event, after the listeners of the bucket."""
        self.write_listeners: list[Callable[[str, Event], None]] = []
        """The same without the changes of `rewind()`, which nobody wrote."""

    def bucket(self, name: str) -> Bucket:
        """Return the bucket of a resource. Its name is `plural.group`."""
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket()
            bucket.compacted_revision = self._compacted_revision
        return bucket

    def buckets(self) -> list[tuple[str, Bucket]]:
        """Return the names and buckets of all resources that were used."""
        return list(self._buckets.items())

    def get(self, name: str, key: str) -> StoredObject | None:
        return self.bucket(name).objects.get(key)

    def put(self, name: str, key: str, object: dict[str, Any]) -> StoredObject:
        """Store an object with the next revision as its resourceVersion."""
        bucket = self.bucket(name)
        previous = bucket.objects.get(key)
        current = self._next(object)
        self._record(name, Event("MODIFIED" if previous else "ADDED", key, current.revision, current, previous))
        return current

    def delete(self, name: str, key: str, last_state: dict[str, Any] | None = None) -> StoredObject:
        """Remove an object. The event contains `last_state`, by default the stored object, with the next revision."""
        previous = self.bucket(name).objects[key]
        current = self._next(last_state or previous.object)
        self._record(name, Event("DELETED", key, current.revision, current, previous))
        return current

    def compact(self) -> None:
        """Discard the history of all resources, so that earlier revisions are expired."""
        self._compacted_revision = self.revision
        for bucket in self._buckets.values():
            bucket.history.clear()
            bucket.compacted_revision = bucket.discarded_revision = self.revision
        self._history_size = 0

    def rewind(self, revision: int) -> None:
        """Restore the state at a revision, and continue with it. Raises ValueError if the history does not reach back.

        The listeners of the store receive the differences as events, but the listeners of the buckets do not: the
        history of a restored storage does not contain them.
        """
        earliest = max((bucket.discarded_revision for bucket in self._buckets.values()), default=0)
        if not earliest <= revision <= self.revision:
            raise ValueError(f"cannot rewind to revision {revision}; use one from {earliest} to {self.revision}")
        changes = [(name, event) for name, bucket in self._buckets.items() for event in bucket.rewind(revision)]
        self.revision = revision
        self._compacted_revision = min(self._compacted_revision, revision)
        self._history_size = sum(event.size for bucket in self._buckets.values() for event in bucket.history)
        for name, event in changes:
            for listener in self.listeners:
                listener(name, event)

    def _next(self, object: dict[str, Any]) -> StoredObject:
        self.revision += 1
        metadata = {**object["metadata"], "resourceVersion": str(self.revision)}
        return StoredObject({**object, "metadata": metadata}, self.revision, self.decoded)

    def _record(self, name: str, event: Event) -> None:
        bucket = self.bucket(name)
        bucket.record(event)
        self._history_size += event.size
        if len(bucket.history) > self._history_limit:
            self._history_size -= bucket.discard_oldest()
        while self._history_size > self._history_bytes:
            buckets = (item for item in self._buckets.values() if item.history)
            self._history_size -= min(buckets, key=lambda item: item.history[0].revision).discard_oldest()
        for listener in (*self.write_listeners, *self.listeners):
            listener(name, event)
        if event.previous is not None:
            event.previous.forget_forms()
        if event.type == "DELETED":
            event.current.forget_forms()
