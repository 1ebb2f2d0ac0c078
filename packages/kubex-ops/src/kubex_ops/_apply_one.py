"""Apply one object."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from kubex.core.params import FieldValidationTypes
from kubex.errors import ApiWarning, Forbidden, KubexError
from kubex_ops._migration import migrate
from kubex_ops._plan.apply_sets import ApplySet
from kubex_ops._prepare import Item
from kubex_ops._report import Outcome, Result
from kubex_ops._requests import Applied, ObjectRequests


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions:
    """The options of each server-side apply."""

    field_manager: str
    force: bool = False
    field_validation: FieldValidationTypes = "Strict"
    dry_run: bool = False
    migrate_from: Collection[str] | None = None
    apply_set: ApplySet | None = None

    def query(self) -> dict[str, str | bool | None]:
        """Return the query parameters."""
        return {
            "fieldManager": self.field_manager,
            "fieldValidation": str(self.field_validation),
            "force": self.force or None,
            "dryRun": "All" if self.dry_run else None,
        }


async def apply_one(requests: ObjectRequests, item: Item, body: dict[str, Any], options: ApplyOptions) -> Result:
    """Apply an object, and return what happened. Errors of requests are part of the result."""
    if item.path is None:
        return Result(item.document, "failed", error=item.error)
    try:
        before = await _before(requests, item.path, options)
        applied = await _apply(requests, item.path, body, options)
    except (KubexError, ApiWarning) as error:
        return Result(item.document, "failed", error=error)
    return Result(item.document, _outcome(before, applied, options), applied.object)


async def _before(requests: ObjectRequests, path: str, options: ApplyOptions) -> dict[str, Any] | None:
    """Return the object before the apply, or what identifies its version."""
    try:
        return await requests.get(path, metadata_only=not options.dry_run)
    except Forbidden:  # the permission to apply does not include the permission to read
        return None


async def _apply(requests: ObjectRequests, path: str, body: dict[str, Any], options: ApplyOptions) -> Applied:
    applied = await requests.apply(path, body, options.query())
    if options.dry_run or not await migrate(
        requests, path, applied.object, field_manager=options.field_manager, migrate_from=options.migrate_from
    ):
        return applied
    return await requests.apply(path, body, options.query())


def _outcome(before: dict[str, Any] | None, applied: Applied, options: ApplyOptions) -> Outcome:
    if applied.created:
        return "created"
    if before is None:
        return "configured"
    if options.dry_run:  # it does not change the resource version
        is_same = before == applied.object
    else:
        is_same = before["metadata"].get("resourceVersion") == applied.object["metadata"].get("resourceVersion")
    return "unchanged" if is_same or _sets_nothing(before, applied.object, options.field_manager) else "configured"


def _sets_nothing(before: dict[str, Any], after: dict[str, Any], field_manager: str) -> bool:
    """Return whether the manager does not own a field, before and after: of a Namespace that only has a name.

    The first apply to such an object changes its version, because the server adds an entry `before-first-apply`.
    """
    entries = [*(before["metadata"].get("managedFields") or ()), *(after["metadata"].get("managedFields") or ())]
    return not any(entry.get("manager") == field_manager and entry.get("operation") == "Apply" for entry in entries)
