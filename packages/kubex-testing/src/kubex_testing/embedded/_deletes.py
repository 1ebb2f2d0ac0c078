"""The verbs delete and deletecollection: preconditions, finalizers, grace periods and propagation policies."""

from dataclasses import dataclass, replace
from datetime import datetime, timezone

from kubex_testing._objects.go_numbers import duration
from kubex_testing._objects.json_types import JsonObject, array_at, object_at

from . import _errors as errors
from ._cluster import UNDELETABLE_NAMESPACES, Call, Cluster, now
from ._decode import decode_delete_options
from ._encode import render
from ._messages import Response
from ._options import DeleteOptions, delete_options, list_options, parse_selection
from ._pagination import read_page
from ._registry import ResourceType
from ._responses import encode_success_status, list_response, negotiate_object, object_response
from ._store import StoredObject

DEFAULT_POD_GRACE_SECONDS = 30
CRD_FINALIZER = "customresourcecleanup.apiextensions.k8s.io"


@dataclass(frozen=True)
class DeleteResult:
    """The result of a delete. `removed` is false if finalizers or a grace period keep the object."""

    stored: StoredObject
    removed: bool


async def delete(call: Call) -> Response:
    """DELETE on an object."""
    representation = negotiate_object(call.request)
    options = _with_default_policy(call, delete_options(call.request.query, decode_delete_options(call.request)))
    stored = call.stored()
    check_preconditions(call, stored, options)
    result = delete_object(call.cluster, call.resource, stored, options)
    if result.removed and not call.resource.returns_deleted:
        metadata = stored.object["metadata"]
        return render(200, encode_success_status(call, metadata["uid"], metadata["name"]), representation)
    status = 202 if options.cascades and not result.removed else 200
    return object_response(call, status, result.stored, representation)


async def delete_collection(call: Call) -> Response:
    """DELETE on a collection. The response is the list of the deleted objects."""
    representation = negotiate_object(call.request)
    query = call.request.query
    options = _with_default_policy(call, delete_options(query, decode_delete_options(call.request)))
    selection = parse_selection(query, call.resource, call.info.namespace)
    paging = list_options(query)
    await call.cluster.wait_for_revision(paging.revision)
    store = call.cluster.store
    page = read_page(store.bucket(call.resource.bucket), store.revision, selection, paging)
    try:
        # Encode the list first: the response shows the objects before the delete.
        return list_response(call, page, representation)
    finally:
        # As in kube-apiserver, a response in the wrong format does not keep the objects.
        for item in page.items:
            delete_object(call.cluster, call.resource, item, options)


def _with_default_policy(call: Call, options: DeleteOptions) -> DeleteOptions:
    """Set the policy Orphan for kinds that orphan their dependents by default, with a warning for jobs."""
    if options.policy or not call.resource.orphans_by_default:
        return options
    if call.resource.bucket == "jobs.batch":
        call.warnings.append(
            "child pods are preserved by default when jobs are deleted; "
            "set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"
        )
    return replace(options, policy="Orphan", is_default_policy=True)


def delete_object(
    cluster: Cluster, resource: ResourceType, stored: StoredObject, options: DeleteOptions
) -> DeleteResult:
    """Delete an object, or mark it for deletion if finalizers or a grace period keep it. Raises 403."""
    store = cluster.store
    metadata = stored.object["metadata"]
    key = resource.key(metadata.get("namespace", ""), metadata["name"])
    is_namespace = resource.bucket == "namespaces."
    mark = _mark_namespace if is_namespace else _mark_deleted
    marked = mark(resource, stored.object, options)
    if marked is None:
        return DeleteResult(stored, removed=False)
    # The first delete of a namespace only marks it.
    kept = _is_kept(marked) or (is_namespace and "deletionTimestamp" not in metadata)
    if options.dry_run:
        return DeleteResult(_dry_run_result(resource, stored, marked, kept=kept), removed=not kept)
    if kept:
        return DeleteResult(store.put(resource.bucket, key, marked), removed=False)
    if resource.bucket == "pods.":
        # As in kube-apiserver, watches receive the deletion fields of a pod before it is removed.
        marked = store.put(resource.bucket, key, marked).object
        return DeleteResult(store.delete(resource.bucket, key, marked), removed=True)
    return DeleteResult(store.delete(resource.bucket, key), removed=True)


def _dry_run_result(resource: ResourceType, stored: StoredObject, marked: JsonObject, *, kept: bool) -> StoredObject:
    """Return the object in the response of a dry run, which shows the deletion only of kept objects and of pods."""
    if kept or resource.bucket != "pods.":
        return StoredObject(marked, stored.revision) if kept else stored
    metadata = {key: value for key, value in marked["metadata"].items() if key != "finalizers"}
    if "finalizers" in stored.object["metadata"]:
        metadata["finalizers"] = stored.object["metadata"]["finalizers"]
    return StoredObject({**marked, "metadata": metadata}, stored.revision)


def _mark_deleted(resource: ResourceType, document: JsonObject, options: DeleteOptions) -> JsonObject | None:
    """Return the object with its deletion fields set, or None if they would not change."""
    metadata = {**document["metadata"]}
    finalizers = _finalizers(resource, metadata.get("finalizers") or [], options)
    grace = _grace_period(resource, document, options)
    previous = metadata.get("deletionGracePeriodSeconds")
    if "deletionTimestamp" in metadata and finalizers == metadata.get("finalizers", []) and (previous or 0) <= grace:
        return None
    # A second delete can only shorten the grace period.
    if "deletionTimestamp" not in metadata or grace < (previous or 0):
        deletion_time = datetime.now(timezone.utc) + duration(grace)
        if "deletionTimestamp" not in metadata and metadata.get("generation", 0) > 0:
            metadata["generation"] += 1
        metadata["deletionTimestamp"] = deletion_time.strftime("%Y-%m-%dT%H:%M:%SZ")
        metadata["deletionGracePeriodSeconds"] = grace
    metadata.pop("finalizers", None)
    if finalizers:
        metadata["finalizers"] = finalizers
    return {**document, "metadata": metadata}


def _finalizers(resource: ResourceType, present: list[str], options: DeleteOptions) -> list[str]:
    """Return the finalizers for a propagation policy, which replaces the finalizers of other policies."""
    has_policy = "orphan" in present or "foregroundDeletion" in present
    policy = "" if options.is_default_policy and has_policy else options.policy
    # Events cannot own objects, so there is nothing to orphan or to delete.
    if not policy or resource.bucket == "events.":
        kept = list(present)
    else:
        kept = [item for item in present if item not in ("foregroundDeletion", "orphan")]
        if policy == "Foreground":
            kept.append("foregroundDeletion")
        elif policy == "Orphan":
            kept.append("orphan")
    if resource.bucket == "customresourcedefinitions.apiextensions.k8s.io" and CRD_FINALIZER not in kept:
        kept.append(CRD_FINALIZER)
    return kept


def _grace_period(resource: ResourceType, document: JsonObject, options: DeleteOptions) -> int:
    """Return the grace period of a pod in seconds; 0 for other kinds, and for unscheduled or finished pods."""
    if resource.bucket != "pods.":
        return 0
    spec = object_at(document, "spec")
    finished = object_at(document, "status").get("phase") in ("Succeeded", "Failed")
    # No kubelet has to stop the containers of such a pod.
    if not spec.get("nodeName") or finished:
        return 0
    if options.grace_period is not None:
        return max(options.grace_period, 0)
    previous = document["metadata"].get("deletionGracePeriodSeconds")
    return int(
        previous if previous is not None else spec.get("terminationGracePeriodSeconds", DEFAULT_POD_GRACE_SECONDS)
    )


def _mark_namespace(resource: ResourceType, document: JsonObject, options: DeleteOptions) -> JsonObject | None:
    name = document["metadata"]["name"]
    if name in UNDELETABLE_NAMESPACES:
        raise errors.forbidden("namespaces", "", name, "this namespace may not be deleted")
    if "deletionTimestamp" in document["metadata"]:
        return None if _is_kept(document) else document
    metadata = {**document["metadata"], "deletionTimestamp": now()}
    if finalizers := _finalizers(resource, array_at(metadata, "finalizers"), options):
        metadata["finalizers"] = finalizers
    else:
        metadata.pop("finalizers", None)
    status = {**object_at(document, "status"), "phase": "Terminating"}
    return {**document, "metadata": metadata, "status": status}


def _is_kept(document: JsonObject) -> bool:
    metadata = document["metadata"]
    if metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds"):
        return True
    return document.get("kind") == "Namespace" and bool(object_at(document, "spec").get("finalizers"))


def check_preconditions(call: Call, stored: StoredObject, options: DeleteOptions) -> None:
    """Check the UID and the resource version of the delete options. Raises 409."""
    metadata = stored.object["metadata"]
    resource, name = call.resource, call.info.name
    kind = resource.plural if resource.bucket == "namespaces." else resource.kind
    if options.uid is not None and options.uid != metadata["uid"]:
        detail = (
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({metadata['uid']}). "
            "The object might have been deleted and then recreated"
        )
        raise errors.conflict(kind, resource.group, name, detail)
    if options.revision is not None and options.revision != metadata["resourceVersion"]:
        detail = (
            f"the ResourceVersion in the precondition ({options.revision}) does not match the ResourceVersion in "
            f"record ({metadata['resourceVersion']}). The object might have been modified"
        )
        raise errors.conflict(kind, resource.group, name, detail)
