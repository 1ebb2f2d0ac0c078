"""The garbage collector: delete objects after their owners were deleted.

See https://kubernetes.io/docs/concepts/architecture/garbage-collection/.
"""

from collections.abc import Iterable, Iterator

from kubex_testing._objects.json_types import JsonObject, array_at

from ._cluster import Cluster
from ._deletes import delete_object
from ._options import DeleteOptions
from ._registry import ResourceType
from ._store import Event, StoredObject

FOREGROUND, ORPHAN = "foregroundDeletion", "orphan"
Location = tuple[str, str]


class GarbageCollector:
    """Delete or orphan dependents. An index maps each UID to its object and to its dependents."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._locations: dict[str, Location] = {}
        self._dependents: dict[str, set[str]] = {}

    def index(self, bucket: str, event: Event) -> Iterable[str]:
        """Update the index, and return the UIDs of the objects to reconcile."""
        metadata = event.current.object["metadata"]
        uid = metadata["uid"]
        if event.previous is not None:
            for owner in _owners(event.previous.object):
                self._dependents.get(owner["uid"], set()).discard(uid)
        if event.type == "DELETED":
            self._locations.pop(uid, None)
            # The dependents have lost an owner, and an owner in foreground deletion may wait for this object.
            return [*self._dependents.get(uid, ()), *(owner["uid"] for owner in _owners(event.current.object))]
        self._locations[uid] = (bucket, event.key)
        owners = _owners(event.current.object)
        for owner in owners:
            self._dependents.setdefault(owner["uid"], set()).add(uid)
        finalizing = {FOREGROUND, ORPHAN}.intersection(metadata.get("finalizers") or ())
        return [uid] if owners or (finalizing and "deletionTimestamp" in metadata) else []

    def reconcile(self, uid: str) -> None:
        """Orphan or delete the dependents of one object, or delete it if all its owners were deleted."""
        found = self._find(uid)
        if found is None:
            return
        resource, stored = found
        metadata = stored.object["metadata"]
        finalizers = array_at(metadata, "finalizers")
        if "deletionTimestamp" in metadata and ORPHAN in finalizers:
            self._orphan_dependents(uid)
            self._remove_finalizer(resource, stored, ORPHAN)
        elif "deletionTimestamp" in metadata and FOREGROUND in finalizers:
            if not self._delete_dependents(uid):
                self._remove_finalizer(resource, stored, FOREGROUND)
        else:
            self._check_owners(resource, stored)

    def _check_owners(self, resource: ResourceType, stored: StoredObject) -> None:
        owners = _owners(stored.object)
        namespace = stored.object["metadata"].get("namespace", "")
        existing = [owner for owner in owners if self._exists(owner, namespace)]
        if not owners or len(existing) == len(owners):
            return
        if existing:
            self._update_metadata(resource, stored, {"ownerReferences": existing})
        else:
            delete_object(self._cluster, resource, stored, DeleteOptions(policy="Background"))

    def _exists(self, owner: JsonObject, namespace: str) -> bool:
        """Return whether the owner of an object in a namespace exists there, or in the cluster."""
        found = self._find(owner["uid"])
        if found is None:
            return False
        resource, stored = found
        # kube-controller-manager looks for owners in the namespace of the dependent.
        return not namespace or not resource.namespaced or stored.object["metadata"]["namespace"] == namespace

    def _orphan_dependents(self, uid: str) -> None:
        for resource, stored in self._dependents_of(uid):
            remaining = [owner for owner in _owners(stored.object) if owner["uid"] != uid]
            self._update_metadata(resource, stored, {"ownerReferences": remaining})

    def _delete_dependents(self, uid: str) -> bool:
        """Delete the dependents of an object. Returns whether a remaining one blocks its deletion."""
        blocked = False
        for resource, stored in self._dependents_of(uid):
            if "deletionTimestamp" not in stored.object["metadata"]:
                # Foreground deletion continues with the dependents of this object.
                delete_object(self._cluster, resource, stored, DeleteOptions(policy="Foreground"))
            blocking = any(owner["uid"] == uid and owner.get("blockOwnerDeletion") for owner in _owners(stored.object))
            blocked = blocked or (blocking and self._find(stored.object["metadata"]["uid"]) is not None)
        return blocked

    def _remove_finalizer(self, resource: ResourceType, stored: StoredObject, finalizer: str) -> None:
        """Remove a finalizer, and the object with its last finalizer."""
        metadata = stored.object["metadata"]
        remaining: list[str] = [item for item in array_at(metadata, "finalizers") if item != finalizer]
        if remaining or metadata.get("deletionGracePeriodSeconds"):
            self._update_metadata(resource, stored, {"finalizers": remaining})
        else:
            self._cluster.store.delete(resource.bucket, _key(resource, stored))

    def _update_metadata(self, resource: ResourceType, stored: StoredObject, changes: JsonObject) -> None:
        metadata = {**stored.object["metadata"], **changes}
        metadata = {key: value for key, value in metadata.items() if key not in changes or value}
        self._cluster.store.put(resource.bucket, _key(resource, stored), {**stored.object, "metadata": metadata})

    def _dependents_of(self, uid: str) -> Iterator[tuple[ResourceType, StoredObject]]:
        for dependent in tuple(self._dependents.get(uid, ())):
            found = self._find(dependent)
            if found is not None:
                yield found

    def _find(self, uid: str) -> tuple[ResourceType, StoredObject] | None:
        location = self._locations.get(uid)
        if location is None:
            return None
        bucket, key = location
        plural, _, group = bucket.partition(".")
        resource = self._cluster.registry.find_by_plural(group, plural)
        stored = self._cluster.store.get(bucket, key)
        return None if resource is None or stored is None else (resource, stored)


def _owners(document: JsonObject) -> list[JsonObject]:
    return array_at(document, "metadata", "ownerReferences")


def _key(resource: ResourceType, stored: StoredObject) -> str:
    metadata = stored.object["metadata"]
    return resource.key(metadata.get("namespace", ""), metadata["name"])
