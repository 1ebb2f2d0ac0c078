"""Indexes of the store: by the controller of an object, by labels, and by selectors."""

from collections.abc import Iterator

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing._objects.label_selectors import match_label_selector
from kubex_testing.embedded._store import Event

Target = tuple[str, str]
"""A bucket and a key."""
_Pair = tuple[str, str, str]
"""A namespace, and the name and the value of a label. The name is empty for selectors without `matchLabels`."""


def controller_of(document: JsonObject) -> JsonObject | None:
    """Return the owner reference of the controller of an object, or None."""
    return next((item for item in array_at(document, "metadata", "ownerReferences") if item.get("controller")), None)


class OwnerIndex:
    """The objects that each controller owns, by the UID of the controller."""

    def __init__(self) -> None:
        self._owned: dict[str, set[Target]] = {}

    def update(self, bucket: str, event: Event) -> None:
        """Apply a change."""
        target = (bucket, event.key)
        if event.previous is not None and (before := controller_of(event.previous.object)) is not None:
            owned = self._owned.get(before["uid"], set[Target]())
            owned.discard(target)
            if not owned:
                self._owned.pop(before["uid"], None)
        if event.type != "DELETED" and (after := controller_of(event.current.object)) is not None:
            self._owned.setdefault(after["uid"], set()).add(target)

    def keys(self, uid: str, bucket: str) -> list[str]:
        """Return the sorted keys of the objects of a controller in a bucket."""
        return sorted(key for name, key in self._owned.get(uid, ()) if name == bucket)


class LabelIndex:
    """The objects of one resource by namespace and label."""

    def __init__(self) -> None:
        self._keys: dict[_Pair, set[str]] = {}

    def update(self, event: Event) -> None:
        """Apply a change."""
        if event.previous is not None:
            for pair in _label_pairs(event.key, event.previous.object):
                keys = self._keys.get(pair, set[str]())
                keys.discard(event.key)
                if not keys:
                    self._keys.pop(pair, None)
        if event.type != "DELETED":
            for pair in _label_pairs(event.key, event.current.object):
                self._keys.setdefault(pair, set()).add(event.key)

    def candidates(self, namespace: str, selector: JsonObject) -> list[str]:
        """Return the sorted keys of objects that may match a selector: those with its rarest label."""
        rarest = min(_selector_pairs(namespace, selector), key=lambda pair: len(self._keys.get(pair, ())))
        return sorted(self._keys.get(rarest, ()))


class SelectorIndex:
    """The objects of several resources by their selectors, to find those that select an object."""

    def __init__(self) -> None:
        self._selectors: dict[Target, JsonObject] = {}
        self._targets: dict[_Pair, set[Target]] = {}

    def update(self, target: Target, selector: JsonObject | None) -> None:
        """Set or, with None, remove the selector of an object."""
        before, namespace = self._selectors.get(target), target[1].partition("/")[0]
        if before == selector:
            return
        if before is not None:
            del self._selectors[target]
            self._targets[_selector_pairs(namespace, before)[0]].discard(target)
        if selector is not None:
            self._selectors[target] = selector
            self._targets.setdefault(_selector_pairs(namespace, selector)[0], set()).add(target)

    def matches(self, key: str, document: JsonObject) -> Iterator[Target]:
        """Return the objects with a selector that matches the labels of an object."""
        labels = object_at(document, "metadata", "labels")
        for pair in _label_pairs(key, document):
            for target in self._targets.get(pair, ()):
                if match_label_selector(self._selectors[target], labels):
                    yield target


def _label_pairs(key: str, document: JsonObject) -> list[_Pair]:
    namespace = key.partition("/")[0]
    labels = object_at(document, "metadata", "labels")
    return [(namespace, "", ""), *((namespace, name, value) for name, value in labels.items())]


def _selector_pairs(namespace: str, selector: JsonObject) -> list[_Pair]:
    pairs = [(namespace, name, value) for name, value in sorted(object_at(selector, "matchLabels").items())]
    return pairs or [(namespace, "", "")]
