"""What happened to each object of a set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from kubex.manifests import Document

Outcome: TypeAlias = Literal["created", "configured", "unchanged", "failed", "skipped", "pruned", "deleted", "missing"]
"""What happened to an object.

`created`, `configured` and `unchanged` are the outcomes of `apply()`; `deleted` and `missing`, which did not exist,
those of `delete()`. `failed` has an error. `skipped` was not tried, because objects before it have failed. `pruned` was
deleted because it is no longer in the set.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What happened to one object of a set.

    `object` is the object as the server returned it, as JSON, or None if the server did not return it. `error` is the
    exception of a failed object. In a dry run, `checked` is False if the server could not check the object, because the
    same set creates its namespace or its CustomResourceDefinition.
    """

    document: Document
    outcome: Outcome
    object: dict[str, Any] | None = field(default=None, repr=False)
    error: Exception | None = None
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """The results of all objects of a set, in the order of the set."""

    results: tuple[Result, ...]

    @property
    def failures(self) -> list[Result]:
        """The results of the objects that failed."""
        return [result for result in self.results if result.outcome == "failed"]

    @property
    def counts(self) -> dict[Outcome, int]:
        """The number of objects with each outcome, without outcomes that did not occur."""
        return dict(Counter(result.outcome for result in self.results))

    def __str__(self) -> str:
        return ", ".join(f"{count} {outcome}" for outcome, count in self.counts.items()) or "no objects"
