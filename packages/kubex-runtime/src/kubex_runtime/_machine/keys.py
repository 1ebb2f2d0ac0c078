"""The key of an object in a collection."""

from typing import NamedTuple


class Key(NamedTuple):
    """The namespace and the name of an object. The namespace is None for cluster-scoped kinds."""

    namespace: str | None
    name: str
