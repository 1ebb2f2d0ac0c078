"""Reads and writes the parent object of an apply set."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from kubex import __version__
from kubex.errors import Conflict, NotFound
from kubex.models import dynamic_resource
from kubex_ops._plan.apply_sets import FIELD_MANAGER, ApplySet, Contents, contents_of, identity, parent_document
from kubex_ops._requests import ObjectRequests
from kubex_ops.errors import ApplySetError

_KINDS = {
    "Secret": dynamic_resource("v1", "Secret", plural="secrets"),
    "ConfigMap": dynamic_resource("v1", "ConfigMap", plural="configmaps"),
}
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Stored:
    """The parent object as it was read or written."""

    contents: Contents
    revision: str
    uid: str


class ApplySetParent:
    """The parent object of an apply set on a server. Only its metadata are read, because it can be a Secret."""

    def __init__(self, requests: ObjectRequests, apply_set: ApplySet) -> None:
        self.apply_set = apply_set
        self.path = requests.path(_KINDS[apply_set.parent], apply_set.namespace, apply_set.name)
        self.document = identity("v1", apply_set.parent, apply_set.namespace, apply_set.name)
        self._requests = requests

    async def read(self) -> Stored | None:
        """Return the stored lists, or None if the set does not exist; raise ApplySetError for another object."""
        parent = await self._requests.get(self.path, metadata_only=True)
        return None if parent is None else _stored(self.apply_set, parent)

    async def delete(self, uid: str, *, dry_run: bool = False) -> None:
        """Delete the parent object, which ends the set. It does nothing if the object no longer exists."""
        with suppress(NotFound):
            await self._requests.delete(self.path, uid=uid, dry_run=dry_run)

    async def extend(self, contents: Contents, *, dry_run: bool = False) -> tuple[Contents, Stored]:
        """Add kinds and namespaces to the lists. Return the lists before, and what was stored.

        Each write has the revision that was read, so that two programs cannot remove each other's additions.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            before = await self.read()
            old = Contents() if before is None else before.contents
            try:
                stored = await self._write(old | contents, None if before is None else before.revision, dry_run=dry_run)
            except Conflict:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return old, stored
        raise AssertionError  # the loop returns or raises

    async def replace(self, contents: Contents, expected: Stored) -> None:
        """Replace the lists; raise ApplySetError if another program has changed them since they were written."""
        try:
            await self._write(contents, expected.revision)
        except Conflict as error:
            now = await self.read()
            if now is None or now.uid != expected.uid or now.contents != expected.contents:
                raise ApplySetError(
                    self.apply_set, "another program has applied the set at the same time: apply it again"
                ) from error
            await self._write(contents, now.revision)

    async def _write(self, contents: Contents, revision: str | None, *, dry_run: bool = False) -> Stored:
        body = parent_document(self.apply_set, contents, __version__, revision)
        query: dict[str, str | bool | None] = {"fieldManager": FIELD_MANAGER, "force": True}
        if dry_run:
            query["dryRun"] = "All"
        try:
            applied = await self._requests.apply(self.path, body, query)
        except NotFound as error:
            raise ApplySetError(
                self.apply_set,
                f"the namespace {self.apply_set.namespace!r} does not exist: create it first, or pass another one",
            ) from error
        return _stored(self.apply_set, applied.object)


def _stored(apply_set: ApplySet, parent: dict[str, Any]) -> Stored:
    metadata = parent["metadata"]
    return Stored(contents_of(apply_set, parent), metadata.get("resourceVersion", ""), metadata["uid"])
