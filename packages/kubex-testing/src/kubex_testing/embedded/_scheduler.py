"""The scheduler: select a node for a pod.

See https://kubernetes.io/docs/concepts/scheduling-eviction/.
"""

from fnmatch import fnmatchcase

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from ._cluster import Cluster, now

NODE_NAME = "node-1"
"""The node that is created for pods without a node."""
_UNSCHEDULABLE = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


class Scheduler:
    """Select the first node that fits: `node-1`, then the others by name. Resources are not counted."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._held: list[tuple[str, str]] = []

    def hold(self, namespace: str, pattern: str) -> None:
        """Do not schedule pods with names that match a pattern."""
        self._held.append((namespace, pattern))

    def release(self, namespace: str, pattern: str) -> bool:
        """Undo `hold()`. Returns False if the pattern is not held."""
        held = (namespace, pattern)
        self._held, before = [item for item in self._held if item != held], len(self._held)
        return len(self._held) < before

    def release_all(self) -> None:
        """Undo all calls of `hold()`."""
        self._held.clear()

    def select(self, pod: JsonObject) -> str | None:
        """Return the name of the node for a pod, or None if no node fits."""
        metadata = pod["metadata"]
        if any(metadata["namespace"] == space and fnmatchcase(metadata["name"], name) for space, name in self._held):
            return None
        nodes = self._cluster.store.bucket("nodes.").objects
        names = required_node(pod) or (NODE_NAME, *self._cluster.store.bucket("nodes.").keys)
        return next((name for name in names if name in nodes and fits(nodes[name].object, pod["spec"])), None)

    def unschedulable_status(self, pod: JsonObject) -> JsonObject:
        """Return the status of a pod for which no node fits."""
        status = object_at(pod, "status")
        known = array_at(status, "conditions")
        if any(item["type"] == "PodScheduled" and item["status"] == "False" for item in known):
            return status
        count = len(self._cluster.store.bucket("nodes.").keys)
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "lastProbeTime": None,
            "lastTransitionTime": now(),
            "reason": "Unschedulable",
            "message": f"0/{count} nodes are available: no node fits the pod, or the test holds it.",
        }
        return {**status, "conditions": [*(item for item in known if item["type"] != "PodScheduled"), condition]}


def fits(node: JsonObject, pod_spec: JsonObject) -> bool:
    """Return whether a node has the labels of the node selector, and only taints that the pod tolerates."""
    labels, tolerations = object_at(node, "metadata", "labels"), array_at(pod_spec, "tolerations")
    taints = [item for item in array_at(node, "spec", "taints") if item.get("effect") != "PreferNoSchedule"]
    if object_at(node, "spec").get("unschedulable"):
        taints.append(_UNSCHEDULABLE)
    return all(labels.get(key) == value for key, value in object_at(pod_spec, "nodeSelector").items()) and all(
        any(_tolerates(toleration, taint) for toleration in tolerations) for taint in taints
    )


def _tolerates(toleration: JsonObject, taint: JsonObject) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    if toleration.get("key") not in (None, "", taint["key"]):
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")


def required_node(pod: JsonObject) -> tuple[str, ...]:
    """Return the node that the pod of a DaemonSet names in its affinity."""
    path = ("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    fields = (item for term in array_at(pod, *path) for item in array_at(term, "matchFields"))
    return next((tuple(item["values"]) for item in fields if item["key"] == "metadata.name"), ())
