"""The kinds of patch that the Kubernetes API takes.

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
        """Return the JSON body; of a model only the fields that were set, `None` included."""
        return encode(self.body, partial=True)


@dataclass(frozen=True, slots=True)
class MergePatch(_FieldsPatch):
    """A JSON merge patch (RFC 7386): `None` in a dict deletes the key; a model patches what it was given."""

    content_type: ClassVar[str] = "application/merge-patch+json"


@dataclass(frozen=True, slots=True)
class StrategicMergePatch(_FieldsPatch):
    """A merge patch that merges lists by key; for built-in kinds only."""

    content_type: ClassVar[str] = "application/strategic-merge-patch+json"


@dataclass(frozen=True, slots=True)
class JsonPatch:
    """A list of operations (RFC 6902), such as `{"op": "replace", "path": "/data/key", "value": "v"}`."""

    content_type: ClassVar[str] = "application/json-patch+json"
    operations: Sequence[Mapping[str, Any]] = field(repr=False)

    def encode(self) -> bytes:
        """Return the JSON body."""
        return encode(list(self.operations))


@hide_arguments
@dataclass(frozen=True, slots=True)
class ApplyPatch:
    """The fields that one manager wants, as plain values (server-side apply); for a whole object there is `Api.apply`.

    `apiVersion`, `kind` and `metadata.name` are filled in where they are missing.
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
"""What `Api.patch` takes."""
