"""The types of patch that the Kubernetes API supports.

See https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from pydantic import BaseModel

from kubex.core._encode import encode, to_plain
from kubex.core._error_handling import hide_arguments
from kubex.core._json_pointer import Pointer, checked_pointer

__all__ = ["ApplyPatch", "JsonPatch", "MergePatch", "Patch", "Pointer", "StrategicMergePatch"]


@dataclass(frozen=True, slots=True)
class _FieldsPatch:
    body: Mapping[str, Any] | BaseModel = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.body, Mapping | BaseModel):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"{type(self).__name__} takes a dict or a model with the fields to change, not "
                f"{type(self.body).__name__}; a list of operations is a JsonPatch"
            )

    def encode(self) -> bytes:
        """Return the JSON body. A model contributes the fields that were set, including those that are None."""
        return encode(self.body, partial=True)


@hide_arguments
@dataclass(frozen=True, slots=True)
class MergePatch(_FieldsPatch):
    """A JSON merge patch (RFC 7386). `None` deletes a key, and a list is replaced completely.

    The body is a dict, or a model of which the patch contains the fields that were set.

    Example:
        await config_maps.patch("settings", MergePatch({"data": {"color": "red", "size": None}}))
    """

    content_type: ClassVar[str] = "application/merge-patch+json"


@hide_arguments
@dataclass(frozen=True, slots=True)
class StrategicMergePatch(_FieldsPatch):
    """A merge patch that merges lists by the key of their items. Servers support it only for built-in kinds.

    Example:
        template = {"spec": {"containers": [{"name": "app", "image": "app:2"}]}}
        await deployments.patch("web", StrategicMergePatch({"spec": {"template": template}}))
    """

    content_type: ClassVar[str] = "application/strategic-merge-patch+json"


@hide_arguments
@dataclass(frozen=True, slots=True)
class JsonPatch:
    """A JSON patch (RFC 6902): operations that the server applies in order. If one of them fails, it changes nothing.

    Pass a list of operations, or start with `JsonPatch()`. Each method returns a new patch with one more operation. A
    path is a `Pointer`, or a string such as `/data/color`; the methods raise ConfigurationError for other strings.
    A value is a plain value or a model. See https://www.rfc-editor.org/rfc/rfc6902.

    Example:
        patch = JsonPatch().test("/data/color", "blue").replace("/data/color", "red")
        await config_maps.patch("settings", patch)
    """

    content_type: ClassVar[str] = "application/json-patch+json"
    operations: Sequence[Mapping[str, Any]] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.operations, str | bytes | Mapping | BaseModel):
            raise TypeError(
                f"JsonPatch takes a list of operations, not {type(self.operations).__name__}; pass the fields to "
                "change to MergePatch"
            )
        object.__setattr__(self, "operations", tuple(self.operations))

    def add(self, path: str, value: object) -> JsonPatch:
        """Add a key, or replace its value. In a list, insert an item before a position; `-` is the end of the list.

        The object or list that contains the new value must exist.
        """
        return self._with("add", path, value=to_plain(value))

    def remove(self, path: str) -> JsonPatch:
        """Remove a key or an item of a list, which must exist."""
        return self._with("remove", path)

    def replace(self, path: str, value: object) -> JsonPatch:
        """Replace a value. The object or list that contains it must exist."""
        return self._with("replace", path, value=to_plain(value))

    def test(self, path: str, value: object) -> JsonPatch:
        """Reject the patch if a value is different: the call raises Invalid, and the server changes nothing."""
        return self._with("test", path, value=to_plain(value))

    def move(self, path: str, *, from_: str) -> JsonPatch:
        """Remove the value at `from_`, which must exist, and add it at `path`."""
        return self._with("move", path, **{"from": checked_pointer(from_, "from_")})

    def copy(self, path: str, *, from_: str) -> JsonPatch:
        """Add the value at `from_`, which must exist, at `path`, too."""
        return self._with("copy", path, **{"from": checked_pointer(from_, "from_")})

    @staticmethod
    def between(before: object, after: object) -> JsonPatch:
        """Return the patch that changes `before` into `after`, which are objects or JSON values.

        The patch contains the keys that differ. A list that differs is replaced completely. Of the metadata of objects,
        `uid`, `resourceVersion`, `generation`, `creationTimestamp` and `managedFields` are ignored. Servers accept
        10,000 operations; if there are more differences, the maps that contain most of them are replaced completely. If
        nothing differs, `operations` of the patch is empty.

        `before` is the object as it was read. If the server has another value now, the patch replaces it, too. To get
        a Conflict instead, add `.replace("/metadata/resourceVersion", before.metadata.resource_version)`.

        Example:
            before = await config_maps.get("settings")
            after = before.model_copy(deep=True)
            after.data = {"color": "red"}
            await config_maps.patch("settings", JsonPatch.between(before, after))
        """
        from kubex.core._json_difference import difference

        return JsonPatch(difference(before, after))

    def encode(self) -> bytes:
        """Return the JSON body."""
        return encode(list(self.operations))

    def _with(self, op: str, path: str, **members: object) -> JsonPatch:
        operation = {"op": op, "path": checked_pointer(path, "path"), **members}
        return JsonPatch((*self.operations, operation))


@hide_arguments
@dataclass(frozen=True, slots=True)
class ApplyPatch:
    """A server-side apply of the fields that a field manager sets. `Api.apply()` takes a complete object.

    The body is a dict or a model, of which None and `managedFields` are not sent. Kubex adds `apiVersion`, `kind` and
    `metadata.name` if they are missing.

    Example:
        await config_maps.patch("settings", ApplyPatch({"data": {"language": "en"}}), field_manager="painter")
    """

    content_type: ClassVar[str] = "application/apply-patch+yaml"
    body: Mapping[str, Any] | BaseModel = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.body, Mapping | BaseModel):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"ApplyPatch takes a dict or a model with the fields to apply, not {type(self.body).__name__}"
            )

    def encode(self) -> bytes:
        """Return the JSON body, which is YAML too."""
        return encode(self.body)


Patch: TypeAlias = MergePatch | StrategicMergePatch | JsonPatch | ApplyPatch
"""The argument `patch` of `Api.patch()`."""
