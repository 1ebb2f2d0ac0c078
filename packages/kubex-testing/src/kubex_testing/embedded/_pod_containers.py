"""The containers in the spec of a pod."""

from collections.abc import Iterator

from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from . import _errors as errors
from ._cluster import Call

_LISTS = ("initContainers", "containers", "ephemeralContainers")


def select_container(pod: JsonObject, requested: str) -> str:
    """Return the name of the requested container, or of the only one. Raises 400."""
    name = object_at(pod, "metadata")["name"]
    known = [str(item["name"]) for item in _containers(pod)]
    if requested:
        if requested not in known:
            raise errors.bad_request(f"container {requested} is not valid for pod {name}")
        return requested
    containers = array_at(pod, "spec", "containers")
    if len(containers) != 1:
        raise errors.bad_request(
            f"a container name must be specified for pod {name}, choose one of: [{' '.join(known)}]"
        )
    return str(containers[0]["name"])


def container_spec(pod: JsonObject, name: str) -> JsonObject:
    """Return the spec of a container."""
    return next(item for item in _containers(pod) if item["name"] == name)


def check_node(call: Call, pod: JsonObject) -> None:
    """Check that a pod is on a node that exists. Raises 400 and 404."""
    node = object_at(pod, "spec").get("nodeName")
    if not node:
        raise errors.bad_request(f"pod {call.info.name} does not have a host assigned")
    # kube-apiserver calls the node a pod in this message.
    if call.cluster.store.get("nodes.", node) is None:
        raise errors.not_found("pods", "", node)


def _containers(pod: JsonObject) -> Iterator[JsonObject]:
    for kind in _LISTS:
        yield from array_at(pod, "spec", kind)
