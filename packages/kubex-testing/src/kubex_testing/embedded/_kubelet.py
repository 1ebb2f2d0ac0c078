"""The kubelet: set pods Running, restart their containers, and remove deleted pods. No program is started for a pod."""

from collections.abc import Callable, Iterable

from kubex_testing._objects.json_types import JsonObject, object_at
from kubex_testing._objects.managed_fields import update_managed_fields

from ._cluster import Cluster, now
from ._deletes import delete_object
from ._node import Heartbeat, create_node
from ._options import DeleteOptions
from ._pod_status import (
    running_containers,
    running_status,
    status_with_ephemeral_containers,
    stopped_status,
)
from ._registry import ResourceType
from ._scheduler import Scheduler
from ._store import Event

_PODS, _NODES = "pods.", "nodes."


class Kubelet:
    """Schedule pods, and run those of all nodes in the store, after `start()`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._heartbeat = Heartbeat(cluster)
        self._waiting: set[str] = set()
        """The pods that wait for a node."""
        self.scheduler = Scheduler(cluster)
        self.started = False

    def start(self) -> None:
        """Create the node, and run the pods that already exist."""
        self.started = True
        create_node(self._cluster)
        self._heartbeat.start()
        for key in tuple(self._cluster.store.bucket(_PODS).keys):
            self.reconcile(key)

    def stop(self) -> None:
        """Leave all pods and the node as they are."""
        self.started = False
        self._heartbeat.stop()
        self._waiting.clear()

    def index(self, bucket: str, event: Event) -> Iterable[str]:
        """Return the keys of the pods to reconcile after a change."""
        if not self.started or event.type == "DELETED":
            return []
        if bucket == _NODES:
            return tuple(self._waiting)
        return [event.key] if bucket == _PODS else []

    def reconcile_waiting(self) -> None:
        """Schedule the pods that wait for a node."""
        for key in tuple(self._waiting):
            self.reconcile(key)

    def reconcile(self, key: str) -> None:
        """Start a new pod, start its new ephemeral containers, or stop and remove a deleted pod."""
        stored = self._cluster.store.get(_PODS, key)
        self._waiting.discard(key)
        if stored is None or not self.started:
            return
        pod = stored.object
        node = pod["spec"].get("nodeName")
        if node and self._cluster.store.get(_NODES, node) is None:
            self._waiting.add(key)
            return  # no kubelet starts the pods of a missing node
        phase = object_at(pod, "status").get("phase")
        if "deletionTimestamp" in pod["metadata"]:
            self._stop(key, pod)
        elif phase == "Pending" and not pod["spec"].get("schedulingGates"):
            self._start(key, pod, node or self.scheduler.select(pod))
        elif phase == "Running" and node:
            self._write_status(key, pod, status_with_ephemeral_containers(pod))

    def change_status(self, key: str, change: Callable[[JsonObject], JsonObject]) -> None:
        """Write the status that a function returns for a pod."""
        stored = self._cluster.store.get(_PODS, key)
        if stored is not None:
            self._write_status(key, stored.object, change(stored.object))

    def _start(self, key: str, pod: JsonObject, node: str | None) -> None:
        if node is None:
            self._waiting.add(key)
            self._write_status(key, pod, self.scheduler.unschedulable_status(pod), manager="kube-scheduler")
            return
        scheduled = {**pod, "spec": {**pod["spec"], "nodeName": node}}
        self._write_status(key, scheduled, running_status(scheduled, self._cluster.allocate_pod_address()))

    def _stop(self, key: str, pod: JsonObject) -> None:
        if not pod["spec"].get("nodeName"):
            return
        # Two changes, as with a kubelet: watches show that the containers ended, before the pod is removed.
        if running_containers(pod):
            self._write_status(key, pod, stopped_status(pod))
            return
        stored = self._cluster.store.get(_PODS, key)
        if stored is not None:
            delete_object(self._cluster, self._resource(), stored, DeleteOptions(grace_period=0))

    def _write_status(self, key: str, pod: JsonObject, status: JsonObject, *, manager: str = "kubelet") -> None:
        """Write a new status, unless it is unchanged."""
        if status == object_at(pod, "status"):
            return
        changed = {**pod, "metadata": {**pod["metadata"]}, "status": status}
        entries = update_managed_fields(
            pod,
            changed,
            manager=manager,
            schema=self._resource().schema,
            api_version="v1",
            now=now(),
            subresource="status",
            ignore=(("f:spec",),),
        )
        if entries:
            changed["metadata"]["managedFields"] = entries
        self._cluster.store.put(_PODS, key, changed)

    def _resource(self) -> ResourceType:
        resource = self._cluster.registry.find("", "v1", "pods")
        assert resource is not None  # noqa: S101  # a built-in kind
        return resource
