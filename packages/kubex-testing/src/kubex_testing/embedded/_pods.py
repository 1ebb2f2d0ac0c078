"""Subresources of pods that act on them: binding and eviction."""

from typing import Any

from kubex_testing._objects.json_types import JsonObject, array_at, json_copy, object_at

from . import _errors as errors
from ._cluster import Call, now
from ._decode import decode_object
from ._deletes import delete_object
from ._disruptions import spend
from ._encode import dumps, render
from ._messages import Response
from ._negotiate import wanted
from ._options import check_dry_run, delete_options

_CREATED: JsonObject = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


async def bind(call: Call) -> Response:
    """POST …/binding: give a pod its node."""
    body = decode_object(call.request, "Binding").document
    pod = call.stored().object
    node = object_at(body, "target").get("name")
    if not node:
        cause = errors.cause("FieldValueRequired", "Required value", "target.name")
        raise errors.invalid("Binding", "", call.info.name, [cause])
    present = object_at(pod, "spec").get("nodeName")
    if present:
        raise errors.conflict(
            "pods/binding", "", call.info.name, f'pod {call.info.name} is already assigned to node "{present}"'
        )
    changed = json_copy(pod)
    changed["spec"]["nodeName"] = node
    _set_condition(changed, {"type": "PodScheduled", "status": "True"})
    if not check_dry_run(call.request.query.get("dryRun", []), "CreateOptions"):
        call.cluster.store.put(call.resource.bucket, call.key, changed)
    return _created(call)


async def evict(call: Call) -> Response:
    """POST …/eviction: delete a pod as its budget allows, and say in its conditions why it goes."""
    body = decode_object(call.request, "Eviction").document
    pod = call.stored()
    if object_at(body, "metadata").get("name") != call.info.name:
        raise errors.bad_request("name in URL does not match name in Eviction object")
    options = delete_options({}, object_at(body, "deleteOptions"))
    dry_run = options.dry_run or check_dry_run(call.request.query.get("dryRun", []), "CreateOptions")
    spend(call, pod.object, dry_run=dry_run)
    if dry_run:
        return _created(call)
    changed = json_copy(pod.object)
    condition = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
    }
    _set_condition(changed, condition)
    marked = call.cluster.store.put(call.resource.bucket, call.key, changed)
    delete_object(call.cluster, call.resource, marked, options)
    return _created(call)


async def stream(call: Call) -> Response:
    """GET or POST …/exec, …/attach, …/portforward: no pod runs here, so the answer is that of a pod without a host."""
    node = object_at(call.stored().object, "spec").get("nodeName")
    if node:
        check_node(call, node)
    raise errors.bad_request(f"pod {call.info.name} does not have a host assigned")


def check_node(call: Call, node: str) -> None:
    """Check that a pod's node is known; raises the 404 that names the node as a pod, as the reference does."""
    if call.cluster.store.get("nodes.", node) is None:
        raise errors.not_found("pods", "", node)


def _set_condition(pod: JsonObject, condition: dict[str, Any]) -> None:
    status = pod.setdefault("status", {})
    others = [item for item in array_at(pod, "status", "conditions") if item["type"] != condition["type"]]
    status["conditions"] = [*others, {**condition, "lastProbeTime": None, "lastTransitionTime": now()}]


def _created(call: Call) -> Response:
    return render(201, dumps(_CREATED), wanted(call.request))
