"""Helpers for tests of informers: run one, consume its changes, and responses with many objects."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import anyio

from kubex.models import Resource
from kubex_runtime import Added, Change, Changes, Deleted, Informer, Key, Synced
from kubex_testing.embedded import Answer

T = TypeVar("T", bound=Resource)

TIMEOUT = 20.0
"""Maximum time in seconds that a test waits for a change."""

JSON = (("Content-Type", "application/json"),)


@asynccontextmanager
async def running(*informers: Informer[T]) -> AsyncIterator[None]:
    """Run informers, and wait until they are synced."""
    async with anyio.create_task_group() as tasks:
        with anyio.fail_after(TIMEOUT):
            for informer in informers:
                await tasks.start(informer.run)
        yield
        tasks.cancel_scope.cancel()


async def next_changes(changes: Changes[T], count: int) -> list[Change[T]]:
    """Return the next changes."""
    with anyio.fail_after(TIMEOUT):
        return [await changes.__anext__() for _ in range(count)]


class Fold(Generic[T]):
    """The objects that result from the changes of a consumer. It checks that each change fits to those before."""

    def __init__(self) -> None:
        self.objects: dict[Key, T] = {}
        self.synced = 0
        self.count = 0

    def apply(self, change: Change[T]) -> None:
        """Apply a change."""
        self.count += 1
        if isinstance(change, Synced):
            self.synced += 1
            return
        metadata = change.object.metadata
        assert metadata.name is not None
        key = Key(metadata.namespace, metadata.name)
        known = self.objects.get(key)
        if isinstance(change, Added):
            assert known is None, f"{key} was added twice"
            self.objects[key] = change.object
            return
        assert known is not None, f"{key} was not added"
        assert known.metadata.uid == metadata.uid
        if isinstance(change, Deleted):
            del self.objects[key]
        else:
            assert change.old == known
            assert int(known.metadata.resource_version or 0) < int(metadata.resource_version or 0)
            self.objects[key] = change.object

    async def apply_until(self, changes: Changes[T], versions: dict[Key, str | None]) -> None:
        """Apply changes until the objects have these resource versions."""
        with anyio.fail_after(TIMEOUT):
            while not self.synced or self.versions != versions:
                self.apply(await changes.__anext__())

    @property
    def versions(self) -> dict[Key, str | None]:
        """The resource versions of the objects."""
        return {key: obj.metadata.resource_version for key, obj in self.objects.items()}


def versions_of(informer: Informer[T]) -> dict[Key, str | None]:
    """Return the resource versions of the objects of an informer."""
    versions: dict[Key, str | None] = {}
    for obj in informer.objects():
        assert obj.metadata.name is not None
        versions[Key(obj.metadata.namespace, obj.metadata.name)] = obj.metadata.resource_version
    return versions


def document(name: str, version: int, **fields: Any) -> dict[str, Any]:
    """Return a ConfigMap as a server sends it."""
    metadata = {"name": name, "namespace": "default", "uid": f"uid-{name}", "resourceVersion": str(version)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **fields}


def list_of(documents: Iterable[dict[str, Any]], version: int) -> Answer:
    """Return a response to a list."""
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMapList",
        "metadata": {"resourceVersion": str(version)},
        "items": list(documents),
    }
    return Answer(200, json.dumps(body).encode(), JSON)


def watch_of(events: Iterable[tuple[str, dict[str, Any]]]) -> Answer:
    """Return a response to a watch, which ends after these events."""
    lines = [json.dumps({"type": kind, "object": obj}) for kind, obj in events]
    return Answer(200, "\n".join(lines).encode() + b"\n", JSON)
