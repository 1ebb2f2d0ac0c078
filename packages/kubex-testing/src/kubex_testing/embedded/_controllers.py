"""The controllers: accept definitions, delete the contents of namespaces, collect garbage, and run workloads."""

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from ._api_services import API_SERVICE_BUCKET, ApiServiceController
from ._cluster import Cluster
from ._crd import CRD_BUCKET, definition_status, is_established, resource_types
from ._deletes import CRD_FINALIZER, delete_object
from ._garbage_collector import GarbageCollector
from ._kubelet import Kubelet
from ._namespace_controller import NamespaceController
from ._options import DeleteOptions
from ._pod_status import container_instances
from ._storage_protection import StorageProtection
from ._store import Event
from ._write_log import CONTROLLERS, current_user

if TYPE_CHECKING:
    from ._bootstrap import Bootstrap
    from ._workloads.workloads import Workloads

Reconcile = Callable[[str], None]


class Controllers:
    """Run the reconcile functions after changes of the store, with a short delay as in a real cluster."""

    def __init__(self, cluster: Cluster, enabled: Collection[str]) -> None:
        self._cluster = cluster
        self._pending: dict[tuple[str, str], Reconcile] = {}
        self._namespaces = NamespaceController(cluster) if "namespace-controller" in enabled else None
        self._gc = GarbageCollector(cluster) if "gc" in enabled else None
        self._protection = StorageProtection(cluster) if "gc" in enabled else None
        self._api_services = ApiServiceController(cluster)
        self.kubelet = Kubelet(cluster)
        self._workloads: Workloads | None = None
        self._bootstrap: Bootstrap | None = None
        cluster.store.listeners.append(self._observe)

    def _observe(self, bucket: str, event: Event) -> None:
        if bucket == CRD_BUCKET:
            self._definition_changed(event)
        if bucket == API_SERVICE_BUCKET:
            self._enqueue("apiservice", event.key, self._api_services.reconcile)
        if self._namespaces is not None:
            for name in self._namespaces.index(bucket, event):
                self._enqueue("namespace", name, self._namespaces.reconcile)
        if self._gc is not None:
            for uid in self._gc.index(bucket, event):
                self._enqueue("gc", uid, self._gc.reconcile)
        if self._bootstrap is not None:
            for name in self._bootstrap.index(bucket, event):
                self._enqueue("bootstrap", name, self._bootstrap.reconcile)
        if self._protection is not None:
            for protected in self._protection.index(bucket, event):
                self._enqueue("protection", "/".join(protected), partial(self._release_storage, *protected))
        if bucket == "pods.":
            self._end_containers(event)
        for key in self.kubelet.index(bucket, event):
            self._enqueue("pod", key, self.kubelet.reconcile)
        if self._workloads is not None:
            for target in self._workloads.index(bucket, event):
                self._enqueue_workload(*target)

    def _release_storage(self, bucket: str, key: str, _name: str) -> None:
        if self._protection is not None:
            self._protection.reconcile(bucket, key)

    def bootstrap(self, certificate: str, *, runs_workloads: bool) -> None:
        """Create the objects that each cluster and each namespace have, now and in later namespaces."""
        # Most servers are empty, so import it on demand.
        from ._bootstrap import Bootstrap

        if self._bootstrap is None:
            self._bootstrap = Bootstrap(self._cluster, certificate, runs_workloads=runs_workloads)
        self._bootstrap.start()

    def run_pods(self) -> None:
        """Run all pods, now and later."""
        self.kubelet.start()

    def run_workloads(self) -> None:
        """Run all pods, and create pods for Deployments and other kinds, now and later."""
        # Most servers do not run workloads, so import the controllers on demand.
        from ._workloads.workloads import Workloads

        self.run_pods()
        if self._workloads is None:
            self._workloads = Workloads(self._cluster, self._requeue_workload)
        for target in self._workloads.all():
            self._enqueue_workload(*target)

    def stop_workloads(self) -> None:
        """Create no more pods."""
        self._workloads = None

    def _enqueue_workload(self, bucket: str, key: str) -> None:
        if self._workloads is not None:
            self._enqueue(bucket, key, partial(self._reconcile_workload, bucket))

    def _reconcile_workload(self, bucket: str, key: str) -> None:
        # The workloads may be stopped since the reconcile was scheduled.
        if self._workloads is not None:
            self._workloads.reconcile(bucket, key)

    def _requeue_workload(self, bucket: str, key: str, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._enqueue_workload, bucket, key)

    def _end_containers(self, event: Event) -> None:
        """End the sessions of containers that ended."""
        pod, containers = event.current.object, self._cluster.containers
        uid, running = pod["metadata"]["uid"], container_instances(pod)
        before = container_instances(event.previous.object) if event.previous else set[tuple[str, str]]()
        if event.type == "DELETED" or (before and not running):
            containers.end_pod(uid)
        elif before - running:
            containers.end_containers(uid, {name for name, _ in before - running})

    def resume(self) -> None:
        """Continue the work that was pending when the server was stopped."""
        pending, self._pending = self._pending, {}
        for (kind, name), work in pending.items():
            self._enqueue(kind, name, work)

    def _enqueue(self, kind: str, name: str, work: Reconcile) -> None:
        """Schedule a reconcile function, unless it is already pending for this object."""
        if (kind, name) in self._pending:
            return
        self._pending[kind, name] = work

        def run() -> None:
            del self._pending[kind, name]
            # A timer runs in a copy of the context, so this does not change the user of the request that caused it.
            current_user.set(CONTROLLERS)
            work(name)

        delay = 0 if kind == "definition" else self._cluster.settings.controller_delay
        asyncio.get_running_loop().call_later(delay, run)

    def _definition_changed(self, event: Event) -> None:
        definition, registry = event.current.object, self._cluster.registry
        spec = definition["spec"]
        if event.type == "DELETED":
            self._stop_serving(definition)
            return
        if is_established(definition):
            registry.remove(spec["group"], spec["names"]["plural"])
            newly_established = event.previous is None or not is_established(event.previous.object)
            for resource in resource_types(definition):
                registry.add(resource)
                if newly_established:  # watches cannot start before the resource was served
                    self._cluster.store.bucket(resource.bucket).compacted_revision = event.current.revision
        self._enqueue("definition", event.key, self._reconcile_definition)

    def _stop_serving(self, definition: JsonObject) -> None:
        """Stop serving the resource of a deleted definition, and check definitions that wait for its names."""
        spec = definition["spec"]
        group, plural = spec["group"], spec["names"]["plural"]
        current = self._cluster.registry.find_by_plural(group, plural)
        if current is not None and current.custom and current.custom.definition == definition["metadata"]["name"]:
            self._cluster.registry.remove(group, plural)
            self._cluster.close_watches(current.bucket)
        for other in self._cluster.store.bucket(CRD_BUCKET).keys:
            self._enqueue("definition", other, self._reconcile_definition)

    def _reconcile_definition(self, name: str) -> None:
        stored = self._cluster.store.get(CRD_BUCKET, name)
        if stored is None:
            return
        definition = stored.object
        if "deletionTimestamp" in definition["metadata"]:
            self._delete_instances(definition)
            return
        status = definition_status(definition, self._cluster.registry)
        if status != object_at(definition, "status"):
            self._cluster.store.put(CRD_BUCKET, name, {**definition, "status": status})

    def _delete_instances(self, definition: JsonObject) -> None:
        """Delete the objects of a definition, then the definition. Wait for objects with finalizers."""
        metadata, store = definition["metadata"], self._cluster.store
        finalizers = array_at(metadata, "finalizers")
        if CRD_FINALIZER not in finalizers:
            return
        spec = definition["spec"]
        resource = self._cluster.registry.find_by_plural(spec["group"], spec["names"]["plural"])
        if resource is not None:
            bucket = store.bucket(resource.bucket)
            for item in tuple(bucket.objects.values()):
                delete_object(self._cluster, resource, item, DeleteOptions())
            if bucket.objects:
                self._enqueue("definition", metadata["name"], self._reconcile_definition)
                return
        remaining: list[str] = [item for item in finalizers if item != CRD_FINALIZER]
        changed = {**definition, "metadata": {**metadata, "finalizers": remaining}}
        if remaining:
            store.put(CRD_BUCKET, metadata["name"], changed)
        else:
            store.delete(CRD_BUCKET, metadata["name"])
