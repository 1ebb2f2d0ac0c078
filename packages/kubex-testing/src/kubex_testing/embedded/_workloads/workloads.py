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
from .daemon_sets import DAEMON_SETS, NODES, DaemonSetController
from .deployments import DEPLOYMENTS, DeploymentController
from .endpoints import ENDPOINTS, SERVICES, EndpointsController, selector_of
from .indexes import SelectorIndex, Target, controller_of
from .jobs import JOBS, TRACKING, JobController
from .pods import PODS
from .replica_sets import REPLICATION_CONTROLLERS, ReplicaSetController
from .stateful_sets import STATEFUL_SETS, StatefulSetController
from .writer import Writer

OWNERS = {
    "Deployment": DEPLOYMENTS,
    "ReplicaSet": SETS,
    "ReplicationController": REPLICATION_CONTROLLERS,
    "StatefulSet": STATEFUL_SETS,
    "DaemonSet": DAEMON_SETS,
    "Job": JOBS,
    "Service": SERVICES,
}
"""The bucket of each kind that owns or selects objects."""


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
        jobs, endpoints = JobController(context), EndpointsController(context)
        self._reconcilers: Mapping[str, Callable[[str], None]] = {
            DEPLOYMENTS: DeploymentController(context).reconcile,
            SETS: ReplicaSetController(context, SETS).reconcile,
            REPLICATION_CONTROLLERS: ReplicaSetController(context, REPLICATION_CONTROLLERS).reconcile,
            STATEFUL_SETS: StatefulSetController(context).reconcile,
            DAEMON_SETS: DaemonSetController(context).reconcile,
            JOBS: jobs.reconcile,
            SERVICES: endpoints.reconcile,
            PODS: jobs.release_pod,
            ENDPOINTS: endpoints.delete,
        }
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
        document, previous = event.current.object, event.previous
        if event.type == "DELETED":
            yield from self._affected_by_deletion(bucket, event)
        elif bucket in self._reconcilers and self._needs_reconcile(bucket, document):
            yield bucket, event.key
        yield from self._affected(bucket, event.key, document)
        if previous is not None and _identity(previous.object) != _identity(document):
            yield from self._affected(bucket, event.key, previous.object)

    def reconcile(self, bucket: str, key: str) -> None:
        """Reconcile one object. Errors of the API, such as a terminating namespace, end the reconcile."""
        try:
            self._reconcilers[bucket](key)
        except ApiError:
            # The next event of the object, or of its children, causes another attempt.
            return
        except Exception as error:  # noqa: BLE001  # one object, for example of load(), must not stop the others
            self._cluster.failures.append(error)

    def _needs_reconcile(self, bucket: str, document: JsonObject) -> bool:
        """Return whether an object needs a reconcile. Pods need one only to lose the finalizer of a missing Job."""
        if bucket == PODS and TRACKING in array_at(document, "metadata", "finalizers"):
            owner, namespace = controller_of(document), document["metadata"]["namespace"]
            return owner is None or self._cluster.store.get(JOBS, f"{namespace}/{owner['name']}") is None
        return bucket not in (PODS, ENDPOINTS)

    def _affected_by_deletion(self, bucket: str, event: Event) -> Iterator[Target]:
        if bucket == JOBS:
            keys = self._children.owners.keys(event.current.object["metadata"]["uid"], PODS)
            yield from ((PODS, key) for key in keys)
        elif bucket == SERVICES:
            yield ENDPOINTS, event.key

    def _affected(self, bucket: str, key: str, document: JsonObject) -> Iterator[Target]:
        """Return the objects that own or select an object."""
        controller = controller_of(document)
        if controller is not None and (owner := OWNERS.get(controller["kind"])) is not None:
            yield owner, f"{key.partition('/')[0]}/{controller['name']}"
        if bucket == NODES:
            yield from ((DAEMON_SETS, other) for other in self._cluster.store.bucket(DAEMON_SETS).keys)
        elif bucket == ENDPOINTS:
            yield SERVICES, key
        elif bucket in (PODS, SETS):
            for target in self._selectors.matches(key, document):
                is_orphan = controller is None and (bucket == SETS) == (target[0] == DEPLOYMENTS)
                if is_orphan or (bucket, target[0]) == (PODS, SERVICES):
                    yield target

    def _update_indexes(self, bucket: str, event: Event) -> None:
        self._children.owners.update(bucket, event)
        if bucket in self._children.labels:
            self._children.labels[bucket].update(event)
        if bucket in OWNERS.values():
            selector = None if event.type == "DELETED" else _selector(event.current.object)
            self._selectors.update((bucket, event.key), selector if selector and any(selector.values()) else None)


def _selector(document: JsonObject) -> JsonObject | None:
    """Return the selector of an object as a LabelSelector."""
    if document["kind"] == "Service":
        return selector_of(document)
    selector = object_at(document, "spec", "selector")
    return {"matchLabels": selector} if document["kind"] == "ReplicationController" else selector


def _identity(document: JsonObject) -> tuple[object, object]:
    """Return the metadata that decides which objects own or select an object."""
    metadata = document["metadata"]
    return metadata.get("labels"), metadata.get("ownerReferences")
