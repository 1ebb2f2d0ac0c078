"""The methods of an informer that read its cache."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import EllipsisType, MappingProxyType
from typing import Generic, TypeVar

import msgspec

from kubex.api import RawApi
from kubex.errors import ConfigurationError, NamespaceError
from kubex.models import Resource, api_resource
from kubex.selectors import LabelSelectorTypes, label_requirements
from kubex_runtime._machine.cache import Cache
from kubex_runtime._machine.keys import Key

T = TypeVar("T", bound=Resource)


class _Metadata(msgspec.Struct):
    labels: dict[str, str] | None = None


class _Labels(msgspec.Struct):
    metadata: _Metadata


_LABELS = msgspec.json.Decoder(_Labels)


class CacheReader(Generic[T]):
    """Reads a cache. No method waits, and each returned object is new and belongs to the caller."""

    def __init__(self, raw: RawApi[T], cache: Cache[T], namespaces: Sequence[str | None]) -> None:
        self._raw = raw
        self._cache = cache
        self._namespaces = namespaces

    def get(self, name: str, namespace: str | None = None) -> T | None:
        """Return an object, or None if it is not in the cache.

        Args:
            namespace: the namespace of the object. It can be omitted if the informer reads only one, and for kinds
                without namespaces.

        Raises:
            NamespaceError: the namespace is missing, because the informer reads several.

        Example:
            pod = informer.get("web-0", "default")
            if pod is not None:
                print(pod.status)
        """
        if namespace is None and self._raw.namespaced:
            namespace = self._namespaces[0] if len(self._namespaces) == 1 else None
            if namespace is None:
                resource = api_resource(self._raw.resource).group_resource
                raise NamespaceError(resource, f"get({name!r}) needs a namespace, because the informer reads several")
        json = self._cache.json(Key(namespace, name))
        return None if json is None else self._raw.decode(json)

    def objects(self, namespace: str | None = None, labels: LabelSelectorTypes = None) -> Iterator[T]:
        """Iterate over the objects at the time of the call; later changes do not affect the iteration.

        Args:
            namespace: only the objects of this namespace.
            labels: only the objects that this label selector selects, in any form that the verbs of `Api` accept.

        Raises:
            ConfigurationError: the selector is invalid.

        Example:
            for pod in informer.objects(labels="app in (web, api)"):
                print(pod.metadata.name)
        """
        requirements = label_requirements(labels) if labels is not None else None
        selected = [json for key, json in self._cache.items() if namespace is None or key.namespace == namespace]
        if requirements is None:
            return map(self._raw.decode, selected)
        matching = (json for json in selected if requirements.matches(_labels_of(json)))
        return map(self._raw.decode, matching)

    def by(self, index: str, value: Hashable) -> list[T]:
        """Return the objects for which the function of an index has returned this value.

        Raises:
            ConfigurationError: the informer does not have this index.

        Example:
            for pod in informer.by("node", "node-1"):
                print(pod.metadata.name)
        """
        stored = map(self._cache.json, self._cache.indexes.keys(index, value))
        return [self._raw.decode(json) for json in stored if json is not None]

    def keys(self) -> AbstractSet[Key]:
        """Return the namespaces and names of the objects, as a copy.

        Example:
            print(Key("default", "web-0") in informer.keys())
        """
        return frozenset(key for key, _ in self._cache.items())

    def __len__(self) -> int:
        return self._cache.count

    def __contains__(self, key: object) -> bool:
        return self._cache.json(key) is not None  # type: ignore[arg-type]  # other values are not in the dict

    @property
    def synced(self) -> bool:
        """Whether the cache has received all objects that existed at the start."""
        return self._cache.synced

    @property
    def rejected(self) -> Mapping[Key, Exception]:
        """The objects that are not stored because the transform has raised an exception, and the exception."""
        return MappingProxyType(self._cache.rejected)


def _labels_of(json: bytes) -> dict[str, str] | None:
    try:
        return _LABELS.decode(json).metadata.labels
    except msgspec.ValidationError:  # the labels are malformed; this must not affect the other objects
        return None


def check_namespaces(raw: RawApi[T], namespaces: Sequence[str] | EllipsisType | None) -> tuple[str | None, ...]:
    """Return the namespaces that the requests need: each one, or None for all."""
    if namespaces is ...:
        return (raw.namespace,)
    if namespaces is None:
        return (None,)
    if isinstance(namespaces, str):
        raise ConfigurationError(f"pass a list: [{namespaces!r}]", field="namespaces")
    if not namespaces:
        raise ConfigurationError("is empty: name at least one namespace, or pass None for all", field="namespaces")
    if not raw.namespaced:
        resource = api_resource(raw.resource).group_resource
        raise NamespaceError(resource, "objects of this kind do not have a namespace: omit namespaces=")
    return tuple(dict.fromkeys(namespaces))
