"""The verbs get and list."""

from . import _errors as errors
from ._cluster import Call
from ._messages import Response
from ._options import first_value, list_options, parse_revision, parse_selection
from ._pagination import read_page
from ._responses import list_response, negotiate_object, object_response


async def get(call: Call) -> Response:
    """GET on an object."""
    representation = negotiate_object(call.request)
    revision = parse_revision(first_value(call.request.query, "resourceVersion"), errors.internal)
    await call.cluster.wait_for_revision(revision)
    return object_response(call, 200, call.stored(), representation)


async def list_objects(call: Call) -> Response:
    """GET on a collection. The list is complete, or one chunk of it if the request has a limit."""
    representation = negotiate_object(call.request)
    options = list_options(call.request.query)
    selection = parse_selection(call.request.query, call.resource, call.info.namespace)
    await call.cluster.wait_for_revision(options.revision)
    store = call.cluster.store
    page = read_page(store.bucket(call.resource.bucket), store.revision, selection, options)
    return list_response(call, page, representation)
