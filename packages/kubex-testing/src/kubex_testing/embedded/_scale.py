"""The scale subresource, which reads and writes the replicas of several kinds.

See https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/.
"""

from collections.abc import Mapping

from kubex_testing._objects.json_types import JsonObject, is_object, json_copy, object_at
from kubex_testing._objects.label_selectors import format_label_selector

from . import _errors as errors
from ._apply import decode_apply_configuration, server_side_apply
from ._cluster import Call
from ._decode import Body, decode_object, decode_patch
from ._encode import dumps, render
from ._field_validation import decode_fields
from ._managed_fields import replicas_path
from ._messages import Response
from ._negotiation import Representation, content_type
from ._options import WriteOptions, write_options
from ._patches import APPLY_PATCH, apply_patch, check_patch_type, read_patch
from ._registry import ResourceType
from ._responses import encode_object, negotiate_object
from ._store import StoredObject
from ._type_meta import check_type_meta
from ._writes import check_identity, update_object

SCALE = ResourceType("autoscaling", "v1", "Scale", "scales", verbs=())
_SPEC_REPLICAS, _STATUS_REPLICAS = ".spec.replicas", ".status.replicas"


async def get_scale(call: Call) -> Response:
    """GET …/scale."""
    representation = negotiate_object(call.request)
    return _scale_response(call, call.stored(), representation)


async def update_scale(call: Call) -> Response:
    """PUT …/scale."""
    representation = negotiate_object(call.request)
    options = write_options(call.request, "UpdateOptions")
    body = decode_object(call.request, SCALE)
    check_type_meta(SCALE, body.document)
    scale = decode_fields(call, body, options, resource=SCALE)
    return _scale_response(call, _update_replicas(call, call.stored(), scale, options), representation)


async def patch_scale(call: Call) -> Response:
    """PATCH …/scale."""
    representation = negotiate_object(call.request)
    media = content_type(call.request)
    check_patch_type(call.resource, media)
    options = write_options(call.request, "PatchOptions", apply=media == APPLY_PATCH)
    if media == APPLY_PATCH:
        scale = decode_apply_configuration(call, SCALE)
        applied = server_side_apply(call, options, _parent_configuration(call, scale))[1]
        return _scale_response(call, applied, representation)
    operations = read_patch(decode_patch(call.request), media)
    current = call.stored()
    patched = apply_patch(SCALE, media, scale_from_object(call.resource, current.object), operations)
    check_type_meta(SCALE, patched, patched=True)
    scale = decode_fields(call, Body(patched), options, resource=SCALE, patched=True)
    return _scale_response(call, _update_replicas(call, current, scale, options), representation)


def scale_from_object(resource: ResourceType, document: JsonObject) -> JsonObject:
    """Return the Scale of an object."""
    metadata = document["metadata"]
    copied = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    paths: Mapping[str, str] = (resource.custom.scale if resource.custom else None) or {}
    spec_path = paths.get("specReplicasPath", _SPEC_REPLICAS)
    status_path = paths.get("statusReplicasPath", _STATUS_REPLICAS)
    status: JsonObject = {"replicas": _get_path(document, status_path) or 0}
    selector = _selector(resource, document)
    if selector:
        status["selector"] = selector
    replicas = _get_path(document, spec_path)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: metadata[key] for key in copied if key in metadata},
        "spec": {"replicas": replicas} if replicas else {},
        "status": status,
    }


def _selector(resource: ResourceType, document: JsonObject) -> str:
    if resource.bucket == "replicationcontrollers.":
        return format_label_selector({"matchLabels": object_at(document, "spec", "selector")})
    if resource.custom is None:
        return format_label_selector(object_at(document, "spec", "selector"))
    path = (resource.custom.scale or {}).get("labelSelectorPath")
    return str(_get_path(document, path) or "") if path else ""


def _update_replicas(call: Call, current: StoredObject, scale: JsonObject, options: WriteOptions) -> StoredObject:
    """Set the replicas of the parent object. Raises 400, 409 and 422."""
    check_identity(call, scale)
    metadata, name = scale["metadata"], call.info.name
    replicas = object_at(scale, "spec").get("replicas", 0)
    if replicas < 0:
        resource = call.resource
        if resource.custom is not None:
            message = f"Invalid value: {replicas}: should be a non-negative integer"
            cause = errors.status_cause("FieldValueInvalid", message, replicas_path(resource))
            raise errors.invalid(resource.kind, resource.group, name, [cause])
        message = f"Invalid value: {replicas}: must be greater than or equal to 0"
        cause = errors.status_cause("FieldValueInvalid", message, "spec.replicas")
        raise errors.invalid("Scale", "autoscaling", name, [cause])
    changed = json_copy(current.object)
    if metadata.get("resourceVersion"):
        changed["metadata"]["resourceVersion"] = metadata["resourceVersion"]
    uid, current_uid = metadata.get("uid"), changed["metadata"]["uid"]
    if uid and uid != current_uid:
        detail = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {current_uid}"
        raise errors.conflict(call.resource.plural, call.resource.group, name, detail)
    _set_path(changed, replicas_path(call.resource), replicas)
    return update_object(call, changed, current, options)


def _parent_configuration(call: Call, scale: JsonObject) -> JsonObject:
    """Convert an applied Scale to an apply configuration of the parent object."""
    resource = call.resource
    config: JsonObject = {**scale, "apiVersion": resource.api_version, "kind": resource.kind}
    replicas = object_at(config.pop("spec", None)).get("replicas")
    config.pop("status", None)
    if replicas is not None:
        _set_path(config, replicas_path(resource), replicas)
    return config


def _scale_response(call: Call, stored: StoredObject, representation: Representation) -> Response:
    scale = scale_from_object(call.resource, stored.object)
    if not representation.as_kind:
        return render(200, dumps(scale), representation)
    item = StoredObject(scale, stored.revision)
    if representation.as_kind == "Table":
        from ._tables import parse_include_object, scale_columns, table_bytes

        columns = scale_columns(custom=call.resource.custom is not None)
        metadata = {"resourceVersion": scale["metadata"]["resourceVersion"]}
        include = parse_include_object(call.request.query)
        body = table_bytes(SCALE, [item], metadata, representation.version, include, columns=columns)
    else:
        body = encode_object(SCALE, item, representation, call.request)
    return render(200, body, representation)


def _get_path(document: JsonObject, path: str) -> object:
    *parents, last = path.strip(".").split(".")
    return object_at(document, *parents).get(last)


def _set_path(document: JsonObject, path: str, value: object) -> None:
    *parents, last = path.strip(".").split(".")
    target = document
    for key in parents:
        child = target.get(key)
        target[key] = target = child if is_object(child) else {}
    target[last] = value
