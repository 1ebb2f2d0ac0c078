"""The controllers of workloads: which objects a change affects, and how they are reconciled.

All controllers are level-based: a reconcile reads the store and writes the difference. Lost events and restarts of the
server therefore do no harm.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing.embedded._cluster import Cluster
from kubex_testing.embedded._errors import ApiError
from kubex_testing.embedded._store import Event

from .children import SETS, Children
from .context import Context
from .deployments import DEPLOYMENTS, DeploymentController
from .indexes import SelectorIndex, Target, controller_of
from .jobs import JOBS, TRACKING, JobController
from .pods import PODS
from .replica_sets import ReplicaSetController
from .writer import Writer


class Workloads:
    """Run the controllers of all kinds.

    Args:
        requeue: reconciles an object (a bucket and a key) again after a number of seconds.
    """

    def __init__(self, cluster: Cluster, requeue: Callable[[str, str, float], None]) -> None:
        self._cluster = cluster
        writer = Writer(cluster)
        self._children = Children(cluster, writer)
        self._selectors = SelectorIndex()
        context = Context(cluster, writer, self._children, requeue)
        jobs = JobController(context)
        self._reconcilers: Mapping[str, Callable[[str], None]] = {
            DEPLOYMENTS: DeploymentController(context).reconcile,
            SETS: ReplicaSetController(context, SETS).reconcile,
            JOBS: jobs.reconcile,
            PODS: jobs.release_pod,
        }
        self._owners = {"Deployment": DEPLOYMENTS, "ReplicaSet": SETS, "Job": JOBS}
        """The bucket of each kind of controllers that owns pods or ReplicaSets."""

        for resource in cluster.registry.storage_types():
            for key, stored in cluster.store.bucket(resource.bucket).objects.items():
                self._update_indexes(resource.bucket, Event("ADDED", key, stored.revision, stored, None))

    def all(self) -> Iterator[Target]:
        """Return all objects that the controllers reconcile."""
        for bucket in self._reconcilers:
            for key, stored in self._cluster.store.bucket(bucket).objects.items():
                if self._needs_reconcile(bucket, stored.object):
                    yield bucket, key

    def index(self, bucket: str, event: Event) -> Iterable[Target]:
        """Update the indexes, and return the objects to reconcile after a change."""
        self._update_indexes(bucket, event)
        if (
            bucket in self._reconcilers
            and event.type != "DELETED"
            and self._needs_reconcile(bucket, event.current.object)
        ):
            yield bucket, event.key
        if bucket == JOBS and event.type == "DELETED":
            uid = event.current.object["metadata"]["uid"]
            yield from ((PODS, key) for key in self._children.owners.keys(uid, PODS))
        for stored in (event.previous, event.current):
            if stored is not None:
                yield from self._affected(bucket, event.key, stored.object)

    def reconcile(self, bucket: str, key: str) -> None:
        """Reconcile one object. Errors of the API, such as a terminating namespace, end the reconcile."""
        try:
            self._reconcilers[bucket](key)
        except ApiError:
            # The next event of the object, or of its children, causes another attempt.
            return

    def _needs_reconcile(self, bucket: str, document: JsonObject) -> bool:
        """Return whether an object needs a reconcile. Pods need one only to lose the finalizer of a missing Job."""
        if bucket != PODS:
            return True
        if TRACKING not in array_at(document, "metadata", "finalizers"):
            return False
        owner = controller_of(document)
        return (
            owner is None
            or self._cluster.store.get(JOBS, f"{document['metadata']['namespace']}/{owner['name']}") is None
        )

    def _affected(self, bucket: str, key: str, document: JsonObject) -> Iterator[Target]:
        controller = controller_of(document)
        if controller is not None:
            if (owner := self._owners.get(controller["kind"])) is not None:
                yield owner, f"{key.partition('/')[0]}/{controller['name']}"
        elif bucket in (PODS, SETS):
            for target in self._selectors.matches(key, document):
                if (bucket == SETS) == (target[0] == DEPLOYMENTS):
                    yield target

    def _update_indexes(self, bucket: str, event: Event) -> None:
        self._children.owners.update(bucket, event)
        if bucket in self._children.labels:
            self._children.labels[bucket].update(event)
        if bucket in self._reconcilers and bucket != PODS:
            selector = None if event.type == "DELETED" else _selector(event.current.object)
            self._selectors.update((bucket, event.key), selector)


def _selector(document: JsonObject) -> JsonObject:
    selector = object_at(document, "spec", "selector")
    return {"matchLabels": selector} if document["kind"] == "ReplicationController" else selector
