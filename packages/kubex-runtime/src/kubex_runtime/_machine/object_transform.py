"""A transform of an informer that is a function of the user."""

from collections.abc import Callable
from typing import Generic, TypeVar

from kubex.errors import ConfigurationError
from kubex.models import Resource
from kubex_runtime._machine.field_paths import JsonTransform

T = TypeVar("T", bound=Resource)

_IDENTITY = ("name", "namespace", "uid", "resource_version")


class ObjectTransform(Generic[T]):
    """Decodes an object, calls the function, and returns the JSON of its result; None if the function returns None."""

    def __init__(self, decode: Callable[[bytes], T], function: Callable[[T], T | None]) -> None:
        self._decode = decode
        self._function = function

    def __call__(self, json: bytes) -> bytes | None:
        """Return the JSON that the cache stores.

        Raises:
            ConfigurationError: the function changed what identifies the object.
        """
        obj = self._decode(json)
        before = _identity(obj)
        result = self._function(obj)
        if result is None:
            return None
        for name, old, new in zip(_IDENTITY, before, _identity(result), strict=True):
            if old != new:
                raise ConfigurationError(
                    f"changed metadata.{name} from {old!r} to {new!r}, which identifies the object", field="transform"
                )
        return result.to_json()


def json_transform(
    decode: Callable[[bytes], T], transform: Callable[[T], T | None] | JsonTransform | None
) -> Callable[[bytes], bytes | None] | None:
    """Return the function that transforms the JSON of an object."""
    if transform is None or isinstance(transform, JsonTransform):
        return transform
    return ObjectTransform(decode, transform)


def _identity(obj: Resource) -> tuple[object, ...]:
    return tuple(getattr(obj.metadata, name) for name in _IDENTITY)
