"""The controllers of ReplicaSets and ReplicationControllers.

See https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/.
"""

from kubex_testing._objects.json_types import JsonObject, object_at
from kubex_testing._objects.label_selectors import match_label_selector
from kubex_testing.embedded._store import StoredObject

from .context import Context
from .pods import (
    PODS,
    deletion_order,
    is_active,
    is_finished,
    is_ready,
    is_terminating,
    pod_from_template,
    seconds_until_available,
)

REPLICATION_CONTROLLERS = "replicationcontrollers."
BURST = 500
"""The number of pods that one reconcile creates or deletes, as in kube-controller-manager."""


class ReplicaSetController:
    """Create or delete pods until the number of active pods is `spec.replicas`.

    Args:
        bucket: the bucket of ReplicaSets or of ReplicationControllers.
    """

    def __init__(self, context: Context, bucket: str) -> None:
        self._context, self._bucket = context, bucket

    def selector(self, owner: JsonObject) -> JsonObject:
        """Return the selector as a LabelSelector."""
        selector = object_at(owner, "spec", "selector")
        return selector if owner["kind"] == "ReplicaSet" else {"matchLabels": selector}

    def reconcile(self, key: str) -> None:
        """Create or delete pods, and write the status."""
        stored = self._context.get(self._bucket, key)
        if stored is None:
            return
        pods = self._context.children.claim(stored.object, PODS, self.selector(stored.object))
        if not is_terminating(stored.object):
            self._scale(stored.object, [item for item in pods if is_active(item.object)])
        current = self._context.get(self._bucket, key)
        if current is not None:
            self._write_status(key, current)

    def _scale(self, owner: JsonObject, active: list[StoredObject]) -> None:
        missing = owner["spec"].get("replicas", 1) - len(active)
        for _ in range(min(missing, BURST)):
            pod = pod_from_template(owner, owner["spec"]["template"])
            self._context.writer.create(PODS, owner["metadata"]["namespace"], pod)
        if missing < 0:
            for stored in sorted(active, key=deletion_order)[: min(-missing, BURST)]:
                self._context.writer.delete(PODS, stored)

    def _write_status(self, key: str, owner: StoredObject) -> None:
        document, spec = owner.object, owner.object["spec"]
        pods = [item.object for item in self._context.children.of(document, PODS)]
        active = [pod for pod in pods if is_active(pod)]
        template = {"matchLabels": object_at(spec, "template", "metadata", "labels")}
        delays = [seconds_until_available(pod, spec.get("minReadySeconds", 0)) for pod in active]
        counts = {
            "fullyLabeledReplicas": sum(match_label_selector(template, _labels(pod)) for pod in active),
            "readyReplicas": sum(is_ready(pod) for pod in active),
            "availableReplicas": delays.count(0),
        }
        status: JsonObject = {
            **{name: value for name, value in object_at(document, "status").items() if name == "conditions"},
            "replicas": len(active),
            **{name: count for name, count in counts.items() if count},
            "observedGeneration": document["metadata"]["generation"],
        }
        if document["kind"] == "ReplicaSet":
            status["terminatingReplicas"] = sum(is_terminating(pod) and not is_finished(pod) for pod in pods)
        self._context.writer.update_status(self._bucket, owner, status)
        self._context.requeue_earliest(self._bucket, key, delays)


def _labels(pod: JsonObject) -> JsonObject:
    return object_at(pod, "metadata", "labels")
