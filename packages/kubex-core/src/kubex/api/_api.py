"""`Api`: the verbs for one kind, and the accessors of its subresources."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import Self

from kubex.api._accessors import (
    Accessor,
    ApiOf,
    MetadataAccessor,
    ObjectSubresource,
    endpoint_of,
    make_attach,
    make_exec,
    make_files,
    make_logs,
    make_port_forward,
    make_scale,
    require_marker,
)
from kubex.api._endpoint import Endpoint
from kubex.api._write_api import WriteApi
from kubex.client import Client, create_client
from kubex.core._error_handling import keep_error
from kubex.core.params import DecodeMode, NamespaceTypes, Precondition, TimeoutTypes
from kubex.models import Resource
from kubex.models.markers import (
    HasApproval,
    HasAttach,
    HasEphemeralContainers,
    HasEviction,
    HasExec,
    HasLogs,
    HasPortForward,
    HasResize,
    HasScale,
    HasStatus,
    HasTokenRequest,
)

if TYPE_CHECKING:
    from kubex.models import BoundObjectReference, Status, TokenRequest

T = TypeVar("T", bound=Resource)


class Api(WriteApi[T]):
    """The verbs for one kind: `Api(Pod, client, namespace="default")`.

    An Api does not hold a connection, so create one whenever you need it. Only an Api that `create_api()` has created
    without a client must be closed, because it owns its client.

    Args:
        resource: the class of the kind, such as `Pod`.
        client: the client that sends the requests.
        namespace: the namespace of calls that do not pass one. `...` is the namespace of the configuration: from the
            context of the kubeconfig or from the pod, or else `default`. `None` means all namespaces.
        decode: "lazy" decodes each field when it is first read. "eager" decodes objects completely when they are
            received, which is faster for programs that read most fields.

    Several verbs have these arguments:

    * `namespace`: the namespace of this call. `...` is the namespace of the Api. `None` means all namespaces, for verbs
      that read collections.
    * `request_timeout`: the time limits of this call, as a number of seconds in total or a `Timeout`. `None` disables
      them. `...` is the default of the client.
    * `decode`: replaces the mode of the Api for this call.
    * `label_selector`, `field_selector`: select objects of a collection by a string such as `"app=web,tier!=db"`, by a
      mapping of keys to the values that they must have, or by a selector of `kubex.selectors`. `label_selector` also
      accepts a `LabelSelector`, such as `spec.selector` of a Deployment.
    * `dry_run`: the server processes the request, but does not store the result.
    * `field_manager`: the name of the program in `metadata.managed_fields`. By default `ClientOptions.field_manager`,
      or else the first part of the user agent.
    * `field_validation`: "Ignore", "Warn" or "Strict" for unknown and repeated fields. By default the server warns.

    Every verb raises UnsupportedVerbError if the kind does not support it, an ApiError if the server returns an error,
    a TransportError if there is no response, and a DecodeError if the response is not what the verb expects.

    Example:
        pods = Api(Pod, client, namespace="kube-system")
        for pod in await pods.list():
            print(pod.metadata.name)
    """

    metadata = MetadataAccessor()
    """The reading verbs and `patch()`, with results that have only metadata."""
    logs = Accessor(HasLogs, "logs", make_logs)
    """The logs of pods, as a `Logs` object."""
    exec = Accessor(HasExec, "exec", make_exec)
    """Commands in the containers of pods, as an `Exec` object."""
    files = Accessor(HasExec, "files", make_files)
    """The files in the containers of pods, as a `Files` object."""
    attach = Accessor(HasAttach, "attach", make_attach)
    """The main processes of containers, as an `Attach` object."""
    portforward = Accessor(HasPortForward, "portforward", make_port_forward)
    """Connections to ports of pods, as a `PortForward` object."""
    status = ObjectSubresource(HasStatus, "status")
    """The `Subresource` for the status. Other changes of the object are ignored."""
    scale = Accessor(HasScale, "scale", make_scale)
    """The `Subresource` for the number of replicas. Its documents are `Scale` objects."""
    resize = ObjectSubresource(HasResize, "resize")
    """The `Subresource` for the CPU and memory of the containers of a running pod."""
    ephemeral_containers = ObjectSubresource(HasEphemeralContainers, "ephemeralcontainers")
    """The `Subresource` for the ephemeral containers of a pod."""
    approval = ObjectSubresource(HasApproval, "approval")
    """The `Subresource` for the approval of a certificate signing request."""

    def __init__(
        self,
        resource: type[T],
        client: Client,
        *,
        namespace: NamespaceTypes = ...,
        decode: DecodeMode = "lazy",
    ) -> None:
        super().__init__(Endpoint(resource, resource, client, namespace, decode=decode))

    def __repr__(self) -> str:
        options: dict[str, object] = {"namespace": self.namespace} if self.namespace is not ... else {}
        if self._endpoint.decoder.mode != "lazy":
            options["decode"] = self._endpoint.decoder.mode
        return f"Api({self.resource.__name__}{''.join(f', {key}={value!r}' for key, value in options.items())})"

    @property
    def client(self) -> Client:
        """The client that sends the requests."""
        return self._endpoint.client

    @property
    def namespace(self) -> NamespaceTypes:
        """The argument `namespace`: the namespace of calls that do not pass one."""
        return self._endpoint.namespace

    async def evict(
        self: ApiOf[HasEviction, Any],
        name: str,
        *,
        grace_period_seconds: int | None = None,
        precondition: Precondition | None = None,
        dry_run: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> Status:
        """Delete a pod, if its disruption budgets allow it.

        Args:
            name: the name of the pod.
            grace_period_seconds: the time that the pod has to stop. By default the value in the pod is used.
            precondition: the `uid` or `resource_version` that the pod must have.

        Raises:
            TooManyRequests: a disruption budget does not allow the eviction now. Kubex does not repeat the request.
            NotFound: the pod does not exist.
            Conflict: the pod does not match `precondition`.

        See https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/.

        Example:
            try:
                await pods.evict("web-0")
            except TooManyRequests as error:
                print("try again later:", error)
        """
        from kubex.api._options import DeleteOptions
        from kubex.api._pods import create_eviction

        endpoint = require_marker(endpoint_of(self), HasEviction, "evict")
        options = DeleteOptions(grace_period_seconds=grace_period_seconds, precondition=precondition, dry_run=dry_run)
        return await create_eviction(endpoint, name, options, namespace, request_timeout)

    async def create_token(
        self: ApiOf[HasTokenRequest, Any],
        name: str,
        *,
        audiences: Sequence[str] = (),
        expiration_seconds: int | None = None,
        bound_to: BoundObjectReference | None = None,
        dry_run: bool = False,
        namespace: NamespaceTypes = ...,
        request_timeout: TimeoutTypes = ...,
    ) -> TokenRequest:
        """Create a token for a service account. It is in `status.token` of the result.

        Args:
            name: the name of the service account.
            audiences: the audiences of the token. By default the audience of the API server.
            expiration_seconds: the requested lifetime in seconds, at least 600. By default 3600. The server may return
                another one in `status.expiration_timestamp`.
            bound_to: a pod or secret of the same namespace, or a node. The token becomes invalid when this object is
                deleted.

        Raises:
            NotFound: the service account does not exist.
            Invalid: the server rejects an argument.

        See https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#tokenrequest-api.

        Example:
            request = await service_accounts.create_token("builder", audiences=["vault"], expiration_seconds=3600)
            if request.status is not None:
                print(request.status.expiration_timestamp)
        """
        from kubex.api._service_accounts import create_token
        from kubex.models import TokenRequestSpec

        endpoint = require_marker(endpoint_of(self), HasTokenRequest, "create_token")
        spec = TokenRequestSpec(
            audiences=list(audiences), expiration_seconds=expiration_seconds, bound_object_ref=bound_to
        )
        return await create_token(endpoint, name, spec, namespace, request_timeout, dry_run=dry_run)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with keep_error(error):
            await self.aclose()

    async def aclose(self) -> None:
        """Close the client if `create_api()` has created it; otherwise do nothing."""


class OwningApi(Api[T]):
    """An Api that owns its client and closes it."""

    async def aclose(self) -> None:
        """Close the client."""
        await self.client.aclose()


async def create_api(
    resource: type[T],
    *,
    client: Client | None = None,
    namespace: NamespaceTypes = ...,
    decode: DecodeMode = "lazy",
) -> Api[T]:
    """Create an Api, and a client if you do not pass one.

    The client is created by `create_client()` with its defaults, and raises its errors. The Api owns it: use the Api in
    an `async with` block, or call `aclose()`. A client that you pass stays open.

    Args:
        resource: the class of the kind, such as `Pod`.
        client: the client to use.
        namespace: see `Api`.
        decode: see `Api`.

    Example:
        async with await create_api(Pod, namespace="default") as pods:
            print(await pods.get("web-0"))
    """
    if client is not None:
        return Api(resource, client, namespace=namespace, decode=decode)
    client = await create_client()
    try:
        return OwningApi(resource, client, namespace=namespace, decode=decode)
    except BaseException:
        await client.aclose()
        raise
