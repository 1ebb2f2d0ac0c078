"""get, list."""

from . import _errors as errors
from ._cluster import Call
from ._messages import Response
from ._options import first, list_options, parse_revision, selection
from ._pages import read_page
from ._shapes import answer, answer_list, negotiate


async def get(call: Call) -> Response:
    """Answer with one object."""
    representation = negotiate(call.request)
    revision = parse_revision(first(call.request.query, "resourceVersion"), errors.internal)
    await call.cluster.reach(revision)
    return answer(call, 200, call.stored(), representation)


async def list_objects(call: Call) -> Response:
    """Answer with a list, in chunks if asked to."""
    representation = negotiate(call.request)
    options = list_options(call.request.query)
    chosen = selection(call.request.query, call.resource, call.info.namespace)
    await call.cluster.reach(options.revision)
    store = call.cluster.store
    page = read_page(store.bucket(call.resource.bucket), store.revision, chosen, options)
    return answer_list(call, page, representation)
