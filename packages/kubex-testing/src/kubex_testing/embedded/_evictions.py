"""Evictions: delete a pod if its disruption budget allows it.

See https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/.
"""

from kubex_testing._objects.json_types import JsonObject, json_copy, object_at

from . import _errors as errors
from ._cluster import Call
from ._conditions import set_condition
from ._create_only import EVICTION, created_response, decode_create_only
from ._deletes import check_preconditions, delete_object
from ._disruption_budgets import check_and_decrement
from ._messages import Response
from ._options import delete_options

_CONDITION = {
    "type": "DisruptionTarget",
    "status": "True",
    "lastProbeTime": None,
    "reason": "EvictionByEvictionAPI",
    "message": "Eviction API: evicting",
}


async def evict(call: Call) -> Response:
    """POST …/eviction: delete a pod if its budget allows it, and set a condition with the reason."""
    body, write = decode_create_only(call, EVICTION)
    if body["metadata"].get("name") != call.info.name:
        raise errors.bad_request("name in URL does not match name in Eviction object")
    options = delete_options({}, object_at(body, "deleteOptions"))
    pod = call.stored()
    dry_run = options.dry_run or write.dry_run
    check_preconditions(call, pod, options)
    check_and_decrement(call, pod.object, dry_run=dry_run)
    if not dry_run:
        changed: JsonObject = json_copy(pod.object)
        set_condition(changed, _CONDITION)
        marked = call.cluster.store.put(call.resource.bucket, call.key, changed)
        delete_object(call.cluster, call.resource, marked, options)
    return created_response(call)
