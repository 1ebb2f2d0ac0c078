"""Remove fields from the JSON of an object without decoding the object."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from kubex.errors import ConfigurationError

FieldPath: TypeAlias = str | Sequence[str]
"""The JSON names of nested fields: `"spec.nodeName"` or `("metadata", "annotations", "example.com/team")`."""

_Tree: TypeAlias = dict[str, "_Tree"]
"""The next names of several paths. An empty dict is the end of a path."""

_IDENTITY = ("apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.uid", "metadata.resourceVersion")
_ALWAYS_KEPT = (*_IDENTITY, "metadata.generation", "metadata.creationTimestamp")

_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])


class JsonTransform:
    """A transform of an informer that changes the JSON of objects; `keep_fields()` and `drop_fields()` return it."""

    def __init__(self, name: str, paths: Sequence[FieldPath]) -> None:
        if not paths:
            raise ConfigurationError("pass at least one field", field=f"{name}()")
        self._call = f"{name}({', '.join(map(repr, paths))})"
        self._paths = tuple(_names(path, name) for path in paths)

    def __repr__(self) -> str:
        return self._call

    def __call__(self, json: bytes) -> bytes:
        """Return the JSON of an object without the fields that are not wanted."""
        raise NotImplementedError


class _KeepFields(JsonTransform):
    def __init__(self, paths: Sequence[FieldPath]) -> None:
        super().__init__("keep_fields", paths)
        self._tree = _tree([*(path.split(".") for path in _ALWAYS_KEPT), *self._paths])

    def __call__(self, json: bytes) -> bytes:
        return msgspec.json.encode(_keep(msgspec.Raw(json), self._tree))


class _DropFields(JsonTransform):
    def __init__(self, paths: Sequence[FieldPath]) -> None:
        super().__init__("drop_fields", paths)
        for path in self._paths:
            if any(required[: len(path)] == path for required in (tuple(name.split(".")) for name in _IDENTITY)):
                raise ConfigurationError(
                    f"{'.'.join(path)!r} identifies the object and cannot be removed", field="drop_fields()"
                )
        self._tree = _tree(self._paths)

    def __call__(self, json: bytes) -> bytes:
        return msgspec.json.encode(_drop(msgspec.Raw(json), self._tree))


def keep_fields(*paths: FieldPath) -> JsonTransform:
    """Return a transform for `Informer(transform=...)` that keeps only these fields.

    A path contains the JSON names of fields, separated by dots. For items of lists, it continues with the names in the
    items: `"spec.containers.image"`. If a name contains a dot, pass the names as a tuple:
    `("metadata", "annotations", "example.com/team")`. The name, namespace, UID, resource version, generation and
    creation time are always kept.

    A field that was removed is read as if the server had not sent it. A required field raises DecodeError.

    Raises:
        ConfigurationError: a path is empty.

    Example:
        informer = Informer(pods, transform=keep_fields("metadata.labels", "spec.nodeName", "status.podIP"))
    """
    return _KeepFields(paths)


def drop_fields(*paths: FieldPath) -> JsonTransform:
    """Return a transform for `Informer(transform=...)` that removes these fields.

    `keep_fields()` describes the paths.

    Raises:
        ConfigurationError: a path is empty, or contains a field that identifies the object.

    Example:
        informer = Informer(pods, transform=drop_fields("spec.containers.env", "spec.volumes", "status.conditions"))
    """
    return _DropFields(paths)


def _names(path: FieldPath, function: str) -> tuple[str, ...]:
    names = tuple(path.split(".")) if isinstance(path, str) else tuple(path)
    if not names or not all(names):
        raise ConfigurationError(
            f'{path!r} is not a path of a field, such as "spec.nodeName" or ("metadata", "annotations", "a.com/b")',
            field=f"{function}()",
        )
    return names


def _tree(paths: Sequence[Sequence[str]]) -> _Tree:
    """Return the paths as nested dicts. A path ends all longer paths that start with it."""
    root: _Tree = {}
    for path in sorted(paths, key=len):
        tree = root
        for name in path:
            if tree.get(name) == {}:
                break
            tree = tree.setdefault(name, {})
    return root


def _keep(raw: msgspec.Raw, tree: _Tree) -> object:
    if tree and _is_array(raw):
        return [_keep(item, tree) for item in _ARRAY.decode(raw)]
    if not tree or not _is_object(raw):
        return raw
    fields = _OBJECT.decode(raw)
    return {name: _keep(fields[name], below) for name, below in tree.items() if name in fields}


def _drop(raw: msgspec.Raw, tree: _Tree) -> object:
    if _is_array(raw):
        return [_drop(item, tree) for item in _ARRAY.decode(raw)]
    if not _is_object(raw):
        return raw
    fields = _OBJECT.decode(raw)
    return {
        name: _drop(value, tree[name]) if name in tree else value
        for name, value in fields.items()
        if tree.get(name) != {}
    }


def _is_object(raw: msgspec.Raw) -> bool:
    return memoryview(raw)[0] == ord("{")


def _is_array(raw: msgspec.Raw) -> bool:
    return memoryview(raw)[0] == ord("[")
