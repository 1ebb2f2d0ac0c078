"""The verbs create and update."""

from typing import Any

from kubex_testing._objects.empty_objects import drop_empty_lists
from kubex_testing._objects.go_numbers import parse_uint
from kubex_testing._objects.json_types import JsonObject, array_at, json_equal, object_at
from kubex_testing._objects.names import expand_generate_name

from . import _errors as errors
from ._certificate_signing_requests import CSR_BUCKET, set_requester
from ._cluster import Call, new_uid, now
from ._decode import check_body_format, decode_object
from ._field_validation import decode_fields, warn_about_fields
from ._managed_fields import record_managed_fields
from ._messages import Response
from ._options import WriteOptions, write_options
from ._pod_subresources import POD_SUBRESOURCES, apply_pod_update, check_node, validate_pod_update
from ._responses import negotiate_object, object_response
from ._store import StoredObject
from ._strategy import prepare_create, prepare_update, validate, with_defaults
from ._type_meta import check_type_meta

# kube-apiserver makes the same number of attempts to find an unused name.
_GENERATE_ATTEMPTS = 8


async def create(call: Call) -> Response:
    """POST on a collection."""
    representation = negotiate_object(call.request)
    check_body_format(call.request, call.resource)
    options = write_options(call.request, "CreateOptions")
    body = decode_object(call.request, call.resource)
    check_type_meta(call.resource, body.document)
    document = decode_fields(call, body, options)
    return object_response(call, 201, create_object(call, document, options), representation)


async def update(call: Call) -> Response:
    """PUT on an object or its status."""
    representation = negotiate_object(call.request)
    options = write_options(call.request, "UpdateOptions")
    body = decode_object(call.request, call.resource)
    if call.resource.custom is not None and body.document.get("kind") not in (None, "", call.resource.kind):
        call.stored()
    check_type_meta(call.resource, body.document)
    document = decode_fields(call, body, options)
    check_identity(call, document)
    current = call.cluster.store.get(call.resource.bucket, call.key)
    if current is None:
        if not call.resource.create_on_update:
            call.stored()
        return object_response(call, 201, _create_by_update(call, document, options), representation)
    stored = update_object(call, document, current, options)
    return object_response(call, 200, stored, representation)


def _create_by_update(call: Call, document: JsonObject, options: WriteOptions) -> StoredObject:
    """Create the object of a PUT and ignore its resourceVersion. Raises 409 if it has a UID."""
    resource, metadata = call.resource, document["metadata"]
    revision = str(metadata.pop("resourceVersion", "") or "")
    if uid := metadata.get("uid"):
        detail = f"Precondition failed: UID in precondition: {uid}, UID in object meta: "
        raise errors.conflict(resource.plural, resource.group, call.info.name, detail)
    if revision:
        _check_revision_number(revision)
    return create_object(call, document, options)


def create_object(
    call: Call, document: JsonObject, options: WriteOptions, *, has_managed_fields: bool = False
) -> StoredObject:
    """Prepare, validate and store a new object. Raises 403, 404, 409, 422 and 500."""
    resource, metadata = call.resource, document["metadata"]
    check_namespace(call, metadata)
    check_namespace_active(call, metadata.get("name") or "")
    for key in ("deletionTimestamp", "deletionGracePeriodSeconds"):
        metadata.pop(key, None)
    metadata.pop("selfLink", None)
    revision = str(metadata.pop("resourceVersion", "") or "")
    document = with_defaults(resource, document)
    metadata = document["metadata"]
    _generate_name(call, metadata)
    # Clients cannot set the UID and the creation time.
    metadata.update(uid=new_uid(), creationTimestamp=now())
    if resource.bucket == CSR_BUCKET:
        set_requester(document, call.user)
    if not has_managed_fields:
        record_managed_fields(call, document, None, options)
    document = prepare_create(call.cluster, resource, document, call.info.subresource, dry_run=options.dry_run)
    metadata = document["metadata"]
    validate(resource, document, None)
    warn_about_fields(call, document, None)
    # kube-apiserver checks the resourceVersion after validation, and ignores invalid ones.
    if _is_nonzero_revision(revision) and not options.dry_run:
        raise errors.internal("resourceVersion should not be set on objects to be created")
    key = resource.key(call.info.namespace, metadata["name"])
    existing = call.cluster.store.get(resource.bucket, key)
    if existing is not None:
        terminating = "deletionTimestamp" in existing.object["metadata"]
        raise errors.already_exists(resource.plural, resource.group, metadata["name"], terminating=terminating)
    if resource.is_stored_as_protobuf:
        drop_empty_lists(resource.api_version, resource.kind, document)
    document = resource.to_storage(document)
    if options.dry_run:
        # kube-apiserver removes it when it stores an object.
        _set_unless_empty(metadata, resourceVersion=revision)
        return StoredObject(document, 0)
    return call.cluster.store.put(resource.bucket, key, document)


def _set_unless_empty(metadata: JsonObject, **values: Any) -> None:
    metadata.update((key, value) for key, value in values.items() if value)


def update_object(
    call: Call, document: JsonObject, current: StoredObject, options: WriteOptions, *, has_managed_fields: bool = False
) -> StoredObject:
    """Validate and store a new version of an object, unless it is unchanged. Raises 409, 422 and 500."""
    resource, old = call.resource, call.resource.present(current.object)
    document = with_defaults(resource, document)
    metadata, old_metadata = document["metadata"], old["metadata"]
    check_revision(call, metadata, current)
    if not metadata.get("uid"):
        metadata["uid"] = old_metadata["uid"]
    _keep_system_metadata(metadata, old_metadata)
    is_pod_subresource = call.info.subresource in POD_SUBRESOURCES
    link = metadata.pop("selfLink", None)
    if is_pod_subresource:
        document = apply_pod_update(call.info.subresource, document, old)
    if not has_managed_fields:
        # As in kube-apiserver, the manager owns what the request contains, not what the server sets.
        record_managed_fields(call, document, old, options)
    document = prepare_update(call.cluster, resource, document, old, call.info.subresource, dry_run=options.dry_run)
    if is_pod_subresource:
        validate_pod_update(call.info.subresource, document, old)
        check_node(call.cluster, call.info.subresource, document, old)
    else:
        validate(resource, document, old, call.info.subresource)
        warn_about_fields(call, document, old)
    document["metadata"]["resourceVersion"] = old_metadata["resourceVersion"]
    if resource.is_stored_as_protobuf:
        drop_empty_lists(resource.api_version, resource.kind, document)
    document = resource.to_storage(document)
    # As in kube-apiserver, an update without changes keeps the resourceVersion and sends no event. A new time of a
    # manager is not a change; an apply with an empty map, which is not stored, sets it.
    if json_equal(_without_times(document), _without_times(current.object)) and not (link and options.dry_run):
        return current
    if options.dry_run:
        _set_unless_empty(document["metadata"], selfLink=link)
        return StoredObject(document, current.revision)
    if _removes_last_finalizer(document, old):
        call.cluster.store.delete(resource.bucket, call.key)
        return StoredObject(document, current.revision)
    return call.cluster.store.put(resource.bucket, call.key, document)


def _without_times(obj: JsonObject) -> JsonObject:
    """Return an object without the times in its `managedFields`."""
    entries = [
        {name: value for name, value in entry.items() if name != "time"}
        for entry in array_at(obj, "metadata", "managedFields")
    ]
    return {**obj, "metadata": {**obj["metadata"], "managedFields": entries}}


def check_identity(call: Call, document: JsonObject) -> None:
    """Check the name and namespace of a body against the path. Raises 400."""
    metadata = document["metadata"]
    check_namespace(call, metadata)
    name = metadata.get("name") or ""
    if not name:
        raise errors.bad_request(
            f"the name of the object ({call.info.name} based on URL) was undeterminable: name must be provided"
        )
    if name != call.info.name:
        raise errors.bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({call.info.name})"
        )


def check_revision(call: Call, metadata: JsonObject, current: StoredObject) -> None:
    """Check the resourceVersion and UID of an update against the stored object. Raises 409, 422 and 500."""
    resource, name = call.resource, call.info.name
    revision = str(metadata.get("resourceVersion") or "")
    if revision:
        _check_revision_number(revision)
    uid = metadata.get("uid")
    if uid and uid != current.object["metadata"]["uid"] and call.info.verb == "update":
        raise errors.conflict(
            resource.plural,
            resource.group,
            name,
            f"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.object['metadata']['uid']}",
        )
    if revision in ("", "0"):
        if resource.unconditional_update and resource.custom is None:
            return
        cause = errors.status_cause(
            "FieldValueInvalid", "Invalid value: 0: must be specified for an update", "metadata.resourceVersion"
        )
        raise errors.invalid(resource.plural, resource.group, name, [cause])
    if revision != current.object["metadata"]["resourceVersion"]:
        raise errors.conflict(resource.plural, resource.group, name)


def check_namespace_active(call: Call, name: str) -> None:
    """Check that the namespace exists and is not terminating. Raises 403 and 404."""
    if not call.resource.namespaced:
        return
    namespace = call.info.namespace
    found = call.cluster.namespace(namespace)
    if found is None:
        raise errors.not_found("namespaces", "", namespace)
    if "deletionTimestamp" in found.object["metadata"]:
        raise errors.forbidden(
            call.resource.plural,
            call.resource.group,
            name,
            f"unable to create new content in namespace {namespace} because it is being terminated",
            errors.status_cause(
                "NamespaceTerminating", f"namespace {namespace} is being terminated", "metadata.namespace"
            ),
        )


def check_namespace(call: Call, metadata: JsonObject) -> None:
    """Set the namespace of the path, or remove it for cluster-scoped kinds. Raises 400 if they differ."""
    if not call.resource.namespaced:
        metadata.pop("namespace", None)
        return
    if metadata.setdefault("namespace", call.info.namespace) in ("", None):
        metadata["namespace"] = call.info.namespace
    if metadata["namespace"] != call.info.namespace:
        raise errors.bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )


def _generate_name(call: Call, metadata: JsonObject) -> None:
    """Set a name from `generateName`. Validation rejects objects without both."""
    if metadata.get("name"):
        return
    base = metadata.get("generateName")
    if not base:
        return
    for _ in range(_GENERATE_ATTEMPTS):
        metadata["name"] = expand_generate_name(base, call.cluster.random)
        key = call.resource.key(call.info.namespace, metadata["name"])
        if call.cluster.store.get(call.resource.bucket, key) is None:
            return


def _check_revision_number(revision: str) -> None:
    try:
        parse_uint(revision)
    except ValueError as error:
        raise errors.internal(str(error)) from None


def _is_nonzero_revision(text: str) -> bool:
    """Return whether a string is a revision other than 0. A create ignores other values."""
    try:
        return parse_uint(text) > 0
    except ValueError:
        return False


def _keep_system_metadata(metadata: JsonObject, old: JsonObject) -> None:
    """Restore the system metadata that an update omits or cannot change. Validation rejects other changes."""
    for key in ("generation", "creationTimestamp"):
        metadata.pop(key, None)
    for key in ("generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"):
        if metadata.get(key) is None:
            metadata.pop(key, None)
            if key in old:
                metadata[key] = old[key]
    if "managedFields" not in metadata and "managedFields" in old:
        metadata["managedFields"] = old["managedFields"]


def _removes_last_finalizer(new: JsonObject, old: JsonObject) -> bool:
    """Return whether this update removes the last finalizer of a deleted object."""
    metadata: dict[str, Any] = old["metadata"]
    if "deletionTimestamp" not in metadata or new["metadata"].get("finalizers"):
        return False
    if object_at(new, "spec").get("finalizers") and new["kind"] == "Namespace":
        return False
    return not metadata.get("deletionGracePeriodSeconds")
