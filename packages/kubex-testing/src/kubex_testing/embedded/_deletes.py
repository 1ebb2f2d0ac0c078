"""delete and deletecollection: preconditions, finalizers, grace periods, propagation."""

from dataclasses import dataclass, replace
from datetime import datetime, timezone

from kubex_testing._objects.go_numbers import duration
from kubex_testing._objects.json_types import JsonObject, object_at

from . import _errors as errors
from ._cluster import IMMORTAL_NAMESPACES, Call, Cluster, now
from ._decode import decode_options
from ._encode import render
from ._messages import Response
from ._options import DeleteOptions, delete_options, list_options, selection
from ._pages import read_page
from ._registry import ResourceType
from ._shapes import answer, answer_list, negotiate, status_success
from ._store import Stored

DEFAULT_POD_GRACE = 30
_SHOWN_WHEN_GONE = ("pods.", "serviceaccounts.", "services.")
CRD_FINALIZER = "customresourcecleanup.apiextensions.k8s.io"


@dataclass(frozen=True)
class Deleted:
    """What became of an object: gone at once, or kept for a while."""

    stored: Stored
    gone: bool


async def delete(call: Call) -> Response:
    """DELETE on an object."""
    representation = negotiate(call.request)
    options = _with_default_policy(call, delete_options(call.request.query, decode_options(call.request)))
    stored = call.stored()
    check_preconditions(call, stored, options)
    result = delete_object(call.cluster, call.resource, stored, options)
    if result.gone and call.resource.bucket not in _SHOWN_WHEN_GONE:
        metadata = stored.object["metadata"]
        return render(200, status_success(call, metadata["uid"], metadata["name"]), representation)
    return answer(call, 200, result.stored, representation)


async def delete_collection(call: Call) -> Response:
    """DELETE on a collection; answers with the list of what was deleted."""
    representation = negotiate(call.request)
    query = call.request.query
    options = _with_default_policy(call, delete_options(query, decode_options(call.request)))
    chosen = selection(query, call.resource, call.info.namespace)
    paging = list_options(query)
    await call.cluster.reach(paging.revision)
    store = call.cluster.store
    page = read_page(store.bucket(call.resource.bucket), store.revision, chosen, paging)
    response = answer_list(call, page, representation)
    for item in page.items:
        delete_object(call.cluster, call.resource, item, options)
    return response


def _with_default_policy(call: Call, options: DeleteOptions) -> DeleteOptions:
    """Orphan the dependents of the kinds that do so when nothing else is said, and warn of it."""
    if options.policy or not call.resource.orphans_by_default:
        return options
    call.warnings.append(
        "child pods are preserved by default when jobs are deleted; "
        "set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning"
    )
    return replace(options, policy="Orphan")


def delete_object(cluster: Cluster, resource: ResourceType, stored: Stored, options: DeleteOptions) -> Deleted:
    """Delete one object as its finalizers, grace period and the propagation policy have it; raises 403."""
    store = cluster.store
    metadata = stored.object["metadata"]
    key = resource.key(metadata.get("namespace", ""), metadata["name"])
    is_namespace = resource.bucket == "namespaces."
    marked = _mark_namespace(stored.object) if is_namespace else _mark(resource, stored.object, options)
    if marked is None:
        return Deleted(stored, gone=False)
    kept = _is_kept(marked)
    if options.dry_run:
        return Deleted(Stored(marked, stored.revision), gone=not kept)
    if kept:
        return Deleted(store.put(resource.bucket, key, marked), gone=False)
    if resource.bucket == "pods.":
        return Deleted(store.delete(resource.bucket, key, marked), gone=True)
    return Deleted(store.delete(resource.bucket, key), gone=True)


def _mark(resource: ResourceType, document: JsonObject, options: DeleteOptions) -> JsonObject | None:
    """Return the object with its deletion marked; None when it is being deleted already and nothing changes."""
    metadata = {**document["metadata"]}
    finalizers = _finalizers(resource, metadata.get("finalizers") or [], options.policy)
    grace = _grace_period(resource, document, options)
    known = metadata.get("deletionGracePeriodSeconds")
    if "deletionTimestamp" in metadata and finalizers == metadata.get("finalizers", []) and (known or 0) <= grace:
        return None
    if "deletionTimestamp" not in metadata or grace < (known or 0):
        moment = datetime.now(timezone.utc) + duration(grace)
        if "deletionTimestamp" not in metadata and metadata.get("generation", 0) > 0:
            metadata["generation"] += 1
        metadata["deletionTimestamp"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        metadata["deletionGracePeriodSeconds"] = grace
    metadata.pop("finalizers", None)
    if finalizers:
        metadata["finalizers"] = finalizers
    return {**document, "metadata": metadata}


def _finalizers(resource: ResourceType, present: list[str], policy: str) -> list[str]:
    """Return the finalizers under a propagation policy; background deletion takes those of the other two away."""
    if not policy:
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
    """Return the seconds a pod has left to end; other kinds, unscheduled and finished pods have none."""
    if resource.bucket != "pods.":
        return 0
    spec = object_at(document, "spec")
    finished = object_at(document, "status").get("phase") in ("Succeeded", "Failed")
    if not spec.get("nodeName") or finished:
        return 0
    if options.grace_period is not None:
        return max(options.grace_period, 0)
    known = document["metadata"].get("deletionGracePeriodSeconds")
    return int(known if known is not None else spec.get("terminationGracePeriodSeconds", DEFAULT_POD_GRACE))


def _mark_namespace(document: JsonObject) -> JsonObject | None:
    name = document["metadata"]["name"]
    if name in IMMORTAL_NAMESPACES:
        raise errors.forbidden("namespaces", "", name, "this namespace may not be deleted")
    if "deletionTimestamp" in document["metadata"]:
        return None
    metadata = {**document["metadata"], "deletionTimestamp": now()}
    status = {**object_at(document, "status"), "phase": "Terminating"}
    return {**document, "metadata": metadata, "status": status}


def _is_kept(document: JsonObject) -> bool:
    metadata = document["metadata"]
    if metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds"):
        return True
    return document.get("kind") == "Namespace" and bool(object_at(document, "spec").get("finalizers"))


def check_preconditions(call: Call, stored: Stored, options: DeleteOptions) -> None:
    """Check uid and revision against what is stored; raises 409."""
    metadata = stored.object["metadata"]
    resource, name = call.resource, call.info.name
    if options.uid and options.uid != metadata["uid"]:
        why = (
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({metadata['uid']}). "
            "The object might have been deleted and then recreated"
        )
        raise errors.conflict(resource.kind, resource.group, name, why)
    if options.revision and options.revision != metadata["resourceVersion"]:
        why = (
            f"the ResourceVersion in the precondition ({options.revision}) does not match the ResourceVersion in "
            f"record ({metadata['resourceVersion']}). The object might have been modified"
        )
        raise errors.conflict(resource.kind, resource.group, name, why)
