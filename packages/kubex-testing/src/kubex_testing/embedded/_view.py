"""The objects of a bucket at one revision, without a copy of the bucket."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from ._options import Selection
from ._store import Bucket, StoredObject


class View:
    """The objects of a bucket at a revision, or the latest ones. Use it only until the next change of the bucket.

    A page reads only its own objects and the changes after the revision, so its cost does not depend on the number of
    objects in the bucket.
    """

    def __init__(self, bucket: Bucket, revision: int | None = None) -> None:
        self._bucket = bucket
        self._past: dict[str, StoredObject | None] = {} if revision is None else bucket.states_at(revision)
        self._removed = sorted(key for key, state in self._past.items() if state and key not in bucket.objects)

    def get(self, key: str) -> StoredObject | None:
        """Return the object with this key, or None if it did not exist."""
        return self._past[key] if key in self._past else self._bucket.objects.get(key)

    def items(self, selection: Selection, start: str = "") -> Iterator[tuple[str, StoredObject]]:
        """Return the selected objects in the order of their keys, from the key `start`."""
        for key in self._candidates(selection, start):
            stored = self.get(key)
            if stored is not None and selection.matches(stored):
                yield key, stored

    def count_after(self, prefix: str, key: str) -> int:
        """Return the number of objects with this prefix after a key."""
        first, end = max(bisect_right(self._bucket.keys, key), self._bucket.span(prefix).start), _end_of(prefix)
        count = max(self._bucket.span(prefix).stop - first, 0)
        for changed, state in self._past.items():
            if key < changed and prefix <= changed and (not end or changed < end):
                count += (state is not None) - (changed in self._bucket.objects)
        return count

    def _candidates(self, selection: Selection, start: str) -> Iterable[str]:
        """Return the keys that can match, in order."""
        name, prefix = selection.required_name, selection.prefix
        if selection.key:
            return [selection.key] if selection.key >= start else []
        if name:
            removed = (key for key in self._removed if key.endswith(f"/{name}"))
            named = {*self._bucket.keys_named(name), *removed}
            return sorted(key for key in named if key.startswith(prefix) and key >= start)
        keys, span = self._bucket.keys, self._bucket.span(prefix)
        first = bisect_left(keys, start, span.start, span.stop) if start else span.start
        present = map(keys.__getitem__, range(first, span.stop))
        if not self._removed:
            return present
        low = bisect_left(self._removed, max(start, prefix))
        end = _end_of(prefix)
        high = bisect_left(self._removed, end) if end else len(self._removed)
        return heapq.merge(present, self._removed[low:high])


def _end_of(prefix: str) -> str:
    """Return the first string after all keys with a prefix, or an empty string."""
    # The prefix ends with "/". The next ASCII character is "0", so no key with the prefix is after it.
    return prefix[:-1] + "0" if prefix else ""
