"""The steps of an apply with a set: before the first write, and after all documents are applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import Self

from kubex.discovery import Discovery
from kubex.errors import KubexError
from kubex_ops._apply_set_parent import ApplySetParent, Stored
from kubex_ops._concurrency import run_concurrently
from kubex_ops._members import Member, Members
from kubex_ops._plan.apply_sets import PART_OF, ApplySet, Contents, GroupKind, Key, check_member, key_of
from kubex_ops._plan.json_values import map_at
from kubex_ops._prepare import Item
from kubex_ops._report import Result
from kubex_ops._requests import ObjectRequests
from kubex_ops.errors import ApplySetError

_NAMESPACE = GroupKind("", "Namespace")
_DEFINITION = GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")


class ApplySetRun:
    """One apply with a set.

    `start()` adds the kinds and namespaces of the documents to the lists of the set before anything else is written.
    `finish()` deletes the objects that are no longer in the set, and then replaces the lists. So if the program stops
    in between, the lists contain all objects, and the next apply deletes those that are left.
    """

    def __init__(
        self, parent: ApplySetParent, members: Members, old: Contents, stored: Stored, *, dry_run: bool
    ) -> None:
        self._parent = parent
        self._members = members
        self._old = old
        self._stored = stored
        self._dry_run = dry_run

    @classmethod
    async def start(
        cls,
        requests: ObjectRequests,
        discovery: Discovery,
        apply_set: ApplySet,
        items: Sequence[Item],
        *,
        concurrency: int,
        dry_run: bool = False,
    ) -> Self:
        """Check the set and its objects, and extend its lists.

        Raises ApplySetError if the set belongs to another tool, or an object to another set. Nothing is written then.
        """
        parent = ApplySetParent(requests, apply_set)
        await parent.read()
        await run_concurrently(concurrency, lambda item: _check(requests, apply_set, item), items)
        old, stored = await parent.extend(Contents.of(item.body for item in items), dry_run=dry_run)
        members = Members(requests, discovery, apply_set, concurrency=concurrency, dry_run=dry_run)
        return cls(parent, members, old, stored, dry_run=dry_run)

    async def finish(self, applied: Sequence[Mapping[str, Any]]) -> list[Result]:
        """Delete the objects that are not in `applied`, and replace the lists; return a result for each deletion.

        `applied` are the objects as the server returned them. If something fails, the lists are not replaced, and the
        last result has the error.
        """
        results: list[Result] = []
        try:
            results += await self._members.delete(await self.unwanted(applied), "pruned")
            if not self._dry_run and not any(result.error for result in results):
                await self._parent.replace(Contents.of(applied), self._stored)
        except KubexError as error:
            results.append(Result(self._parent.document, "failed", error=error))
        return results

    async def unwanted(self, applied: Sequence[Mapping[str, Any]]) -> list[Member]:
        """Return the objects of the set that are not in `applied`, in the order of deletion."""
        uids = {item["metadata"].get("uid") for item in applied}
        # An object that was deleted and created again after it was applied has another uid, but is still wanted.
        keys = {*map(key_of, applied), key_of(self._parent.document.value)}
        members = await self._members.find(self._old)
        unwanted = [member for member in members if member.uid not in uids and member.key not in keys]
        await self._check_dependents(unwanted, applied)
        return unwanted

    async def _check_dependents(self, unwanted: list[Member], applied: Sequence[Mapping[str, Any]]) -> None:
        """Raise ApplySetError if a deletion would also delete objects that were applied, or the parent."""
        dependents = self._dependents(applied, await self._members.plurals() if unwanted else {})
        for member in unwanted:
            if member.key in dependents:
                raise ApplySetError(
                    self._parent.apply_set,
                    f"{member.document} is not in the documents, but its deletion would also delete "
                    f"{dependents[member.key]}: add it to the documents, or remove its label {PART_OF}",
                )

    def _dependents(self, applied: Sequence[Mapping[str, Any]], plurals: Mapping[GroupKind, str]) -> dict[Key, str]:
        """Return the Namespaces and definitions that must stay, each with an object that needs it."""
        needed: dict[Key, str] = {}
        for item in (self._parent.document.value, *applied):
            kind, namespace, name = key_of(item)
            description = f"{kind} {f'{namespace}/' if namespace else ''}{name}"
            needed[_NAMESPACE, None, namespace or ""] = description
            needed[_DEFINITION, None, plurals.get(kind, "")] = description
        return needed


async def _check(requests: ObjectRequests, apply_set: ApplySet, item: Item) -> None:
    check_member(apply_set, map_at(item.body, "metadata", "labels"), f"the document {item.document}")
    stored = None if item.path is None else await requests.get(item.path, metadata_only=True)
    check_member(apply_set, map_at(stored, "metadata", "labels"), str(item.document))
