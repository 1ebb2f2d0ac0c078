"""Subresources of pods that write one part of the spec: ephemeral containers and resources.

See https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/ and
https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/.
"""

from kubex_testing._objects.causes import Cause, duplicate, forbidden
from kubex_testing._objects.json_types import JsonArray, JsonObject, array_at, json_copy, object_at

from . import _errors as errors
from ._cluster import Cluster

PARTS = ("ephemeralcontainers", "resize")
_RESIZABLE = ("resources", "resizePolicy")


def take_part(cluster: Cluster, subresource: str, new: JsonObject, old: JsonObject) -> JsonObject:
    """Return the old pod with that part of the new one; everything else in it is ignored. Raises 403 and 422."""
    result: JsonObject = json_copy(old)
    for key in ("managedFields", "resourceVersion"):
        if key in new["metadata"]:
            result["metadata"][key] = new["metadata"][key]
    if subresource == "resize":
        _resize(cluster, result, new)
    else:
        _set_ephemeral(result, array_at(new, "spec", "ephemeralContainers"))
    return result


def without_ephemeral(pod: JsonObject) -> JsonObject:
    """Return a pod as it could be created, which it cannot with ephemeral containers."""
    spec = {key: value for key, value in object_at(pod, "spec").items() if key != "ephemeralContainers"}
    return {**pod, "spec": spec}


def _set_ephemeral(pod: JsonObject, containers: JsonArray) -> None:
    names = {item.get("name") for item in containers}
    removed = [item["name"] for item in array_at(pod, "spec", "ephemeralContainers") if item["name"] not in names]
    causes = [
        forbidden("spec.ephemeralContainers", f'existing ephemeral containers "{name}" may not be removed')
        for name in removed
    ]
    taken = {item["name"] for kind in ("containers", "initContainers") for item in array_at(pod, "spec", kind)}
    causes += [
        duplicate(f"spec.ephemeralContainers[{index}].name", item.get("name"))
        for index, item in enumerate(containers)
        if item.get("name") in taken
    ]
    _refuse(pod, causes)
    if containers:
        pod["spec"]["ephemeralContainers"] = containers


def _resize(cluster: Cluster, pod: JsonObject, new: JsonObject) -> None:
    wanted = {item.get("name"): item for item in array_at(new, "spec", "containers")}
    present = array_at(pod, "spec", "containers")
    if [item["name"] for item in present] != list(wanted):
        _refuse(pod, [forbidden("spec.containers", "containers may not be added or removed on resize")])
    before = json_copy(present)
    for container in present:
        for key in _RESIZABLE:
            if key in wanted[container["name"]]:
                container[key] = wanted[container["name"]][key]
    node = object_at(pod, "spec").get("nodeName")
    if node and present != before and cluster.store.get("nodes.", node) is None:
        raise errors.forbidden("pods", "", pod["metadata"]["name"], f'node "{node}" not found')


def _refuse(pod: JsonObject, causes: list[Cause]) -> None:
    if causes:
        raise errors.invalid("Pod", "", pod["metadata"]["name"], [item.as_dict() for item in causes])
