"""The objects that the controllers of all kinds use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kubex_testing.embedded._cluster import Cluster
from kubex_testing.embedded._stored_object import StoredObject
from kubex_testing.embedded._strategy import with_defaults

from .children import Children
from .writer import Writer


@dataclass(frozen=True)
class Context:
    """The store, the writer and the indexes of the controllers.

    `requeue` reconciles an object again after a number of seconds.
    """

    cluster: Cluster
    writer: Writer
    children: Children
    requeue: Callable[[str, str, float], None]

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """Return a stored object, or None. Objects of `EmbeddedServer.load()` get their defaults."""
        stored = self.cluster.store.get(bucket, key)
        if stored is None or "generation" in stored.object["metadata"]:
            return stored
        resource = self.writer.resource(bucket)
        if not resource.tracks_generation:
            return stored
        document = with_defaults(resource, stored.object)
        document["metadata"]["generation"] = 1
        return StoredObject(document, stored.revision)

    def requeue_earliest(self, bucket: str, key: str, delays: Iterable[float | None]) -> None:
        """Reconcile an object again after the shortest of several delays. None and 0 mean no delay."""
        waiting = [delay for delay in delays if delay]
        if waiting:
            self.requeue(bucket, key, min(waiting))
