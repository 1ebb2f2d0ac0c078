"""Handle a request: apply faults, authenticate, authorize, then run the function of the verb."""

import contextlib
import gzip
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from email.utils import formatdate
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from . import _errors as errors
from ._api_services import remote_versions
from ._auth import Authenticator, Authorizer
from ._bindings import bind
from ._cluster import Call, Cluster
from ._component_statuses import COMPONENT_BUCKET, get_component, list_components
from ._connect import attach, exec_command, port_forward
from ._deletes import delete, delete_collection
from ._discovery import accepts_any_method, discover
from ._encode import dumps, render
from ._evictions import evict
from ._faults.base import FaultAction, FaultList
from ._http import MAX_BODY_BYTES, DropConnectionError
from ._messages import RecordedRequest, Response, plain_text_response
from ._negotiation import negotiate_error
from ._patches import check_route, patch
from ._pod_logs import read_log
from ._proxy import proxy
from ._reads import get, list_objects
from ._registry import ResourceType
from ._request_info import RequestInfo, parse_request_info
from ._reviews import Reviews
from ._scale import get_scale, patch_scale, update_scale
from ._service_account_tokens import ServiceAccountTokens
from ._watch import watch
from ._write_log import current_user
from ._writes import create, update

if TYPE_CHECKING:
    from ._openapi.service import OpenApi

logger = logging.getLogger("kubex_testing.embedded")

Verb = Callable[[Call], Awaitable[Response]]
_VERBS: dict[str, Verb] = {
    "get": get,
    "list": list_objects,
    "watch": watch,
    "create": create,
    "update": update,
    "patch": patch,
    "delete": delete,
    "deletecollection": delete_collection,
}
# The server computes the objects of these resources.
_COMPUTED: dict[str, dict[str, Verb]] = {COMPONENT_BUCKET: {"get": get_component, "list": list_components}}
_OBJECT_VERBS = ("get", "update", "patch", "delete")
_SUBRESOURCES: dict[str, dict[str, Verb]] = {
    "status": {"get": get, "update": update, "patch": patch},
    "approval": {"get": get, "update": update, "patch": patch},
    "finalize": {"update": update},
    "ephemeralcontainers": {"get": get, "update": update, "patch": patch},
    "resize": {"get": get, "update": update, "patch": patch},
    "scale": {"get": get_scale, "update": update_scale, "patch": patch_scale},
    "log": {"get": read_log},
    "binding": {"create": bind},
    "eviction": {"create": evict},
    "exec": {"create": exec_command, "get": exec_command},
    "attach": {"create": attach, "get": attach},
    "portforward": {"create": port_forward, "get": port_forward},
    "proxy": dict.fromkeys(("create", "delete", "get", "patch", "update"), proxy),
}
_CONNECT_SUBRESOURCES = ("exec", "attach", "portforward")
_OTHER_CONTENT = (*_CONNECT_SUBRESOURCES, "log", "proxy")
"""Subresources whose responses are not objects."""


class Application:
    """Handle requests with the state of a cluster."""

    def __init__(
        self, cluster: Cluster, authenticator: Authenticator, authorizer: Authorizer, faults: FaultList
    ) -> None:
        self.cluster = cluster
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.tokens = ServiceAccountTokens(authenticator)
        self.reviews = Reviews(self.tokens, authorizer)
        self.faults = faults
        self.address = ""

    async def handle(self, request: RecordedRequest) -> Response:
        """Handle one request. Raises DropConnectionError if a fault drops the connection."""
        try:
            return await self._handle(request, self.faults.take(request))
        except DropConnectionError:
            raise
        except Exception as error:  # noqa: BLE001  # a function of the test has failed
            return self._failure_response(request, error)

    async def _handle(self, request: RecordedRequest, faults: Sequence[FaultAction]) -> Response:
        for fault in faults:
            answer = await fault.intercept(request)
            if answer is not None:
                return answer
        response = await self._respond(request, faults)
        if response.chunks is not None:
            response.chunks = self._abort_on_error(request, response.chunks)
        if response.upgrade is None:
            # kube-apiserver sends these headers in all other responses.
            common = [("Audit-Id", str(uuid.uuid4())), ("Date", _format_date(int(time.time())))]
            if all(name != "Cache-Control" for name, _ in response.headers):
                common.append(("Cache-Control", "no-cache, private"))
            response.headers[:0] = common
        for fault in faults:
            response = await fault.change_response(request, response)
        return response

    async def _respond(self, request: RecordedRequest, faults: Sequence[FaultAction]) -> Response:
        warnings: list[str] = []
        try:
            response = await self._dispatch(request, warnings, faults)
        except errors.ApiError as error:
            response = render(error.code, dumps(error.status()), negotiate_error(request), error.headers)
        except errors.PlainError as error:
            response = plain_text_response(error.code, error.text, error.headers)
        except RecursionError:
            # The functions for objects are recursive. kube-apiserver accepts up to 10,000 levels.
            status = errors.bad_request("the object has too many levels for the embedded server").status()
            response = render(400, dumps(status), negotiate_error(request))
        except DropConnectionError:
            raise
        except Exception as error:  # noqa: BLE001  # as kube-apiserver, return 500 for any error, and log it
            response = self._failure_response(request, error)
        response.headers.extend(("Warning", f"299 - {_quoted(item)}") for item in warnings)
        return response

    async def _abort_on_error(
        self, request: RecordedRequest, chunks: AsyncGenerator[bytes, None]
    ) -> AsyncGenerator[bytes, None]:
        """Drop the connection if a stream fails, because the status was already sent."""
        async with contextlib.aclosing(chunks):
            try:
                async for chunk in chunks:
                    yield chunk
            except DropConnectionError:
                raise
            except Exception as error:
                self._record_failure(request, error)
                raise DropConnectionError from error

    def _failure_response(self, request: RecordedRequest, error: Exception) -> Response:
        self._record_failure(request, error)
        failure = errors.ApiError(500, "InternalError", f"Internal error occurred: {error!r}")
        return render(500, dumps(failure.status()), negotiate_error(request))

    def _record_failure(self, request: RecordedRequest, error: Exception) -> None:
        logger.error("%s %s failed", request.method, request.target, exc_info=error)
        self.cluster.failures.append(error)

    async def _dispatch(self, request: RecordedRequest, warnings: list[str], faults: Sequence[FaultAction]) -> Response:
        info = parse_request_info(request)
        user = self.authenticator.authenticate(request)
        user = self.authorizer.authorize(user, request, info)
        current_user.set(user.name)
        # Check the size after authorization, so that unauthorized requests get 401 or 403.
        if request.oversized:
            raise errors.entity_too_large(f"limit is {MAX_BODY_BYTES}")
        if not info.is_resource:
            return self._non_resource_response(request)
        resource = self._resource(info)
        if resource.custom is not None and resource.deprecation:
            warnings.append(resource.deprecation)
        verb = self._verb(resource, info)
        if info.subresource in _CONNECT_SUBRESOURCES:
            # A WebSocket uses GET, but must not require fewer permissions than a POST.
            self.authorizer.require_verb(user, info, "create")
        if resource.custom is None and info.subresource not in _OTHER_CONTENT:
            request = check_route(request, resource, info)
        if resource.custom is None and resource.deprecation:
            warnings.append(resource.deprecation)
        call = Call(self.cluster, request, info, resource, user, warnings, faults)
        response = await verb(call)
        # kube-apiserver compresses the responses of these verbs only.
        if info.verb in ("get", "list"):
            self._compress(request, response)
        return response

    def _compress(self, request: RecordedRequest, response: Response) -> None:
        limit = self.cluster.settings.compress_above
        if limit is not None and len(response.body) > limit and "gzip" in request.header("accept-encoding"):
            # kube-apiserver uses level 1, because higher levels cost more CPU time than they save.
            response.body = gzip.compress(response.body, compresslevel=1)
            response.headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]

    def _non_resource_response(self, request: RecordedRequest) -> Response:
        if request.path.startswith("/openapi/"):
            return self._openapi.handle(request)
        response = discover(self.cluster, request, self.address)
        if response is None:
            # The core group handles all paths below /api.
            raise errors.unknown_resource() if request.segments()[0] == "api" else errors.unknown_path()
        if request.method != "GET" and not accepts_any_method(request):
            raise errors.method_not_allowed()
        return response

    @cached_property
    def _openapi(self) -> "OpenApi":
        from ._openapi.service import OpenApi  # few clients need it, so do not import it when the server starts

        return OpenApi(self.cluster.registry)

    def _resource(self, info: RequestInfo) -> ResourceType:
        """Return the resource that the path names. Raises 404."""
        # kube-apiserver returns a Status for unknown resources of built-in groups, and plain text for other groups,
        # because another layer handles them.
        registry = self.cluster.registry
        resource = registry.find(info.group, info.version, info.plural)
        fits = resource is not None and _scope_fits(resource, info)
        if resource is not None and resource.custom is not None and resource.namespaced and not info.namespace:
            fits = info.verb in ("list", "watch")
        if resource is None and info.version in remote_versions(self.cluster.store).get(info.group, ()):
            raise errors.service_unavailable()
        if resource is None or not fits:
            if registry.is_builtin(info.group):
                raise errors.unknown_resource()
            raise errors.unknown_path()
        if info.subresource and not resource.has_subresource(info.subresource):
            if resource.custom is not None:
                raise errors.not_found(resource.plural, resource.group, info.name)
            raise errors.unknown_resource()
        has_target = info.name or (resource.namespaced and not info.namespace)
        if has_target and not resource.is_stored:
            raise errors.unknown_resource()
        return resource

    def _verb(self, resource: ResourceType, info: RequestInfo) -> Verb:
        """Return the function of the verb. Raises 405."""
        if (info.subresource, info.verb) == ("token", "create"):
            return self.tokens.create
        handler = _custom_verb(resource, info) if resource.custom is not None else _verb(resource, info)
        return handler if resource.is_stored else self.reviews.create


def _scope_fits(resource: ResourceType, info: RequestInfo) -> bool:
    if resource.namespaced:
        return bool(info.namespace) or not info.name
    return not info.namespace


def _custom_verb(resource: ResourceType, info: RequestInfo) -> Verb:
    """Return the function of a verb on custom resources. kube-apiserver does not check their paths. Raises 400, 405."""
    verbs = _SUBRESOURCES[info.subresource] if info.subresource else _VERBS
    if info.verb not in verbs:
        raise errors.unsupported_action(info.verb, resource.plural, resource.group)
    if info.verb in ("update", "patch") and not info.name:
        raise errors.bad_request("name must be provided")
    return verbs[info.verb]


def _verb(resource: ResourceType, info: RequestInfo) -> Verb:
    """Return the function of the verb. Raises 405."""
    if info.subresource:
        found = _SUBRESOURCES.get(info.subresource, {}).get(info.verb)
        if found is None:
            raise errors.method_not_allowed()
        return found
    if info.verb not in resource.verbs:
        raise errors.method_not_allowed()
    all_namespaces = resource.namespaced and not info.namespace
    if all_namespaces and info.verb not in ("list", "watch"):
        raise errors.method_not_allowed()
    # A watch may name an object only on the legacy watch paths, which select it by its name.
    on_object = bool(info.name) and info.verb != "watch"
    if on_object != (info.verb in _OBJECT_VERBS):
        raise errors.method_not_allowed()
    return _COMPUTED.get(resource.bucket, _VERBS)[info.verb]


@lru_cache(1)
def _format_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)


def _quoted(message: str) -> str:
    escaped = message.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
