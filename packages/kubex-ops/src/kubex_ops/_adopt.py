"""`adopt()` and `remove()`: begin and end an apply set without an apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubex.client import Client
from kubex.core.params import TimeoutTypes
from kubex.discovery import Discovery
from kubex.errors import Conflict
from kubex.manifests import Document
from kubex.models import Resource
from kubex.patch import JsonPatch, Pointer
from kubex_ops._apply_set_parent import ApplySetParent
from kubex_ops._concurrency import run_concurrently
from kubex_ops._members import Members
from kubex_ops._plan.apply_sets import FIELD_MANAGER, PART_OF, ApplySet, Contents, check_member, key_of
from kubex_ops._plan.json_values import map_at
from kubex_ops._prepare import Item, prepare
from kubex_ops._report import Report, Result
from kubex_ops._requests import ObjectRequests
from kubex_ops.errors import ApplySetError, OperationError

_ATTEMPTS = 5


async def adopt(
    client: Client,
    apply_set: ApplySet,
    objects: Iterable[Document | Resource | Mapping[str, Any]],
    *,
    namespace: str | None = None,
    dry_run: bool = False,
    concurrency: int = 8,
    discovery: Discovery | None = None,
    request_timeout: TimeoutTypes = ...,
) -> Report:
    """Make existing objects members of an apply set, without other changes. The set is created if it does not exist.

    Then an `apply()` with the set prunes those that are not in its documents. You need this only for objects that are
    no longer in the documents: `apply()` itself adds all objects that it applies.

    Args:
        client: the client that sends the requests.
        apply_set: the set.
        objects: what identifies the objects: documents, objects or JSON. Other fields are ignored.
        namespace: the namespace of objects that do not have one.
        dry_run: the server checks the changes, but does not store them.
        concurrency: the maximum number of requests at a time.
        discovery: the kinds of the server, if you already have them.
        request_timeout: the time limit of each request.

    Returns:
        A report in which each object is `configured`, or `unchanged` if it was a member.

    Raises:
        ApplySetError: the set belongs to another tool, or an object does not exist or belongs to another set. Nothing
            is changed.

    Example:
        old = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}]
        await adopt(client, ApplySet("shop"), old)
    """
    requests = ObjectRequests(client, request_timeout)
    apply_set = apply_set.with_namespace(namespace, client.configuration.namespace)
    discovery = discovery if discovery is not None else Discovery(client)
    items = await prepare(requests, discovery, objects, namespace, same_content=False)
    parent = ApplySetParent(requests, apply_set)
    await parent.read()
    label = _Label(requests, apply_set, dry_run=dry_run)
    await run_concurrently(concurrency, label.read, items)
    await parent.extend(Contents.of(item.body for item in items), dry_run=dry_run)
    return Report(tuple(await run_concurrently(concurrency, label.add, items)))


class _Label:
    """Adds the label of a set to objects."""

    def __init__(self, requests: ObjectRequests, apply_set: ApplySet, *, dry_run: bool) -> None:
        self._requests = requests
        self._apply_set = apply_set
        self._query = {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}

    async def read(self, item: Item) -> dict[str, Any]:
        """Return the metadata of an object; raise ApplySetError if it cannot become a member."""
        if item.error is not None:
            raise item.error
        stored = None if item.path is None else await self._requests.get(item.path, metadata_only=True)
        if stored is None:
            raise ApplySetError(
                self._apply_set, f"{item.document} does not exist: use apply() to create it as a part of the set"
            )
        check_member(self._apply_set, map_at(stored, "metadata", "labels"), str(item.document))
        return map_at(stored, "metadata")

    async def add(self, item: Item) -> Result:
        """Add the label to an object. The revision that was read is sent, so that no other label is overwritten."""
        for attempt in range(1, _ATTEMPTS + 1):
            metadata = await self.read(item)
            labels = metadata.get("labels")
            if PART_OF in (labels or {}):
                return Result(item.document, "unchanged")
            patch = JsonPatch().replace("/metadata/resourceVersion", metadata["resourceVersion"])
            patch = patch if labels else patch.add("/metadata/labels", {})
            patch = patch.add(Pointer("metadata", "labels", PART_OF), self._apply_set.id)
            try:
                changed = await self._requests.json_patch(item.path or "", patch.operations, self._query)
            except Conflict:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return Result(item.document, "configured", changed)
        raise AssertionError  # the loop returns or raises


async def remove(
    client: Client,
    apply_set: ApplySet,
    *,
    dry_run: bool = False,
    concurrency: int = 8,
    discovery: Discovery | None = None,
    request_timeout: TimeoutTypes = ...,
) -> Report:
    """Delete all objects of an apply set, and then its parent object.

    The order of deletion is that of pruning. If a deletion fails, the parent object stays, so you can call it again.

    Args:
        client: the client that sends the requests.
        apply_set: the set.
        dry_run: the server checks the deletions, but does not delete anything.
        concurrency: the maximum number of requests at a time.
        discovery: the kinds of the server, if you already have them.
        request_timeout: the time limit of each request.

    Returns:
        A report in which each object is `deleted`, or `missing` if it did not exist. The last result is the parent.

    Raises:
        ApplySetError: the set belongs to another tool. Nothing is deleted.
        OperationError: an object could not be deleted; `report` of the error has all results.

    Example:
        report = await remove(client, ApplySet("shop"))
        print(report)
    """
    requests = ObjectRequests(client, request_timeout)
    apply_set = apply_set.with_namespace(client.configuration.namespace)
    parent = ApplySetParent(requests, apply_set)
    stored = await parent.read()
    if stored is None:
        return Report((Result(parent.document, "missing"),))
    discovery = discovery if discovery is not None else Discovery(client)
    members = Members(requests, discovery, apply_set, concurrency=concurrency, dry_run=dry_run)
    found = [member for member in await members.find(stored.contents) if member.key != key_of(parent.document.value)]
    results = await members.delete(found, "deleted")
    report = Report(tuple(results))
    if report.failures:
        raise OperationError(report) from report.failures[0].error
    await parent.delete(stored.uid, dry_run=dry_run)
    return Report((*results, Result(parent.document, "deleted")))
