"""The node of the server, and its heartbeat.

See https://kubernetes.io/docs/concepts/architecture/nodes/.
"""

import asyncio

from kubex_testing._objects.json_types import JsonObject

from ._cluster import Cluster, new_uid, now
from ._pod_status import HOST_ADDRESS
from ._scheduler import NODE_NAME
from ._write_log import CONTROLLERS, current_user

_LEASES, _LEASE_KEY = "leases.coordination.k8s.io", f"kube-node-lease/{NODE_NAME}"
_HEARTBEAT_SECONDS = 10.0
_CONDITIONS = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


def create_node(cluster: Cluster) -> None:
    """Create the node, unless it exists."""
    if cluster.store.get("nodes.", NODE_NAME) is None:
        cluster.store.put("nodes.", NODE_NAME, _node())


class Heartbeat:
    """Renew the Lease of the node as long as the server runs."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Create or renew the Lease, now and every 10 seconds."""
        self.stop()
        self._renew()

    def stop(self) -> None:
        """Do not renew the Lease any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _renew(self) -> None:
        current_user.set(CONTROLLERS)
        node, moment = self._cluster.store.get("nodes.", NODE_NAME), now().replace("Z", ".000000Z")
        if node is not None:
            stored = self._cluster.store.get(_LEASES, _LEASE_KEY)
            lease = stored.object if stored else _lease(node.object["metadata"]["uid"])
            self._cluster.store.put(_LEASES, _LEASE_KEY, {**lease, "spec": {**lease["spec"], "renewTime": moment}})
        self._timer = asyncio.get_running_loop().call_later(_HEARTBEAT_SECONDS, self._renew)


def _lease(node_uid: str) -> JsonObject:
    owner = {"apiVersion": "v1", "kind": "Node", "name": NODE_NAME, "uid": node_uid}
    return {
        "kind": "Lease",
        "apiVersion": "coordination.k8s.io/v1",
        "metadata": {
            "name": NODE_NAME,
            "namespace": "kube-node-lease",
            "uid": new_uid(),
            "creationTimestamp": now(),
            "ownerReferences": [owner],
        },
        "spec": {"holderIdentity": NODE_NAME, "leaseDurationSeconds": 40},
    }


def _node() -> JsonObject:
    moment = now()
    resources = {"cpu": "8", "ephemeral-storage": "100Gi", "memory": "16Gi", "pods": "110"}
    labels = {"kubernetes.io/arch": "amd64", "kubernetes.io/hostname": NODE_NAME, "kubernetes.io/os": "linux"}
    conditions = [_condition(*row, moment) for row in _CONDITIONS]
    return {
        "kind": "Node",
        "apiVersion": "v1",
        "metadata": {"name": NODE_NAME, "uid": new_uid(), "creationTimestamp": moment, "labels": labels},
        "spec": {},
        "status": {
            "capacity": resources,
            "allocatable": resources,
            "conditions": conditions,
            "addresses": [{"type": "InternalIP", "address": HOST_ADDRESS}, {"type": "Hostname", "address": NODE_NAME}],
            "nodeInfo": {
                "machineID": "",
                "systemUUID": "",
                "bootID": "",
                "kernelVersion": "6.1.0",
                "osImage": "Linux",
                "containerRuntimeVersion": "containerd://2.1.0",
                "kubeletVersion": "v1.37.2",
                "kubeProxyVersion": "v1.37.2",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        },
    }


def _condition(name: str, status: str, reason: str, message: str, moment: str) -> JsonObject:
    return {
        "type": name,
        "status": status,
        "lastHeartbeatTime": moment,
        "lastTransitionTime": moment,
        "reason": reason,
        "message": message,
    }
