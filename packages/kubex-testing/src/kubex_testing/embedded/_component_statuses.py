"""ComponentStatus: a deprecated kind that the server computes on each request. All components are healthy."""

from kubex_testing._objects.json_types import JsonObject

from . import _errors as errors
from ._cluster import Call
from ._messages import Response
from ._options import list_options, parse_selection
from ._pagination import Page
from ._responses import list_response, negotiate_object, object_response
from ._store import StoredObject

COMPONENT_BUCKET = "componentstatuses."
_NAMES = ("controller-manager", "scheduler", "etcd-0")


async def get_component(call: Call) -> Response:
    """GET on a component."""
    representation = negotiate_object(call.request)
    if call.info.name not in _NAMES:
        raise errors.not_found(call.resource.plural, "", call.info.name)
    return object_response(call, 200, _component(call.info.name), representation)


async def list_components(call: Call) -> Response:
    """GET on the collection."""
    representation = negotiate_object(call.request)
    list_options(call.request.query)
    selection = parse_selection(call.request.query, call.resource, "")
    items = [item for item in map(_component, _NAMES) if selection.matches(item)]
    return list_response(call, Page(items, 0), representation)


def _component(name: str) -> StoredObject:
    condition = {"type": "Healthy", "status": "True", "message": "ok"}
    document: JsonObject = {"metadata": {"name": name}, "conditions": [condition]}
    return StoredObject(document, 0)
