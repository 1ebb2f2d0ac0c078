"""The proxy subresource of nodes, pods and services. This server does not open connections to them."""

from . import _errors as errors
from ._cluster import Call
from ._messages import Response


async def proxy(call: Call) -> Response:
    """Raise 404 for a missing object, and 503 for an existing one."""
    call.stored()
    kind, name = call.resource.singular or call.resource.kind.lower(), call.info.name
    message = f'the {kind} "{name}" has no backend: the embedded server does not proxy requests'
    raise errors.ApiError(503, "ServiceUnavailable", message)
