"""The namespace controller: delete the contents of a deleted namespace, then the namespace.

See https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/.
"""

from collections.abc import Iterable

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from ._cluster import Cluster, now
from ._deletes import delete_object
from ._options import DeleteOptions
from ._store import Event, StoredObject

NAMESPACE_BUCKET = "namespaces."
# Without a kubelet, nothing would end the pods after their grace period.
_DELETE_IMMEDIATELY = DeleteOptions(grace_period=0, policy="Background")


class NamespaceController:
    """Delete the contents of terminating namespaces."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def index(self, bucket: str, event: Event) -> Iterable[str]:
        """Return the namespaces to reconcile after a change."""
        if event.type == "DELETED" and bucket != NAMESPACE_BUCKET and "/" in event.key:
            name = event.key.partition("/")[0]
            return [name] if self._terminating(name) else []
        terminating = bucket == NAMESPACE_BUCKET and "deletionTimestamp" in event.current.object["metadata"]
        return [event.key] if terminating and event.type != "DELETED" else []

    def reconcile(self, name: str) -> None:
        """Delete the contents of a terminating namespace, and the namespace when it is empty."""
        stored = self._terminating(name)
        if stored is None:
            return
        remaining = self._delete_contents(name)
        document = {**stored.object, "status": _status_with_conditions(stored.object, remaining)}
        if not remaining:
            finalizers = [item for item in array_at(document, "spec", "finalizers") if item != "kubernetes"]
            document["spec"] = {**object_at(document, "spec"), "finalizers": finalizers}
            if not finalizers:
                document["spec"].pop("finalizers")
                if not document["metadata"].get("finalizers"):
                    self._cluster.store.delete(NAMESPACE_BUCKET, name)
                    return
        if document != stored.object:
            self._cluster.store.put(NAMESPACE_BUCKET, name, document)

    def _terminating(self, name: str) -> StoredObject | None:
        stored = self._cluster.namespace(name)
        return stored if stored is not None and "deletionTimestamp" in stored.object["metadata"] else None

    def _delete_contents(self, name: str) -> list[JsonObject]:
        """Delete the contents of a namespace, and return the remaining objects."""
        remaining: list[JsonObject] = []
        for resource in self._cluster.registry.storage_types():
            if not resource.namespaced:
                continue
            bucket = self._cluster.store.bucket(resource.bucket)
            for key in tuple(bucket.keys_with_prefix(f"{name}/")):
                delete_object(self._cluster, resource, bucket.objects[key], _DELETE_IMMEDIATELY)
                if key in bucket.objects:
                    remaining.append(bucket.objects[key].object)
        return remaining


def _status_with_conditions(namespace: JsonObject, remaining: list[JsonObject]) -> JsonObject:
    """Return the status with conditions that explain why the namespace still exists."""
    finalizer_lists = (array_at(document, "metadata", "finalizers") for document in remaining)
    finalizers: list[str] = sorted({item for items in finalizer_lists for item in items})
    kinds = sorted({document["kind"] for document in remaining})
    content_message = (
        f"Some resources are remaining: {', '.join(kinds)}" if kinds else "All content successfully removed"
    )
    finalizer_message = f"Some content in the namespace has finalizers remaining: {', '.join(finalizers)}"
    expected = (
        ("NamespaceDeletionDiscoveryFailure", False, "ResourcesDiscovered", "All resources successfully discovered"),
        ("NamespaceDeletionContentFailure", False, "ContentDeleted", "All content successfully deleted"),
        (
            "NamespaceContentRemaining",
            bool(kinds),
            "SomeResourcesRemain" if kinds else "ContentRemoved",
            content_message,
        ),
        (
            "NamespaceFinalizersRemaining",
            bool(finalizers),
            "SomeFinalizersRemain" if finalizers else "ContentHasNoFinalizers",
            finalizer_message if finalizers else "All content-preserving finalizers finished",
        ),
    )
    known = {item["type"]: item for item in array_at(namespace, "status", "conditions")}
    conditions: list[JsonObject] = []
    for name, status, reason, message in expected:
        condition = {"type": name, "status": str(status), "reason": reason, "message": message}
        before = known.get(name, {})
        # The transition time changes only together with the condition.
        same = all(before.get(key) == value for key, value in condition.items())
        conditions.append({**condition, "lastTransitionTime": before["lastTransitionTime"] if same else now()})
    return {**object_at(namespace, "status"), "phase": "Terminating", "conditions": conditions}
