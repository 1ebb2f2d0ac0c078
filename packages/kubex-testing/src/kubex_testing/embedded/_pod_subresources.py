"""The subresources ephemeralcontainers and resize of pods, which each write one part of the spec.

See https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/ and
https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/.
"""

from kubex_testing._objects.json_types import JsonObject, array_at, json_copy, object_at
from kubex_testing._objects.validate import validate_builtin
from kubex_testing._objects.validate_pod_subresources import validate_ephemeral, validate_resize

from . import _errors as errors
from ._cluster import Cluster

POD_SUBRESOURCES = ("ephemeralcontainers", "resize")
_RESIZABLE_FIELDS = ("resources", "resizePolicy")


def apply_pod_update(subresource: str, new: JsonObject, old: JsonObject) -> JsonObject:
    """Return the old pod with the fields that the subresource may change. Other changes are ignored."""
    result: JsonObject = json_copy(old)
    for key in ("managedFields", "resourceVersion"):
        if key in new["metadata"]:
            result["metadata"][key] = new["metadata"][key]
    if subresource == "resize":
        _apply_resize(result, new)
    else:
        containers = array_at(new, "spec", "ephemeralContainers")
        result["spec"].pop("ephemeralContainers", None)
        if containers:
            result["spec"]["ephemeralContainers"] = containers
    return result


def validate_pod_update(subresource: str, new: JsonObject, old: JsonObject) -> None:
    """Validate a pod after a write to one of the subresources. Raises 422."""
    spec = {key: value for key, value in object_at(new, "spec").items() if key != "ephemeralContainers"}
    causes = validate_builtin("", "Pod", {**new, "spec": spec}, None)
    causes += validate_resize(new, old) if subresource == "resize" else validate_ephemeral(new, old)
    if causes:
        raise errors.invalid("Pod", "", new["metadata"]["name"], [item.to_dict() for item in causes])


def check_node(cluster: Cluster, subresource: str, new: JsonObject, old: JsonObject) -> None:
    """Check that the node of a pod exists if a resize changes the pod. Raises 403."""
    node = object_at(new, "spec").get("nodeName")
    changed = array_at(new, "spec", "containers") != array_at(old, "spec", "containers")
    if subresource == "resize" and node and changed and cluster.store.get("nodes.", node) is None:
        raise errors.forbidden("pods", "", new["metadata"]["name"], f'node "{node}" not found')


def _apply_resize(pod: JsonObject, new: JsonObject) -> None:
    current, requested = array_at(pod, "spec", "containers"), array_at(new, "spec", "containers")
    by_name = {item.get("name"): item for item in requested}
    if len(requested) != len(current) or any(item["name"] not in by_name for item in current):
        # Keep added, removed or renamed containers: the validation of the resize rejects them.
        pod["spec"]["containers"] = requested
        return
    for container in current:
        for key in _RESIZABLE_FIELDS:
            container.pop(key, None)
            if key in by_name[container["name"]]:
                container[key] = by_name[container["name"]][key]
