"""One object of a manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Document:
    """An object of a manifest as JSON, and its place.

    `source` is the path of the file, or None for text. `number` is the number of the document in its source, and `line`
    the line in which it begins; both start at 1, and are 0 for an object that is not from a text. The items of a List
    have the place of the list.
    """

    value: dict[str, Any] = field(repr=False)  # it can be a Secret
    source: str | None = None
    number: int = 0
    line: int = 0

    @property
    def api_version(self) -> str:
        """The group and version, such as `apps/v1`."""
        api_version: str = self.value["apiVersion"]
        return api_version

    @property
    def kind(self) -> str:
        """The kind, such as `Deployment`."""
        kind: str = self.value["kind"]
        return kind

    @property
    def name(self) -> str | None:
        """The name of the object; None if the server generates it."""
        return self._metadata.get("name") or None

    @property
    def namespace(self) -> str | None:
        """The namespace in the metadata, if the document has one."""
        return self._metadata.get("namespace") or None

    @property
    def _metadata(self) -> dict[str, Any]:
        return self.value.get("metadata") or {}

    def __str__(self) -> str:
        name = "/".join(part for part in (self.namespace, self.name) if part)
        where = place(self.source, self.number, self.line)
        return f"{self.kind} {name}".rstrip() + (f" ({where})" if where else "")


def place(source: str | None, number: int | None, line: int | None) -> str:
    """Return the text of a place, such as `web.yaml, document 2, line 14`."""
    parts = (source, number and f"document {number}", line and f"line {line}")
    return ", ".join(part for part in parts if part)
