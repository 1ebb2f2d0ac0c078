"""The annotations of Deployments and their ReplicaSets: revisions and sizes."""

from collections.abc import Iterable

from kubex_testing._objects.json_types import JsonObject, object_at

from .rollout import Limits

REVISION = "deployment.kubernetes.io/revision"
_HISTORY = "deployment.kubernetes.io/revision-history"
_DESIRED = "deployment.kubernetes.io/desired-replicas"
_MAXIMUM = "deployment.kubernetes.io/max-replicas"
_NOT_COPIED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        "deprecated.deployment.rollback.revision",
        REVISION,
        _HISTORY,
        _DESIRED,
        _MAXIMUM,
    }
)


def annotations(document: JsonObject) -> JsonObject:
    """Return the annotations of an object."""
    return object_at(document, "metadata", "annotations")


def revision(document: JsonObject) -> int:
    """Return the revision of a ReplicaSet, or 0."""
    text = annotations(document).get(REVISION, "0")
    return int(text) if text.isdecimal() else 0


def new_set_annotations(deployment: JsonObject, current: JsonObject, old_sets: Iterable[JsonObject]) -> JsonObject:
    """Return the annotations of the new ReplicaSet, which gets the highest revision.

    Args:
        current: the annotations that the ReplicaSet has.
        old_sets: the other ReplicaSets of the Deployment.
    """
    copied = {key: value for key, value in annotations(deployment).items() if key not in _NOT_COPIED}
    result: JsonObject = {**current, **copied}
    next_revision = max((revision(item) for item in old_sets), default=0) + 1
    before = current.get(REVISION, "")
    if not before:
        result[REVISION] = str(next_revision)
    elif before.isdecimal() and int(before) < next_revision:
        # After an undo, the set keeps its earlier revisions for the history.
        result[REVISION] = str(next_revision)
        result[_HISTORY] = ",".join(filter(None, (current.get(_HISTORY), before)))
    return result


def size_annotations(limits: Limits) -> JsonObject:
    """Return the annotations that record the size of the Deployment on its ReplicaSets."""
    return {_DESIRED: str(limits.desired), _MAXIMUM: str(limits.desired + limits.surge)}
