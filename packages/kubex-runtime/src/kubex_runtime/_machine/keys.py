"""The key of an object in a collection."""

from typing import NamedTuple, cast


class Key(NamedTuple):
    """The namespace and the name of an object. The namespace is None for cluster-scoped kinds."""

    namespace: str | None
    name: str

    def __str__(self) -> str:
        return self.name if self.namespace is None else f"{self.namespace}/{self.name}"


def plain_key(key: Key) -> Key:
    """Return a key as a plain tuple, which is equal to the key and has the same hash."""
    return cast("Key", (key[0], key[1]))
