"""The objects of a controller: adopt orphans that match its selector, and release objects that do not match."""

from collections.abc import Callable

from kubex_testing._objects.json_types import JsonObject, array_at, object_at
from kubex_testing._objects.label_selectors import match_label_selector
from kubex_testing.embedded._cluster import Cluster
from kubex_testing.embedded._store import StoredObject

from .indexes import LabelIndex, OwnerIndex, controller_of
from .pods import PODS, controller_reference, is_finished, is_terminating
from .writer import Writer

SETS = "replicasets.apps"


class Children:
    """Find the objects of controllers with the indexes."""

    def __init__(self, cluster: Cluster, writer: Writer) -> None:
        self._cluster, self._writer = cluster, writer
        self.owners = OwnerIndex()
        self.labels = {PODS: LabelIndex(), SETS: LabelIndex()}

    def of(self, owner: JsonObject, bucket: str) -> list[StoredObject]:
        """Return the objects that a controller owns, without a change of them."""
        return self._stored(bucket, self.owners.keys(owner["metadata"]["uid"], bucket))

    def claim(
        self,
        owner: JsonObject,
        bucket: str,
        selector: JsonObject,
        accepts: Callable[[JsonObject], bool] = lambda _: True,
    ) -> list[StoredObject]:
        """Return the objects that a controller owns, after it has adopted and released objects.

        Args:
            accepts: a further condition for the objects.
        """
        # An object of load() may have no selector, and an empty one would match all pods.
        if is_terminating(owner) or not any(selector.values()):
            return self.of(owner, bucket)

        def matches(document: JsonObject) -> bool:
            return accepts(document) and match_label_selector(selector, object_at(document, "metadata", "labels"))

        for stored in self.of(owner, bucket):
            if not matches(stored.object) and not is_terminating(stored.object):
                self._release(owner, bucket, stored)
        self._adopt(owner, bucket, selector, matches)
        return self.of(owner, bucket)

    def _adopt(
        self, owner: JsonObject, bucket: str, selector: JsonObject, matches: Callable[[JsonObject], bool]
    ) -> None:
        namespace = owner["metadata"]["namespace"]
        for stored in self._stored(bucket, self.labels[bucket].candidates(namespace, selector)):
            document = stored.object
            if controller_of(document) is not None or is_terminating(document) or not matches(document):
                continue
            if bucket == PODS and is_finished(document):
                continue
            references = [*array_at(document, "metadata", "ownerReferences"), controller_reference(owner)]
            self._write_references(bucket, document, references)

    def _release(self, owner: JsonObject, bucket: str, stored: StoredObject) -> None:
        references = array_at(stored.object, "metadata", "ownerReferences")
        remaining = [item for item in references if item["uid"] != owner["metadata"]["uid"]]
        self._write_references(bucket, stored.object, remaining)

    def _write_references(self, bucket: str, document: JsonObject, references: list[JsonObject]) -> None:
        metadata = {key: value for key, value in document["metadata"].items() if key != "ownerReferences"}
        if references:
            metadata["ownerReferences"] = references
        self._writer.update(bucket, {**document, "metadata": metadata})

    def _stored(self, bucket: str, keys: list[str]) -> list[StoredObject]:
        objects = self._cluster.store.bucket(bucket).objects
        return [objects[key] for key in keys if key in objects]
