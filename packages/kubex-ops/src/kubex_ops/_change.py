"""`Change`: the difference between an object and the result of an apply."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any, cast

from kubex.errors import ApiError
from kubex.manifests import Document, dump
from kubex.patch import JsonPatch
from kubex_ops._report import Outcome, Result


@dataclass(frozen=True, slots=True)
class Change:
    """What `apply()` would change in one object.

    `before` is the object on the server, and `after` the object after an apply, as JSON. `before` is None if the object
    does not exist, and `after` is None if it would be pruned. Both are without `managedFields`, `resourceVersion` and
    `generation`. The values of Secrets are masked: the masks of a value that would change differ.

    `checked` is False if the server could not check the object. Then `after` is the document, if the same set creates
    the namespace or the CustomResourceDefinition of the object. Otherwise `error` is the reason, such as a webhook that
    does not support dry runs, and `after` equals `before`.
    """

    document: Document
    before: dict[str, Any] | None = field(repr=False)
    after: dict[str, Any] | None = field(repr=False)
    checked: bool = True
    error: ApiError | None = None

    @property
    def outcome(self) -> Outcome:
        """What would happen: `created`, `configured`, `unchanged` or `pruned`; `failed` if there is an `error`."""
        if self.error is not None:
            return "failed"
        if self.after is None:
            return "pruned"
        if self.before is None:
            return "created"
        return "unchanged" if self.before == self.after else "configured"

    @property
    def result(self) -> Result:
        """What would happen, as in the report of `apply()`."""
        return Result(self.document, self.outcome, error=self.error, checked=self.checked)

    @property
    def patch(self) -> JsonPatch:
        """The difference as a JSON patch, for programs that examine it. The values of Secrets are masked in it, too."""
        return JsonPatch.between(self.before, self.after)

    def text(self) -> str:
        """Return the difference as a unified diff of YAML; it is empty if nothing would change.

        Example:
            documents = load("{apiVersion: v1, kind: ConfigMap, metadata: {name: colors}, data: {sky: blue}}")
            for change in await diff(client, documents, field_manager="painter"):
                print(change.text(), end="")
        """
        if self.error is not None:
            return f"# {self.document}: not checked: {self.error}\n"
        name = f"{self.document}" if self.checked else f"{self.document} (not checked)"
        lines = difflib.unified_diff(_lines(self.before), _lines(self.after), f"live/{name}", f"applied/{name}")
        return "".join(lines)


def _lines(document: dict[str, Any] | None) -> list[str]:
    return (
        []
        if document is None
        else dump([cast("dict[str, Any]", _sorted(document))], full=True).splitlines(keepends=True)
    )


def _sorted(value: object) -> object:
    """Sort the keys, as kubectl does: servers do not promise an order."""
    if isinstance(value, dict):
        document = cast("dict[str, object]", value)
        return {key: _sorted(document[key]) for key in sorted(document)}
    return list(map(_sorted, cast("list[object]", value))) if isinstance(value, list) else value
