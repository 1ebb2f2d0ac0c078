"""The scheduler and the kubelet: assign pods to a node, set them Running, and remove deleted pods.

No program is started for a pod.
"""

from collections.abc import Iterable

from kubex_testing._objects.json_types import JsonObject, object_at
from kubex_testing._objects.managed_fields import update_managed_fields

from ._cluster import Cluster, new_uid, now
from ._deletes import delete_object
from ._options import DeleteOptions
from ._pod_status import (
    HOST_ADDRESS,
    running_containers,
    running_status,
    status_with_ephemeral_containers,
    stopped_status,
)
from ._registry import ResourceType
from ._store import Event

NODE_NAME = "node-1"
"""The node that is created for pods without a node."""
_PODS, _NODES = "pods.", "nodes."


class Kubelet:
    """Run the pods of all nodes in the store, after `start()`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.started = False

    def start(self) -> None:
        """Create the node, and run the pods that already exist."""
        self.started = True
        if self._cluster.store.get(_NODES, NODE_NAME) is None:
            self._cluster.store.put(_NODES, NODE_NAME, _node())
        for key in tuple(self._cluster.store.bucket(_PODS).keys):
            self.reconcile(key)

    def index(self, bucket: str, event: Event) -> Iterable[str]:
        """Return the keys of the pods to reconcile after a change."""
        if not self.started or event.type == "DELETED":
            return []
        if bucket == _NODES and event.type == "ADDED":
            pods = self._cluster.store.bucket(_PODS).objects
            return [key for key, pod in pods.items() if pod.object["spec"].get("nodeName") == event.key]
        return [event.key] if bucket == _PODS else []

    def reconcile(self, key: str) -> None:
        """Start a new pod, start its new ephemeral containers, or stop and remove a deleted pod."""
        stored = self._cluster.store.get(_PODS, key)
        if stored is None:
            return
        pod = stored.object
        node = pod["spec"].get("nodeName")
        if node and self._cluster.store.get(_NODES, node) is None:
            return  # no kubelet starts the pods of a missing node
        phase = object_at(pod, "status").get("phase")
        if "deletionTimestamp" in pod["metadata"]:
            self._stop(key, pod)
        elif phase == "Pending" and not pod["spec"].get("schedulingGates"):
            scheduled = {**pod, "spec": {**pod["spec"], "nodeName": node or NODE_NAME}}
            self._write_status(key, scheduled, running_status(scheduled, self._cluster.allocate_pod_address()))
        elif phase == "Running" and node:
            self._write_status(key, pod, status_with_ephemeral_containers(pod))

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

    def _write_status(self, key: str, pod: JsonObject, status: JsonObject) -> None:
        """Write a new status, unless it is unchanged."""
        if status == object_at(pod, "status"):
            return
        changed = {**pod, "metadata": {**pod["metadata"]}, "status": status}
        entries = update_managed_fields(
            pod,
            changed,
            manager="kubelet",
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


def _node() -> JsonObject:
    moment = now()
    resources = {"cpu": "8", "ephemeral-storage": "100Gi", "memory": "16Gi", "pods": "110"}
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": NODE_NAME, "kubernetes.io/os": "linux"}
    ready = {
        "type": "Ready",
        "status": "True",
        "lastHeartbeatTime": moment,
        "lastTransitionTime": moment,
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
    }
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": NODE_NAME, "uid": new_uid(), "creationTimestamp": moment, "labels": labels},
        "spec": {},
        "status": {
            "capacity": resources,
            "allocatable": resources,
            "conditions": [ready],
            "addresses": [{"type": "InternalIP", "address": HOST_ADDRESS}, {"type": "Hostname", "address": NODE_NAME}],
            "nodeInfo": {"architecture": "amd64", "operatingSystem": "linux", "kubeletVersion": "v1.37.2"},
        },
    }
