"""The connect subresources of pods (exec, attach, portforward). No pod runs here, so they only return errors."""

from kubex_testing._objects.json_types import object_at

from . import _errors as errors
from ._cluster import Call
from ._messages import Response


async def connect(call: Call) -> Response:
    """GET or POST …/exec, …/attach, …/portforward: return the error for a pod without a node."""
    node = object_at(call.stored().object, "spec").get("nodeName")
    if node:
        check_node_exists(call, node)
    raise errors.bad_request(f"pod {call.info.name} does not have a host assigned")


def check_node_exists(call: Call, node: str) -> None:
    """Check that the node of a pod exists. Raises 404."""
    # kube-apiserver calls the node a pod in this message.
    if call.cluster.store.get("nodes.", node) is None:
        raise errors.not_found("pods", "", node)
