"""Pods as running things: none runs here, so the answers are those for pods without a host."""

from kubex_testing._objects.json_types import object_at

from . import _errors as errors
from ._cluster import Call
from ._messages import Response


async def connect(call: Call) -> Response:
    """GET or POST …/exec, …/attach, …/portforward: no pod runs here, so the answer is that of a pod without a host."""
    node = object_at(call.stored().object, "spec").get("nodeName")
    if node:
        check_node_exists(call, node)
    raise errors.bad_request(f"pod {call.info.name} does not have a host assigned")


def check_node_exists(call: Call, node: str) -> None:
    """Check that a pod's node is known; raises the 404 that names the node as a pod, as the reference does."""
    if call.cluster.store.get("nodes.", node) is None:
        raise errors.not_found("pods", "", node)
