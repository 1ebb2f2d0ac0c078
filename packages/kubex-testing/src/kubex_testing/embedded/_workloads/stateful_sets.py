"""The controller of StatefulSets: pods with numbers, which start and stop in order.

See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/.
"""

from dataclasses import dataclass

from kubex_testing._objects.json_types import JsonObject, array_at, json_copy, object_at
from kubex_testing.embedded._store import StoredObject

from .context import Context
from .pods import (
    PODS,
    is_finished,
    is_ready,
    is_terminating,
    phase,
    pod_from_template,
    seconds_until_available,
)
from .revisions import REVISION_HASH, History, template_of

STATEFUL_SETS = "statefulsets.apps"
_CLAIMS = "persistentvolumeclaims."
_POD_NAME = "statefulset.kubernetes.io/pod-name"
_POD_INDEX = "apps.kubernetes.io/pod-index"


@dataclass(frozen=True)
class Revisions:
    """The revision of the old pods, and the one of the current template. They are equal outside an update."""

    current: JsonObject
    update: JsonObject

    def for_pod(self, owner: JsonObject, number: int) -> JsonObject:
        """Return the revision for a new pod. Pods below the partition keep the old one."""
        strategy = owner["spec"]["updateStrategy"]
        partition = object_at(strategy, "rollingUpdate").get("partition", 0)
        is_kept = strategy.get("type") == "RollingUpdate" and number - first_number(owner) < partition
        return self.current if is_kept else self.update


class StatefulSetController:
    """Create, delete and update the pods, one after another unless the policy is Parallel."""

    def __init__(self, context: Context) -> None:
        self._context, self._writer = context, context.writer
        self._history = History(context, "controller.kubernetes.io/hash")

    def reconcile(self, key: str) -> None:
        """Do the next step, and write the status."""
        stored = self._context.get(STATEFUL_SETS, key)
        if stored is None or is_terminating(stored.object):
            return
        owner = stored.object
        pods = self._pods(owner)
        known, update = self._history.sync(owner)
        name = object_at(owner, "status").get("currentRevision")
        revisions = Revisions(next((item for item in known if _name(item) == name), update), update)
        if self._create_and_delete(owner, revisions, pods):
            self._update(owner, revisions, pods)
        self._write_status(key, stored, revisions)

    def _pods(self, owner: JsonObject) -> dict[int, StoredObject]:
        """Return the pods by their numbers."""
        selector = object_at(owner, "spec", "selector")
        claimed = self._context.children.claim(owner, PODS, selector, lambda pod: _number(owner, pod) is not None)
        numbered = ((_number(owner, item.object), item) for item in claimed)
        return {number: item for number, item in numbered if number is not None}

    def _create_and_delete(self, owner: JsonObject, revisions: Revisions, pods: dict[int, StoredObject]) -> bool:
        """Create missing pods and delete surplus ones. Returns whether all pods exist and are available."""
        first, in_order = first_number(owner), owner["spec"].get("podManagementPolicy") != "Parallel"
        wanted = range(first, first + owner["spec"].get("replicas", 1))
        complete = True
        for number in wanted:
            stored = pods.get(number)
            if stored is None:
                self._create(owner, revisions.for_pod(owner, number), number)
            elif is_finished(stored.object) and not is_terminating(stored.object):
                self._writer.delete(PODS, stored)
            elif self._is_available(owner, stored.object):
                continue
            complete = False
            if in_order:
                return False
        surplus = [number for number in sorted(pods, reverse=True) if number not in wanted]
        for number in surplus:
            if not is_terminating(pods[number].object):
                self._writer.delete(PODS, pods[number])
            if in_order:
                return False
        return complete and not surplus

    def _update(self, owner: JsonObject, revisions: Revisions, pods: dict[int, StoredObject]) -> None:
        """Delete the pod with the highest number that has an old revision. It is then created again."""
        if owner["spec"]["updateStrategy"].get("type") != "RollingUpdate":
            return
        for number in sorted(pods, reverse=True):
            wanted = _name(revisions.for_pod(owner, number))
            if wanted == _name(revisions.update) != _revision(pods[number].object):
                self._writer.delete(PODS, pods[number])
                return

    def _create(self, owner: JsonObject, revision: JsonObject, number: int) -> None:
        metadata, spec = owner["metadata"], owner["spec"]
        name = f"{metadata['name']}-{number}"
        pod = pod_from_template(owner, template_of(revision))
        pod["metadata"]["name"] = name
        pod["metadata"]["labels"] = {
            **pod["metadata"].get("labels", {}),
            _POD_NAME: name,
            _POD_INDEX: str(number),
            REVISION_HASH: _name(revision),
        }
        pod["spec"]["hostname"] = name
        if spec.get("serviceName"):
            pod["spec"]["subdomain"] = spec["serviceName"]
        claims = array_at(spec, "volumeClaimTemplates")
        volumes = [_volume(claim, name) for claim in claims]
        replaced = {volume["name"] for volume in volumes}
        others = [item for item in array_at(pod, "spec", "volumes") if item["name"] not in replaced]
        if volumes or others:
            pod["spec"]["volumes"] = [*volumes, *others]
        for claim in claims:
            self._create_claim(owner, claim, name)
        self._writer.create(PODS, metadata["namespace"], pod)

    def _create_claim(self, owner: JsonObject, claim: JsonObject, pod: str) -> None:
        namespace, name = owner["metadata"]["namespace"], f"{claim['metadata']['name']}-{pod}"
        if self._context.get(_CLAIMS, f"{namespace}/{name}") is not None:
            return
        selected = object_at(owner, "spec", "selector", "matchLabels")
        labels = {**object_at(claim, "metadata", "labels"), **selected}
        metadata = {"name": name, "labels": labels}
        if annotations := object_at(claim, "metadata", "annotations"):
            metadata["annotations"] = dict(annotations)
        self._writer.create(_CLAIMS, namespace, {"metadata": metadata, "spec": json_copy(claim["spec"])})

    def _is_available(self, owner: JsonObject, pod: JsonObject) -> bool:
        if is_terminating(pod) or phase(pod) != "Running":
            return False
        return seconds_until_available(pod, owner["spec"].get("minReadySeconds", 0)) == 0

    def _write_status(self, key: str, stored: StoredObject, revisions: Revisions) -> None:
        owner, spec = stored.object, stored.object["spec"]
        pods = [item.object for item in self._context.children.of(owner, PODS)]
        living = [pod for pod in pods if not is_terminating(pod)]
        ready = [pod for pod in pods if phase(pod) == "Running" and is_ready(pod)]
        delays = [seconds_until_available(pod, spec.get("minReadySeconds", 0)) for pod in ready]
        current, update = _name(revisions.current), _name(revisions.update)
        counts = {
            "readyReplicas": len(ready),
            "currentReplicas": sum(_revision(pod) == current for pod in living),
            "updatedReplicas": sum(_revision(pod) == update for pod in living),
        }
        is_rolling = spec["updateStrategy"].get("type") == "RollingUpdate"
        replicas = spec.get("replicas", 1)
        if is_rolling and replicas == len(pods) == counts["updatedReplicas"] == counts["readyReplicas"]:
            current, counts["currentReplicas"] = update, counts["updatedReplicas"]
        status: JsonObject = {
            **{name: value for name, value in object_at(owner, "status").items() if name == "conditions"},
            "observedGeneration": owner["metadata"]["generation"],
            "replicas": len(pods),
            **{name: count for name, count in counts.items() if count},
            "availableReplicas": delays.count(0),
            "currentRevision": current,
            "updateRevision": update,
            "collisionCount": 0,
        }
        self._writer.update_status(STATEFUL_SETS, stored, status)
        self._history.truncate(owner, {current, update, *(_revision(pod) for pod in pods)})
        self._context.requeue_earliest(STATEFUL_SETS, key, delays)


def first_number(owner: JsonObject) -> int:
    """Return the number of the first pod."""
    return int(object_at(owner, "spec", "ordinals").get("start", 0))


def _number(owner: JsonObject, pod: JsonObject) -> int | None:
    """Return the number of a pod, or None if its name does not belong to the StatefulSet."""
    parent, _, number = pod["metadata"]["name"].rpartition("-")
    return int(number) if parent == owner["metadata"]["name"] and number.isdecimal() else None


def _volume(claim: JsonObject, pod: str) -> JsonObject:
    name = claim["metadata"]["name"]
    return {"name": name, "persistentVolumeClaim": {"claimName": f"{name}-{pod}"}}


def _revision(pod: JsonObject) -> str:
    return str(object_at(pod, "metadata", "labels").get(REVISION_HASH, ""))


def _name(document: JsonObject) -> str:
    return str(document["metadata"]["name"])
