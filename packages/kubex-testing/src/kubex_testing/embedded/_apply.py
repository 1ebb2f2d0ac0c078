"""Server-side apply (https://kubernetes.io/docs/reference/using-api/server-side-apply/)."""

from dataclasses import replace

from kubex_testing._objects.apply import ApplyConflict, ApplyError, apply
from kubex_testing._objects.json_types import JsonObject, is_object, json_copy

from . import _errors as errors
from ._cluster import Call, now
from ._decode import Body, decode_patch
from ._field_validation import decode_fields
from ._managed_fields import reset_fields
from ._options import WriteOptions
from ._registry import ResourceType
from ._store import StoredObject
from ._writes import check_identity, create_object, update_object


def server_side_apply(call: Call, options: WriteOptions, config: JsonObject | None = None) -> tuple[bool, StoredObject]:
    """Merge an applied configuration, by default the body. Returns whether the object is new, and the object.

    Raises 400, 409, 422 and 500.
    """
    if config is None:
        config = decode_apply_configuration(call, call.resource)
    current = call.cluster.store.get(call.resource.bucket, call.key)
    # Only the main resource can create an object, except for kinds that a PUT creates. Raise 404 for subresources.
    if current is None and call.info.subresource and not call.resource.create_on_update:
        call.stored()
    merged = json_copy(_merge(call, config, current, options))
    # The merge has already rejected undeclared fields, except where kube-apiserver prunes them without a warning.
    options_without_checks = replace(options, field_validation="Ignore")
    document = decode_fields(call, Body(merged), options_without_checks, patched=True, applied=True)
    check_identity(call, document)
    if current is None:
        _check_no_uid(call, document["metadata"])
        document["metadata"].pop("resourceVersion", None)
        return True, create_object(call, document, options, has_managed_fields=True)
    return False, update_object(call, document, current, options, has_managed_fields=True)


def decode_apply_configuration(call: Call, resource: ResourceType) -> JsonObject:
    """Decode the applied configuration. Raises 400."""
    config = decode_patch(call.request, yaml=True)
    if not is_object(config):
        raise errors.bad_request("error decoding YAML: the configuration is not an object")
    kind, version = config.get("kind") or "", config.get("apiVersion") or ""
    if kind != resource.kind or not version:
        qualified = version if "/" in version else f"/{version}"
        raise errors.bad_request(f"invalid object type: {qualified}, Kind={kind}")
    return config


def _merge(call: Call, config: JsonObject, current: StoredObject | None, options: WriteOptions) -> JsonObject:
    resource = call.resource
    # Apply compares versions, so present the object in the version of the request.
    live = None if current is None else {**resource.present(current.object), "apiVersion": resource.api_version}
    try:
        return apply(
            live,
            config,
            manager=options.field_manager,
            force=options.force,
            schema=resource.schema,
            api_version=resource.api_version,
            now=now(),
            subresource=call.info.subresource or None,
            ignore=reset_fields(call),
        )
    except ApplyConflict as error:
        causes = [item.to_dict() for item in error.causes]
        raise errors.ApiError(409, "Conflict", str(error), details={"causes": causes}) from error
    except ApplyError as error:
        raise errors.ApiError(error.code, "BadRequest" if error.code == 400 else None, str(error)) from error


def _check_no_uid(call: Call, metadata: JsonObject) -> None:
    """Raise 409 if the configuration has a UID but the object does not exist."""
    uid = metadata.get("uid")
    if uid:
        detail = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise errors.conflict(call.resource.plural, call.resource.group, call.info.name, detail)
