"""Bindings, which a scheduler creates to assign a node to a pod.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/.
"""

from dataclasses import replace

from kubex_testing._objects.json_types import JsonObject, json_copy, object_at
from kubex_testing._objects.status_causes import StatusCause, not_supported, required

from . import _errors as errors
from ._cluster import Call
from ._conditions import set_condition
from ._create_only import BINDING, created_response, decode_create_only
from ._messages import Response


async def bind(call: Call) -> Response:
    """POST …/pods/NAME/binding."""
    body, options = decode_create_only(call, BINDING)
    return _assign_node(call, body, dry_run=options.dry_run)


async def bind_by_name(call: Call) -> Response:
    """POST …/bindings, where the body names the pod."""
    body, options = decode_create_only(call, BINDING)
    name = body["metadata"].get("name")
    if not name:
        raise errors.bad_request("Name parameter required.")
    pods = call.cluster.registry.find("", "v1", "pods")
    if pods is None:
        raise errors.unknown_resource()
    pod_call = replace(call, info=replace(call.info, name=name), resource=pods)
    return _assign_node(pod_call, body, dry_run=options.dry_run)


def _assign_node(call: Call, body: JsonObject, *, dry_run: bool) -> Response:
    metadata, name = body["metadata"], call.info.name
    if metadata.get("name") != name:
        raise errors.bad_request("name in URL does not match name in Binding object")
    problems = list(_problems(object_at(body, "target")))
    if problems:
        # kube-apiserver returns these as internal errors, not as Invalid.
        raise errors.internal(str(problems[0]))
    pod = call.stored().object
    _check_preconditions(name, metadata, pod["metadata"])
    if "deletionTimestamp" in pod["metadata"]:
        raise errors.conflict("pods/binding", "", name, f"pod {name} is being deleted, cannot be assigned to a host")
    node = object_at(pod, "spec").get("nodeName")
    if node:
        raise errors.conflict("pods/binding", "", name, f'pod {name} is already assigned to node "{node}"')
    changed: JsonObject = json_copy(pod)
    changed["spec"]["nodeName"] = body["target"]["name"]
    for key in ("annotations", "labels"):
        if metadata.get(key):
            changed["metadata"][key] = {**object_at(changed, "metadata", key), **metadata[key]}
    set_condition(changed, {"type": "PodScheduled", "status": "True", "lastProbeTime": None})
    # A binding bypasses the validation of pods, which does not allow changes of nodeName.
    if not dry_run:
        call.cluster.store.put(call.resource.bucket, call.key, changed)
    return created_response(call)


def _problems(target: JsonObject) -> list[StatusCause]:
    if target.get("kind") not in (None, "", "Node"):
        return [not_supported("target.kind", target["kind"], ["Node", "<empty>"])]
    return [] if target.get("name") else [required("target.name")]


def _check_preconditions(name: str, preconditions: JsonObject, metadata: JsonObject) -> None:
    for key, title in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        if preconditions.get(key) and preconditions[key] != metadata[key]:
            expected, found = preconditions[key], metadata[key]
            detail = f"Precondition failed: {title} in precondition: {expected}, {title} in object meta: {found}"
            raise errors.conflict("pods", "", name, detail)
