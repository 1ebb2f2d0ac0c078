"""What controllers do in a real cluster: definitions are accepted, deleted namespaces emptied, orphans collected."""

import asyncio
from collections.abc import Callable, Collection

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from ._cluster import Cluster
from ._crd import CRD_BUCKET, accept, established, resource_types
from ._deletes import CRD_FINALIZER, delete_object
from ._gc import GarbageCollector
from ._namespaces import NamespaceController
from ._options import DeleteOptions
from ._store import Event

Work = Callable[[str], None]


class Controllers:
    """Reacts to changes of the store, a moment later as controllers do."""

    def __init__(self, cluster: Cluster, enabled: Collection[str]) -> None:
        self._cluster = cluster
        self._pending: dict[tuple[str, str], Work] = {}
        self._namespaces = NamespaceController(cluster) if "namespace-controller" in enabled else None
        self._gc = GarbageCollector(cluster) if "gc" in enabled else None
        cluster.store.listeners.append(self._observe)

    def _observe(self, bucket: str, event: Event) -> None:
        if bucket == CRD_BUCKET:
            self._definition_changed(event)
        if self._namespaces is not None:
            for name in self._namespaces.affected(bucket, event):
                self._later("namespace", name, self._namespaces.settle)
        if self._gc is not None:
            for uid in self._gc.affected(bucket, event):
                self._later("gc", uid, self._gc.settle)

    def resume(self) -> None:
        """Take up what was left undone when the server was stopped."""
        pending, self._pending = self._pending, {}
        for (kind, name), work in pending.items():
            self._later(kind, name, work)

    def _later(self, kind: str, name: str, work: Work) -> None:
        """Run work once, however often it is asked for meanwhile."""
        if (kind, name) in self._pending:
            return
        self._pending[kind, name] = work

        def run() -> None:
            del self._pending[kind, name]
            work(name)

        delay = 0 if kind == "definition" else self._cluster.settings.controller_delay
        asyncio.get_running_loop().call_later(delay, run)

    def _definition_changed(self, event: Event) -> None:
        definition, registry = event.current.object, self._cluster.registry
        spec = definition["spec"]
        if event.type == "DELETED":
            self._withdraw(definition)
            return
        if established(definition):
            registry.remove(spec["group"], spec["names"]["plural"])
            newly = event.previous is None or not established(event.previous.object)
            for resource in resource_types(definition):
                registry.add(resource)
                if newly:  # watches of it know nothing of the time before
                    self._cluster.store.bucket(resource.bucket).floor = event.current.revision
        self._later("definition", event.key, self._settle_definition)

    def _withdraw(self, definition: JsonObject) -> None:
        """Stop serving what a definition has added, and let others have its names."""
        spec = definition["spec"]
        group, plural = spec["group"], spec["names"]["plural"]
        served = self._cluster.registry.by_plural(group, plural)
        if served is not None and served.custom and served.custom.definition == definition["metadata"]["name"]:
            self._cluster.registry.remove(group, plural)
            self._cluster.close_watches(served.bucket)
        for waiting in self._cluster.store.bucket(CRD_BUCKET).keys:
            self._later("definition", waiting, self._settle_definition)

    def _settle_definition(self, name: str) -> None:
        stored = self._cluster.store.get(CRD_BUCKET, name)
        if stored is None:
            return
        definition = stored.object
        if "deletionTimestamp" in definition["metadata"]:
            self._clean_up(definition)
            return
        status = accept(definition, self._cluster.registry)
        if status != object_at(definition, "status"):
            self._cluster.store.put(CRD_BUCKET, name, {**definition, "status": status})

    def _clean_up(self, definition: JsonObject) -> None:
        """Delete the instances of a definition, then let it go; instances with finalizers are waited for."""
        metadata, store = definition["metadata"], self._cluster.store
        finalizers = array_at(metadata, "finalizers")
        if CRD_FINALIZER not in finalizers:
            return
        spec = definition["spec"]
        resource = self._cluster.registry.by_plural(spec["group"], spec["names"]["plural"])
        if resource is not None:
            bucket = store.bucket(resource.bucket)
            for item in tuple(bucket.objects.values()):
                delete_object(self._cluster, resource, item, DeleteOptions())
            if bucket.objects:
                self._later("definition", metadata["name"], self._settle_definition)
                return
        remaining: list[str] = [item for item in finalizers if item != CRD_FINALIZER]
        changed = {**definition, "metadata": {**metadata, "finalizers": remaining}}
        if remaining:
            store.put(CRD_BUCKET, metadata["name"], changed)
        else:
            store.delete(CRD_BUCKET, metadata["name"])
