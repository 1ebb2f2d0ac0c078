"""Finds and deletes the objects of an apply set."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from kubex.api import Api
from kubex.discovery import Discovery, KindInfo
from kubex.errors import ApiWarning, KubexError, NoSuchKind, NotFound
from kubex.manifests import Document
from kubex.models import NamespacedResource, ObjectMeta, Resource, api_resource
from kubex_ops._concurrency import run_concurrently
from kubex_ops._plan.apply_sets import PART_OF, ApplySet, Contents, GroupKind, Key, identity, key_of
from kubex_ops._plan.phases import Phase, phase_of
from kubex_ops._report import Outcome, Result
from kubex_ops._requests import ObjectRequests


@dataclass(frozen=True, slots=True)
class Member:
    """An object with the label of a set."""

    document: Document
    path: str
    uid: str

    @property
    def key(self) -> Key:
        """What identifies the object, also if it is deleted and created again."""
        return key_of(self.document.value)

    @property
    def rank(self) -> int:
        """The position in the order of deletion.

        Webhooks are first, because they could reject the other deletions. Cluster-scoped objects are after namespaced
        ones; Namespaces and CustomResourceDefinitions are last.
        """
        phase = phase_of(self.document)
        if phase in (Phase.HOOKS, Phase.FOUNDATION):
            return 0 if phase is Phase.HOOKS else 3
        return 1 if self.document.namespace is not None else 2


class Members:
    """The objects of an apply set on a server."""

    def __init__(
        self,
        requests: ObjectRequests,
        discovery: Discovery,
        apply_set: ApplySet,
        *,
        concurrency: int,
        dry_run: bool,
    ) -> None:
        self._requests = requests
        self._discovery = discovery
        self._apply_set = apply_set
        self._concurrency = concurrency
        self._dry_run = dry_run

    async def find(self, contents: Contents) -> list[Member]:
        """Return the objects of the set, in the order in which they are deleted.

        Kinds that the server no longer has are left out, because they have no objects.
        """
        collections = [
            (resource, namespace)
            for resource in await self._resources(contents.kinds)
            for namespace in (sorted(contents.namespaces) if issubclass(resource, NamespacedResource) else [None])
        ]
        lists = await run_concurrently(self._concurrency, self._list, collections)
        by_uid = {member.uid: member for members in lists for member in members}  # some kinds are in two groups
        return sorted(by_uid.values(), key=lambda member: member.rank)

    async def delete(self, members: Iterable[Member], outcome: Outcome) -> list[Result]:
        """Delete objects, in the order of `find()`. An object that was created again in the meantime stays."""
        by_rank: dict[int, list[Member]] = {}
        for member in members:
            by_rank.setdefault(member.rank, []).append(member)
        results: list[Result] = []
        for rank in sorted(by_rank):
            deleted = await run_concurrently(self._concurrency, self._delete, by_rank[rank])
            results += [
                replace(result, outcome=outcome) if result.outcome == "deleted" else result for result in deleted
            ]
        return results

    async def plurals(self) -> dict[GroupKind, str]:
        """Return the plural and the group of each kind, which are the name of its definition."""
        return {kind: info.group_resource for kind, info in (await self._infos()).items()}

    async def _infos(self) -> dict[GroupKind, KindInfo]:
        return {GroupKind(info.group, info.kind): info for info in await self._discovery.kinds(verb="list")}

    async def _resources(self, kinds: frozenset[GroupKind]) -> list[type[Resource]]:
        infos = await self._infos()
        if not infos.keys() >= kinds:
            await self._discovery.refresh()
            infos = await self._infos()
        for missing in sorted(kinds - infos.keys()):
            await self._check_is_unknown(missing)
        found = [infos[kind] for kind in sorted(kinds & infos.keys())]
        return [await self._discovery.kind(info.api_version, info.kind) for info in found]

    async def _check_is_unknown(self, kind: GroupKind) -> None:
        """Raise KindUnavailable if the server cannot read the kinds of the group now."""
        with suppress(NoSuchKind):
            await self._discovery.resource(str(kind))

    async def _list(self, collection: tuple[type[Resource], str | None]) -> list[Member]:
        resource, namespace = collection
        api = Api(resource, self._requests.client, namespace=namespace)
        try:
            items = await api.metadata.list(label_selector={PART_OF: self._apply_set.id})
        except NotFound:  # the definition of the kind was deleted in the meantime
            return []
        return [self._member(resource, item.metadata) for item in items]

    def _member(self, resource: type[Resource], metadata: ObjectMeta) -> Member:
        facts, namespace, name = api_resource(resource), metadata.namespace, metadata.name or ""
        document = identity(facts.api_version, facts.kind, namespace, name)
        return Member(document, self._requests.path(resource, namespace, name), metadata.uid or "")

    async def _delete(self, member: Member) -> Result:
        document = member.document
        try:
            deleted = await self._requests.delete(member.path, uid=member.uid, dry_run=self._dry_run)
        except NotFound:
            return Result(document, "missing")
        except (KubexError, ApiWarning) as error:
            return Result(document, "failed", error=error)
        return Result(document, "deleted", deleted)
