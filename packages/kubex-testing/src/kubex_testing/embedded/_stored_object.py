"""One version of an object. It is kept as JSON, because decoded objects need several times as much memory."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from kubex_testing._objects.json_types import JsonObject

_METADATA_ORDER = (
    "name",
    "generateName",
    "namespace",
    "selfLink",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
    "managedFields",
)
# kube-apiserver encodes the status after all other fields.
_LAST_KEYS = ("status",)
_encode_compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def dumps(document: Any) -> bytes:
    """Encode as compact JSON with the keys in their order."""
    return _encode_compact(document).encode("utf-8", "surrogatepass")


def ordered_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of an object with its keys in the order of kube-apiserver."""
    ordered = {key: metadata[key] for key in _METADATA_ORDER if key in metadata}
    for key in ("labels", "annotations"):
        if ordered.get(key):
            ordered[key] = dict(sorted(ordered[key].items()))
    return ordered


def encode_item(document: Mapping[str, Any]) -> bytes:
    """Encode an object without `kind` and `apiVersion`, as lists of built-in kinds contain it."""
    body: dict[str, Any] = {"metadata": ordered_metadata(document["metadata"])}
    skipped = ("kind", "apiVersion", "metadata", *_LAST_KEYS)
    body.update({key: value for key, value in document.items() if key not in skipped})
    body.update({key: document[key] for key in _LAST_KEYS if key in document})
    return dumps(body)


class StoredObject:
    """One version of one object. The object is not modified in place."""

    __slots__ = ("_api_version", "_cache", "_encoded", "_item", "_kind", "_object", "revision")

    def __init__(self, object: dict[str, Any], revision: int, cache: "DecodedCache | None" = None) -> None:
        self.revision = revision
        self._kind: str | None = object.get("kind")
        self._api_version: str | None = object.get("apiVersion")
        self._object: dict[str, Any] | None = object
        self._item: bytes | None = None
        self._encoded: dict[str, bytes] | None = None
        self._cache = cache
        if cache is not None:
            cache.add(self)

    @property
    def object(self) -> dict[str, Any]:
        """The object. It is decoded again if the cache dropped it."""
        if self._object is not None:
            return self._object
        head: JsonObject = {"kind": self._kind, "apiVersion": self._api_version}
        decoded = {key: value for key, value in head.items() if value is not None}
        decoded.update(json.loads(self.item))
        self._object = decoded
        if self._cache is not None:
            self._cache.add(self)  # which drops it at once if it is larger than the cache
        return decoded

    @property
    def item(self) -> bytes:
        """The object as JSON without `kind` and `apiVersion`, see `encode_item()`."""
        if self._item is None:
            self._item = encode_item(self.object)
        return self._item

    @property
    def encoded(self) -> dict[str, bytes]:
        """Other encoded forms, created on first use and kept while this version is the latest one."""
        if self._encoded is None:
            self._encoded = {}
        return self._encoded

    @property
    def size(self) -> int:
        """The size of the object as JSON, in bytes."""
        return len(self.item)

    def equals(self, other: "StoredObject") -> bool:
        """Return whether two versions differ at most in their resourceVersion."""
        return _without_revision(self.object) == _without_revision(other.object)

    def forget_forms(self) -> None:
        """Free everything except the JSON. Old versions are rarely used again."""
        self._encoded = None
        if self._cache is not None:
            self._cache.discard(self)

    def forget_object(self) -> None:
        """Free the decoded object. The cache calls this method."""
        self._object = None


def _without_revision(document: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in document["metadata"].items() if key != "resourceVersion"}
    return {**document, "metadata": metadata}


class DecodedCache:
    """The objects of a store that are in memory in their decoded form, up to a total size of their JSON."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._objects: OrderedDict[StoredObject, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._objects)

    def add(self, stored: StoredObject) -> None:
        """Keep an object, and drop the oldest ones beyond the size."""
        self._objects[stored] = stored.size
        self._size += stored.size
        while self._size > self._max_bytes:
            oldest, size = self._objects.popitem(last=False)
            self._size -= size
            oldest.forget_object()

    def discard(self, stored: StoredObject) -> None:
        """Drop one object."""
        size = self._objects.pop(stored, None)
        if size is not None:
            self._size -= size
            stored.forget_object()
