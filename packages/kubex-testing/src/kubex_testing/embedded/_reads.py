"""The verbs get and list."""

from collections.abc import Callable
from dataclasses import replace

from . import _errors as errors
from ._cluster import Call
from ._faults.conditions import ExpireContinue
from ._messages import Response
from ._options import check_selectors, first_value, list_options, parse_revision, parse_selection
from ._pagination import read_page
from ._responses import list_response, negotiate_object, object_response
from ._store import StoredObject
from ._view import View


async def get(call: Call) -> Response:
    """GET on an object."""
    representation = negotiate_object(call.request)
    revision = parse_revision(first_value(call.request.query, "resourceVersion"), _revision_error(call))
    await call.wait_for_cache(revision)
    return object_response(call, 200, _stored(call, cached=revision is not None), representation)


def _revision_error(call: Call) -> Callable[[str], errors.ApiError]:
    """Return the error for an invalid revision. kube-apiserver has no cache of Events, so it has another error."""
    if call.resource.bucket == "events.":
        return lambda text: errors.bad_request(f"invalid resource version: {text}")
    return errors.internal


def _stored(call: Call, *, cached: bool) -> StoredObject:
    """Return the object that the path names, as the storage or the cache of the server has it. Raises 404."""
    store = call.cluster.store
    if not cached or (revision := call.cached_revision) == store.revision:
        return call.stored()
    found = View(store.bucket(call.resource.bucket), revision).get(call.key)
    if found is None:
        raise errors.not_found(call.resource.plural, call.resource.group, call.info.name)
    return found


async def list_objects(call: Call) -> Response:
    """GET on a collection. The list is complete, or one chunk of it if the request has a limit."""
    representation = negotiate_object(call.request)
    check_selectors(call.request.query)
    options = list_options(call.request.query)
    selection = parse_selection(call.request.query, call.resource, call.info.namespace)
    await call.wait_for_cache(options.revision)
    store = call.cluster.store
    if options.revision is not None and options.match != "Exact":
        options = replace(options, cached_revision=call.cached_revision)
    if any(call.faults_of(ExpireContinue)):
        options = replace(options, token_expired=True)
    page = read_page(store.bucket(call.resource.bucket), store.revision, selection, options)
    return list_response(call, page, representation)
