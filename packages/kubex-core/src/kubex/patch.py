"""The types of patch that the Kubernetes API supports.

See https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from pydantic import BaseModel

from kubex.core._encode import encode
from kubex.core._error_handling import hide_arguments

__all__ = ["ApplyPatch", "JsonPatch", "MergePatch", "Patch", "StrategicMergePatch"]


@dataclass(frozen=True, slots=True)
class _FieldsPatch:
    body: Mapping[str, Any] | BaseModel = field(repr=False)

    def encode(self) -> bytes:
        """Return the JSON body. A model contributes the fields that were set, including those that are None."""
        return encode(self.body, partial=True)


@dataclass(frozen=True, slots=True)
class MergePatch(_FieldsPatch):
    """A JSON merge patch (RFC 7386). `None` deletes a key, and a list is replaced completely.

    The body is a dict, or a model of which the patch contains the fields that were set.

    Example:
        await config_maps.patch("settings", MergePatch({"data": {"color": "red", "size": None}}))
    """

    content_type: ClassVar[str] = "application/merge-patch+json"


@dataclass(frozen=True, slots=True)
class StrategicMergePatch(_FieldsPatch):
    """A merge patch that merges lists by the key of their items. Servers support it only for built-in kinds.

    Example:
        template = {"spec": {"containers": [{"name": "app", "image": "app:2"}]}}
        await deployments.patch("web", StrategicMergePatch({"spec": {"template": template}}))
    """

    content_type: ClassVar[str] = "application/strategic-merge-patch+json"


@dataclass(frozen=True, slots=True)
class JsonPatch:
    """A list of operations (RFC 6902).

    Example:
        operations = [{"op": "replace", "path": "/data/color", "value": "red"}]
        await config_maps.patch("settings", JsonPatch(operations))
    """

    content_type: ClassVar[str] = "application/json-patch+json"
    operations: Sequence[Mapping[str, Any]] = field(repr=False)

    def encode(self) -> bytes:
        """Return the JSON body."""
        return encode(list(self.operations))


@hide_arguments
@dataclass(frozen=True, slots=True)
class ApplyPatch:
    """A server-side apply of plain values: the fields that a field manager sets. `Api.apply()` takes a complete object.

    Kubex adds `apiVersion`, `kind` and `metadata.name` if they are missing.

    Example:
        await config_maps.patch("settings", ApplyPatch({"data": {"language": "en"}}), field_manager="painter")
    """

    content_type: ClassVar[str] = "application/apply-patch+yaml"
    body: Mapping[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.body, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"ApplyPatch takes plain values, such as a dict, not {type(self.body).__name__}; apply a complete "
                "object with Api.apply(object)"
            )

    def encode(self) -> bytes:
        """Return the JSON body, which is YAML too."""
        return encode(self.body)


Patch: TypeAlias = MergePatch | StrategicMergePatch | JsonPatch | ApplyPatch
"""The argument `patch` of `Api.patch()`."""
