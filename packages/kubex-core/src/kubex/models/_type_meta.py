"""The `apiVersion` and `kind` of documents."""

from dataclasses import dataclass
from typing import Protocol


class HasTypeMeta(Protocol):
    """A class or an object with `api_version` and `kind`."""

    @property
    def api_version(self) -> str: ...
    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TypeMeta:
    """The `apiVersion` and `kind` of a document that has no `ApiResource`, such as `Scale`."""

    api_version: str
    kind: str
