"""The verb patch, with its four patch types."""

from dataclasses import replace

from kubex_testing._objects.json_patch import (
    JsonPatchError,
    JsonPatchFormatError,
    JsonPatchSizeError,
    apply_json_patch,
)
from kubex_testing._objects.json_types import JsonObject, is_object, json_copy
from kubex_testing._objects.merge_patch import apply_merge_patch
from kubex_testing._objects.strategic_merge_patch import StrategicPatchError, apply_strategic_merge_patch

from . import _errors as errors
from ._apply import server_side_apply
from ._cluster import Call
from ._decode import Body, decode_patch
from ._field_validation import decode_fields
from ._messages import RecordedRequest, Response
from ._negotiation import check_acceptable, content_type, negotiate
from ._options import WriteOptions, write_options
from ._registry import ResourceType
from ._request_info import RequestInfo
from ._responses import negotiate_object, object_response
from ._type_meta import check_type_meta
from ._writes import check_identity, update_object

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


async def patch(call: Call) -> Response:
    """PATCH on an object or its status."""
    representation = negotiate_object(call.request)
    media = content_type(call.request)
    check_patch_type(call.resource, media)
    options = write_options(call.request, "PatchOptions", apply=media == APPLY_PATCH)
    if media == APPLY_PATCH:
        created, stored = server_side_apply(call, options)
        return object_response(call, 201 if created else 200, stored, representation)
    document = decode_patch(call.request)
    current = call.stored()
    operations = read_patch(document, media)
    # Patches apply to the version of the request, not to the storage version.
    live = {**call.resource.present(current.object), "apiVersion": call.resource.api_version}
    patched = apply_patch(call.resource, media, live, operations)
    _check_patched_type(call, patched, media, options)
    # kube-apiserver shows the patch in errors about a strategic merge patch, and the patched object in others.
    shown = operations if media == STRATEGIC_MERGE_PATCH else None
    document = decode_fields(call, Body(patched), options, patched=True, strategic_patch=shown)
    check_identity(call, document)
    return object_response(call, 200, update_object(call, document, current, options), representation)


def _check_patched_type(call: Call, patched: JsonObject, media: str, options: WriteOptions) -> None:
    """Check `kind` and `apiVersion` of a patched object. Raises 400 and 422."""
    resource = call.resource
    if resource.custom is None and media == STRATEGIC_MERGE_PATCH:
        # kube-apiserver does not use these fields, because the patch applies to an object of the kind.
        patched.update(kind=resource.kind, apiVersion=resource.api_version)
    elif resource.custom is None and not patched.get("apiVersion"):
        # kube-apiserver decodes the object into its internal type, which has none of these fields.
        unknown = sorted(set(patched) - {"kind", "apiVersion"})
        if options.field_validation == "Warn":
            call.warnings.extend(f'unknown field "{key}"' for key in unknown)
        for key in unknown:
            del patched[key]
    check_type_meta(resource, patched, patched=True)


_WITHOUT_TABLES = {
    ("customresourcedefinitions.apiextensions.k8s.io", "status"),
    ("devicetaintrules.resource.k8s.io", "status"),
    ("resourceclaims.resource.k8s.io", "status"),
    ("namespaces.", "finalize"),
    ("pods.", "ephemeralcontainers"),
    ("pods.", "resize"),
}


def check_route(request: RecordedRequest, resource: ResourceType, info: RequestInfo) -> RecordedRequest:
    """Check the headers of a request before its verb runs, as the routes of kube-apiserver do. Raises 406 and 415.

    Returns the request, without the entries of `Accept` that the route does not support.
    """
    if info.verb == "patch":
        check_patch_type(resource, content_type(request))
    check_acceptable(request, streams=info.verb in ("list", "watch"))
    if (resource.bucket, info.subresource) in _WITHOUT_TABLES:
        negotiate(request, as_kinds=("PartialObjectMetadata", "PartialObjectMetadataList"))
        accepted = (part for part in request.header("accept").split(",") if "as=Table" not in part)
        headers = [(name, value) for name, value in request.headers if name != "accept"]
        return replace(request, headers=(*headers, ("accept", ",".join(accepted))))
    return request


def check_patch_type(resource: ResourceType, media: str) -> None:
    """Raise 415 for unknown patch types, and for strategic merge patches of custom resources."""
    supported = (JSON_PATCH, MERGE_PATCH, APPLY_PATCH)
    if resource.custom is not None and media not in supported:
        raise errors.unknown_body_format(*supported)
    if media not in (*supported, STRATEGIC_MERGE_PATCH):
        raise errors.unsupported_media("415: Unsupported Media Type", details={})


def read_patch(operations: object, media: str) -> object:
    """Check the type of a JSON, merge or strategic merge patch. Raises 400."""
    # A null document is an empty patch, except for merge patches, where it replaces the object.
    if operations is None and media != MERGE_PATCH:
        return [] if media == JSON_PATCH else {}
    if media != JSON_PATCH and not is_object(operations):
        kind = "array" if isinstance(operations, list) else "string"
        raise errors.bad_request(
            f"error decoding patch: json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
        )
    return operations


def apply_patch(resource: ResourceType, media: str, current: JsonObject, operations: object) -> JsonObject:
    """Return the patched object. Raises 400, 413, 422 and 500."""
    try:
        if media == JSON_PATCH:
            patched = apply_json_patch(current, operations)
        elif media == MERGE_PATCH or not is_object(operations):
            patched = json_copy(apply_merge_patch(current, operations))
        else:
            patched = apply_strategic_merge_patch(current, operations, resource.schema)
    except JsonPatchFormatError as error:
        raise errors.bad_request(f"error decoding patch: {error}") from error
    except JsonPatchSizeError as error:
        raise errors.entity_too_large(str(error)) from error
    except JsonPatchError as error:
        raise _rejected() from error
    except StrategicPatchError as error:
        raise errors.ApiError(error.code, "BadRequest" if error.code == 400 else None, str(error)) from error
    if not is_object(patched):
        raise _rejected()
    return patched


def _rejected() -> errors.ApiError:
    message = "the server rejected our request due to an error in our request"
    return errors.ApiError(422, "Invalid", message, details={})
