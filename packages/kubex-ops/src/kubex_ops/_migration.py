"""The migration of an object from client-side apply to server-side apply."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kubex.errors import Conflict
from kubex.patch import JsonPatch
from kubex_ops._plan.json_values import entries_of, map_at
from kubex_ops._plan.managed_fields import LAST_APPLIED, last_applied_owners, migrated_entries
from kubex_ops._requests import ObjectRequests

_ATTEMPTS = 5

# kubectl keeps the annotation of client-side apply, so that its users can return to client-side apply.
_KUBECTL = "kubectl"
_KEEPS_ANNOTATION = "kubectl-last-applied"


async def migrate(
    requests: ObjectRequests,
    path: str,
    applied: dict[str, Any],
    *,
    field_manager: str,
    migrate_from: Collection[str] | None = None,
) -> bool:
    """Give the fields of client-side apply to the field manager of a server-side apply; return whether this changed.

    Without it, fields that are removed from a document stay in the object, because another manager has them. So apply
    the document again after a migration. `applied` is the response to the apply. `migrate_from` are the names of the
    managers; None means those that own the annotation of client-side apply, as for kubectl.
    """
    entries = entries_of(applied)
    names = last_applied_owners(entries, "Update") if migrate_from is None else migrate_from
    if not any(entry.get("operation") == "Update" and entry.get("manager") in names for entry in entries):
        return False
    current: dict[str, Any] | None = await _keep_annotation(requests, path, applied, field_manager)
    for attempt in range(1, _ATTEMPTS + 1):
        changed = migrated_entries(entries_of(current), names, field_manager)
        if changed is None:
            return False
        revision = map_at(current, "metadata").get("resourceVersion")
        # If the object has another revision, a replace is rejected with 409, and a test with the 422 of other errors.
        patch = JsonPatch().replace("/metadata/managedFields", changed).replace("/metadata/resourceVersion", revision)
        try:
            await requests.json_patch(path, patch.operations, {"fieldManager": field_manager})
        except Conflict:
            if attempt == _ATTEMPTS:
                raise
            current = await requests.get(path)
        else:
            return True
    return False


async def _keep_annotation(
    requests: ObjectRequests, path: str, applied: dict[str, Any], field_manager: str
) -> dict[str, Any]:
    """Apply the annotation of client-side apply with a separate manager if the field manager is that of kubectl."""
    annotation = map_at(applied, "metadata", "annotations").get(LAST_APPLIED)
    if field_manager != _KUBECTL or annotation is None or last_applied_owners(entries_of(applied), "Apply"):
        return applied
    metadata: dict[str, Any] = {"name": applied["metadata"]["name"], "annotations": {LAST_APPLIED: annotation}}
    body = {"apiVersion": applied["apiVersion"], "kind": applied["kind"], "metadata": metadata}
    return (await requests.apply(path, body, {"fieldManager": _KEEPS_ANNOTATION})).object
