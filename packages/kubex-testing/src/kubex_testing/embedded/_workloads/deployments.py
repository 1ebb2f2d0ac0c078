"""The controller of Deployments: one ReplicaSet for each template, and rolling updates between them.

See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/.
"""

from dataclasses import dataclass

from kubex_testing._objects.json_types import JsonObject, json_copy, json_equal, object_at
from kubex_testing.embedded._store import StoredObject

from .children import SETS
from .context import Context
from .deployment_annotations import REVISION, annotations, new_set_annotations, revision, size_annotations
from .deployment_status import (
    deployment_status,
    is_complete,
    seconds_to_deadline,
    set_new_set_condition,
    set_paused_condition,
)
from .pods import controller_reference, is_terminating
from .rollout import Limits, Size
from .template_hash import POD_TEMPLATE_HASH, template_hash, without_hash

DEPLOYMENTS = "deployments.apps"


@dataclass
class Sets:
    """The ReplicaSets of a Deployment: the one of its template, and the others, oldest first."""

    new: StoredObject | None
    old: list[StoredObject]

    @property
    def all(self) -> list[JsonObject]:
        return [item.object for item in (*self.old, self.new) if item is not None]


class DeploymentController:
    """Create the ReplicaSet of the template, move the pods to it, and report the progress."""

    def __init__(self, context: Context) -> None:
        self._context, self._writer = context, context.writer

    def reconcile(self, key: str) -> None:
        """Do the next step of the rollout, and write the status."""
        stored = self._context.get(DEPLOYMENTS, key)
        if stored is None:
            return
        sets = self._sets(stored.object)
        if is_terminating(stored.object):
            self._write_status(key, sets)
            return
        self._writer.update_status(DEPLOYMENTS, stored, set_paused_condition(stored.object))
        stored = self._context.get(DEPLOYMENTS, key) or stored
        if stored.object["spec"].get("paused"):
            if sets.new is not None:
                self._update_new_set(stored.object, sets, sets.new)
            self._scale_paused(stored.object, sets)
        elif stored.object["spec"]["strategy"].get("type") == "Recreate":
            self._recreate(stored, sets)
        else:
            self._roll(stored, sets)
        self._write_status(key, sets)

    def _sets(self, deployment: JsonObject) -> Sets:
        found = self._context.children.claim(deployment, SETS, object_at(deployment, "spec", "selector"))
        found.sort(key=lambda item: (item.object["metadata"]["creationTimestamp"], revision(item.object)))
        template = without_hash(deployment["spec"]["template"])
        new = next(
            (item for item in found if json_equal(without_hash(item.object["spec"]["template"]), template)), None
        )
        return Sets(new, [item for item in found if item is not new])

    def _roll(self, stored: StoredObject, sets: Sets) -> None:
        new = self._new_set(stored.object, sets)
        limits, old = Limits.of(stored.object), [Size.of(item.object) for item in sets.old]
        size = Size.of(new.object)
        wanted = limits.new_size(size.replicas, old)
        sets.new = self._scale(stored.object, new, wanted)
        if wanted == size.replicas:
            for index, replicas in enumerate(limits.old_sizes(size, old)):
                sets.old[index] = self._scale(stored.object, sets.old[index], replicas)
        self._delete_old_sets(stored.object, sets)

    def _recreate(self, stored: StoredObject, sets: Sets) -> None:
        """Create pods of the new template after all old pods have ended."""
        if sets.new is not None:
            self._update_new_set(stored.object, sets, sets.new)
        sets.old = [self._scale(stored.object, item, 0) for item in sets.old]
        statuses = [object_at(item.object, "status") for item in sets.old]
        if any(status.get("replicas") or status.get("terminatingReplicas") for status in statuses):
            return
        new = self._new_set(stored.object, sets)
        sets.new = self._scale(stored.object, new, Limits.of(stored.object).desired)
        self._delete_old_sets(stored.object, sets)

    def _scale_paused(self, deployment: JsonObject, sets: Sets) -> None:
        """Scale the only active ReplicaSet, or the newest one if none is active."""
        candidates = [*sets.old, *([sets.new] if sets.new else [])]
        active = [item for item in candidates if Size.of(item.object).replicas] or candidates[-1:]
        if len(active) != 1:
            return
        scaled = self._scale(deployment, active[0], Limits.of(deployment).desired)
        if active[0] is sets.new:
            sets.new = scaled
        else:
            sets.old[sets.old.index(active[0])] = scaled

    def _new_set(self, deployment: JsonObject, sets: Sets) -> StoredObject:
        """Return the ReplicaSet of the template, and create it if it does not exist."""
        if sets.new is not None:
            return self._update_new_set(deployment, sets, sets.new)
        sets.new = self._create_set(deployment, sets)
        self._record_new_set(deployment, sets.new, created=True)
        return sets.new

    def _update_new_set(self, deployment: JsonObject, sets: Sets, new: StoredObject) -> StoredObject:
        """Give the ReplicaSet of the template the highest revision, and the annotations of the Deployment."""
        wanted = new_set_annotations(deployment, annotations(new.object), [item.object for item in sets.old])
        sets.new = self._change(new, wanted, minReadySeconds=deployment["spec"].get("minReadySeconds"))
        self._record_new_set(deployment, sets.new, created=False)
        return sets.new

    def _record_new_set(self, deployment: JsonObject, new: StoredObject, *, created: bool) -> None:
        """Write the revision of the new ReplicaSet to the Deployment."""
        current = self._context.cluster.store.bucket(DEPLOYMENTS).objects[_key(deployment)].object
        status = set_new_set_condition(current, new.object["metadata"]["name"], created=created)
        changed = {**annotations(current), REVISION: annotations(new.object)[REVISION]}
        if changed != annotations(current) or status != object_at(current, "status"):
            metadata = {**current["metadata"], "annotations": changed}
            self._writer.update(DEPLOYMENTS, {**current, "metadata": metadata, "status": status}, "status")

    def _create_set(self, deployment: JsonObject, sets: Sets) -> StoredObject:
        spec, namespace = deployment["spec"], deployment["metadata"]["namespace"]
        digest = template_hash(spec["template"])
        while self._context.get(SETS, f"{namespace}/{deployment['metadata']['name']}-{digest}") is not None:
            digest = template_hash([spec["template"], digest])
        template = json_copy(spec["template"])
        labels = {**object_at(template, "metadata", "labels"), POD_TEMPLATE_HASH: digest}
        template["metadata"] = {**object_at(template, "metadata"), "labels": labels}
        selector = json_copy(spec["selector"])
        selector["matchLabels"] = {**object_at(selector, "matchLabels"), POD_TEMPLATE_HASH: digest}
        limits, old = Limits.of(deployment), [Size.of(item.object) for item in sets.old]
        is_rolling = spec["strategy"].get("type") != "Recreate"
        document: JsonObject = {
            "metadata": {
                "name": f"{deployment['metadata']['name']}-{digest}",
                "labels": labels,
                "annotations": {
                    **new_set_annotations(deployment, {}, [item.object for item in sets.old]),
                    **size_annotations(limits),
                },
                "ownerReferences": [controller_reference(deployment)],
            },
            "spec": {
                "replicas": limits.new_size(0, old) if is_rolling else limits.desired,
                "selector": selector,
                "template": template,
            },
        }
        if spec.get("minReadySeconds"):
            document["spec"]["minReadySeconds"] = spec["minReadySeconds"]
        return self._writer.create(SETS, namespace, document)

    def _scale(self, deployment: JsonObject, stored: StoredObject, replicas: int) -> StoredObject:
        """Set the size of a ReplicaSet. The annotations of an active one show the size of the Deployment."""
        if not replicas and not Size.of(stored.object).replicas:
            return stored
        wanted = {**annotations(stored.object), **size_annotations(Limits.of(deployment))}
        return self._change(stored, wanted, replicas=replicas)

    def _change(self, stored: StoredObject, wanted: JsonObject, **spec: int | None) -> StoredObject:
        document = stored.object
        changed = {**document["spec"], **spec}
        changed = {key: value for key, value in changed.items() if value is not None}
        if changed == document["spec"] and wanted == annotations(document):
            return stored
        metadata = {**document["metadata"], "annotations": wanted}
        return self._writer.update(SETS, {**document, "metadata": metadata, "spec": changed})

    def _delete_old_sets(self, deployment: JsonObject, sets: Sets) -> None:
        """Delete the oldest ReplicaSets without pods beyond `revisionHistoryLimit`, after the rollout."""
        limit = deployment["spec"].get("revisionHistoryLimit", 10)
        if not is_complete(deployment, object_at(deployment, "status")):
            return
        surplus = sorted(sets.old, key=lambda item: revision(item.object))[: max(len(sets.old) - limit, 0)]
        for stored in surplus:
            if not Size.of(stored.object).replicas and not object_at(stored.object, "status").get("replicas"):
                self._writer.delete(SETS, stored)

    def _write_status(self, key: str, sets: Sets) -> None:
        stored = self._context.get(DEPLOYMENTS, key)
        if stored is None:
            return
        status = deployment_status(stored.object, sets.new.object if sets.new else None, sets.all)
        stored = self._writer.update_status(DEPLOYMENTS, stored, status)
        self._context.requeue_earliest(DEPLOYMENTS, key, [seconds_to_deadline(stored.object)])


def _key(document: JsonObject) -> str:
    return f"{document['metadata']['namespace']}/{document['metadata']['name']}"
