"""The controller of DaemonSets: one pod on each node that fits.

See https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/.
"""

import math
from dataclasses import dataclass, field

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing.embedded._scheduler import fits, required_node
from kubex_testing.embedded._store import StoredObject

from .context import Context
from .pods import PODS, is_finished, is_ready, is_terminating, pod_from_template, seconds_until_available
from .revisions import REVISION_HASH, History, template_of

DAEMON_SETS = "daemonsets.apps"
NODES = "nodes."
_GENERATION = "deprecated.daemonset.template.generation"
_TOLERATED = (
    ("not-ready", "NoExecute"),
    ("unreachable", "NoExecute"),
    ("disk-pressure", "NoSchedule"),
    ("memory-pressure", "NoSchedule"),
    ("pid-pressure", "NoSchedule"),
    ("unschedulable", "NoSchedule"),
)


@dataclass
class NodePods:
    """The pods of a DaemonSet on one node, and whether the node should have one."""

    wanted: bool
    pods: list[StoredObject] = field(default_factory=list[StoredObject])

    @property
    def living(self) -> list[StoredObject]:
        return [item for item in self.pods if not is_terminating(item.object)]


class DaemonSetController:
    """Create and delete pods by node, and update them within `maxUnavailable`. `maxSurge` is ignored."""

    def __init__(self, context: Context) -> None:
        self._context, self._writer = context, context.writer
        self._history = History(context, REVISION_HASH)

    def reconcile(self, key: str) -> None:
        """Do the next step, and write the status."""
        stored = self._context.get(DAEMON_SETS, key)
        if stored is None or is_terminating(stored.object):
            return
        owner = stored.object
        self._context.children.claim(owner, PODS, object_at(owner, "spec", "selector"))
        _, revision = self._history.sync(owner)
        self._create_and_delete(owner, revision)
        if owner["spec"]["updateStrategy"].get("type") == "RollingUpdate":
            self._update(owner, revision)
        self._write_status(key, stored, revision)

    def _by_node(self, owner: JsonObject) -> dict[str, NodePods]:
        spec = _pod_spec(owner["spec"]["template"])
        nodes = self._context.cluster.store.bucket(NODES).objects
        found = {name: NodePods(fits(node.object, spec)) for name, node in nodes.items()}
        for stored in self._context.children.of(owner, PODS):
            names = required_node(stored.object)
            name = stored.object["spec"].get("nodeName") or (names[0] if names else "")
            found.setdefault(name, NodePods(wanted=False)).pods.append(stored)
        return found

    def _create_and_delete(self, owner: JsonObject, revision: JsonObject) -> None:
        for name, node in self._by_node(owner).items():
            finished = [item for item in node.living if is_finished(item.object)]
            running = [item for item in node.living if item not in finished]
            for stored in (*finished, *running[1 if node.wanted else 0 :]):
                self._writer.delete(PODS, stored)
            if node.wanted and not node.pods:
                self._writer.create(PODS, owner["metadata"]["namespace"], _new_pod(owner, revision, name))

    def _update(self, owner: JsonObject, revision: JsonObject) -> None:
        """Delete old pods: those that are not available, and as many others as `maxUnavailable` allows."""
        nodes = [node for node in self._by_node(owner).values() if node.wanted]
        allowed = _max_unavailable(owner, len(nodes))
        old: list[StoredObject] = []
        for node in nodes:
            available = [item for item in node.living if self._delay(owner, item.object) == 0]
            outdated = [item for item in node.living if _hash(item.object) != _hash_of(revision)]
            if not available:
                allowed -= 1
                for stored in outdated:
                    self._writer.delete(PODS, stored)
            else:
                old.extend(outdated)
        for stored in old[: max(allowed, 0)]:
            self._writer.delete(PODS, stored)

    def _write_status(self, key: str, stored: StoredObject, revision: JsonObject) -> None:
        owner = stored.object
        nodes = self._by_node(owner)
        wanted = [node for node in nodes.values() if node.wanted]
        pods = [node.living[0].object for node in wanted if node.living]
        delays = [self._delay(owner, pod) for pod in pods]
        counts = {
            "updatedNumberScheduled": sum(_hash(pod) == _hash_of(revision) for pod in pods),
            "numberAvailable": delays.count(0),
            "numberUnavailable": len(wanted) - delays.count(0),
        }
        status: JsonObject = {
            **{name: value for name, value in object_at(owner, "status").items() if name == "conditions"},
            "currentNumberScheduled": sum(bool(node.pods) for node in wanted),
            "desiredNumberScheduled": len(wanted),
            "numberMisscheduled": sum(bool(node.living) for node in nodes.values() if not node.wanted),
            "numberReady": sum(is_ready(pod) for pod in pods),
            "observedGeneration": owner["metadata"]["generation"],
            **{name: count for name, count in counts.items() if count},
        }
        self._writer.update_status(DAEMON_SETS, stored, status)
        used = {_hash(pod) for pod in pods}
        self._history.truncate(owner, {f"{owner['metadata']['name']}-{item}" for item in (*used, _hash_of(revision))})
        self._context.requeue_earliest(DAEMON_SETS, key, delays)

    @staticmethod
    def _delay(owner: JsonObject, pod: JsonObject) -> float | None:
        return seconds_until_available(pod, owner["spec"].get("minReadySeconds", 0))


def _pod_spec(template: JsonObject) -> JsonObject:
    """Return the spec of a pod, which tolerates the conditions of its node."""
    added = [
        {"key": f"node.kubernetes.io/{name}", "operator": "Exists", "effect": effect} for name, effect in _TOLERATED
    ]
    own = array_at(template, "spec", "tolerations")
    return {**template["spec"], "tolerations": [*own, *(item for item in added if item not in own)]}


def _new_pod(owner: JsonObject, revision: JsonObject, node: str) -> JsonObject:
    template = template_of(revision)
    pod = pod_from_template(owner, {**template, "spec": _pod_spec(template)})
    labels = {**pod["metadata"].get("labels", {}), REVISION_HASH: _hash_of(revision)}
    if generation := object_at(owner, "metadata", "annotations").get(_GENERATION):
        labels["pod-template-generation"] = generation
    pod["metadata"]["labels"] = labels
    # The scheduler selects this node, as in a real cluster.
    field_selector = {"key": "metadata.name", "operator": "In", "values": [node]}
    affinity = object_at(pod, "spec", "affinity")
    terms = {"nodeSelectorTerms": [{"matchFields": [field_selector]}]}
    node_affinity = {
        **object_at(affinity, "nodeAffinity"),
        "requiredDuringSchedulingIgnoredDuringExecution": terms,
    }
    pod["spec"]["affinity"] = {**affinity, "nodeAffinity": node_affinity}
    return pod


def _max_unavailable(owner: JsonObject, nodes: int) -> int:
    value = object_at(owner, "spec", "updateStrategy", "rollingUpdate").get("maxUnavailable", 1)
    count = value if isinstance(value, int) else math.ceil(int(value.removesuffix("%")) * nodes / 100)
    # 0 is allowed only with maxSurge.
    return max(count, 1)


def _hash(pod: JsonObject) -> str:
    return str(object_at(pod, "metadata", "labels").get(REVISION_HASH, ""))


def _hash_of(revision: JsonObject) -> str:
    return str(revision["metadata"]["labels"][REVISION_HASH])
