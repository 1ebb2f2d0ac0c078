"""Remove the finalizers that protect volumes, claims and attributes classes, when they are not in use.

See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection.
"""

from collections.abc import Iterator

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from ._cluster import Cluster
from ._store import Event

_PODS, _CLAIMS, _VOLUMES = "pods.", "persistentvolumeclaims.", "persistentvolumes."
_FINALIZERS = {
    _CLAIMS: "kubernetes.io/pvc-protection",
    _VOLUMES: "kubernetes.io/pv-protection",
    "volumeattributesclasses.storage.k8s.io": "kubernetes.io/vac-protection",
}


class StorageProtection:
    """Let deleted storage objects go, unless a pod uses the claim, or a claim uses the volume."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def index(self, bucket: str, event: Event) -> Iterator[tuple[str, str]]:
        """Yield the bucket and the key of each object to reconcile after a change."""
        if bucket in _FINALIZERS and event.type != "DELETED" and _is_protected(bucket, event.current.object):
            yield bucket, event.key
        elif bucket == _PODS and (event.type == "DELETED" or _has_ended(event.current.object)):
            namespace = event.key.partition("/")[0]
            for name in _claim_names(event.current.object):
                yield _CLAIMS, f"{namespace}/{name}"

    def reconcile(self, bucket: str, key: str) -> None:
        """Remove the finalizer of a deleted object that is not in use."""
        stored = self._cluster.store.get(bucket, key)
        if stored is None or not _is_protected(bucket, stored.object) or self._is_used(bucket, key, stored.object):
            return
        metadata = {**stored.object["metadata"]}
        remaining: list[str] = [item for item in metadata.pop("finalizers") if item != _FINALIZERS[bucket]]
        if remaining:
            metadata["finalizers"] = remaining
            self._cluster.store.put(bucket, key, {**stored.object, "metadata": metadata})
        else:
            self._cluster.store.delete(bucket, key)

    def _is_used(self, bucket: str, key: str, document: JsonObject) -> bool:
        if bucket == _VOLUMES:
            return object_at(document, "status").get("phase") == "Bound"
        if bucket != _CLAIMS:
            return False
        namespace, _, name = key.partition("/")
        pods = self._cluster.store.bucket(_PODS)
        found = (pods.objects[item].object for item in pods.keys_with_prefix(f"{namespace}/"))
        return any(name in _claim_names(pod) and not _has_ended(pod) for pod in found)


def _is_protected(bucket: str, document: JsonObject) -> bool:
    metadata = document["metadata"]
    return "deletionTimestamp" in metadata and _FINALIZERS[bucket] in array_at(metadata, "finalizers")


def _has_ended(pod: JsonObject) -> bool:
    return object_at(pod, "status").get("phase") in ("Succeeded", "Failed")


def _claim_names(pod: JsonObject) -> list[str]:
    volumes = (object_at(item, "persistentVolumeClaim") for item in array_at(pod, "spec", "volumes"))
    return [item["claimName"] for item in volumes if item.get("claimName")]
