"""`Api[T]`: the verbs of one kind, typed."""

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
    make_logs,
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
    HasEphemeralContainers,
    HasEviction,
    HasLogs,
    HasResize,
    HasScale,
    HasStatus,
    HasTokenRequest,
)

if TYPE_CHECKING:
    from kubex.models import BoundObjectReference, Status, TokenRequest

T = TypeVar("T", bound=Resource)


class Api(WriteApi[T]):
    """The API of one kind: `Api(Pod, client, namespace="default")`.

    `namespace` is that of all calls that name none: by default the configuration's (that of the kubeconfig's context,
    or `default`); `None` is all namespaces. An Api holds no connection and is cheap to make; only one from
    `create_api()` without a client owns its client and must be closed, best by `async with`.

    `decode="eager"` decodes objects completely when they come, which is faster for programs that read most fields;
    `"lazy"`, the default, decodes each field when it is first read. The reading verbs take `decode=` as well.
    """

    metadata = MetadataAccessor()
    logs = Accessor(HasLogs, "logs", make_logs)
    status = ObjectSubresource(HasStatus, "status")
    scale = Accessor(HasScale, "scale", make_scale)
    resize = ObjectSubresource(HasResize, "resize")
    ephemeral_containers = ObjectSubresource(HasEphemeralContainers, "ephemeralcontainers")
    approval = ObjectSubresource(HasApproval, "approval")

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
        where: dict[str, object] = {"namespace": self.namespace} if self.namespace is not ... else {}
        if self._endpoint.decoder.mode != "lazy":
            where["decode"] = self._endpoint.decoder.mode
        return f"Api({self.resource.__name__}{''.join(f', {key}={value!r}' for key, value in where.items())})"

    @property
    def client(self) -> Client:
        """The client that calls go through."""
        return self._endpoint.client

    @property
    def namespace(self) -> NamespaceTypes:
        """The namespace of calls that name none, as it was given."""
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
        """Delete a pod through the `eviction` subresource, which respects disruption budgets.

        Raises TooManyRequests, without a retry, while a budget forbids the eviction.
        See https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/.
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
        """Request a token for a service account and return it in `status.token`.

        The server can choose another expiration than `expiration_seconds`: read `status.expiration_timestamp`.
        See https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#tokenrequest-api.
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
        """Close the client if `create_api()` made it; a client that was handed in stays open."""


class OwningApi(Api[T]):
    """An Api whose client was made for it and is closed with it."""

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
    """Make an Api: `async with await create_api(Pod) as api`.

    Without a client it makes one by `create_client()`, owns it, and closes it when it is closed.
    """
    if client is not None:
        return Api(resource, client, namespace=namespace, decode=decode)
    client = await create_client()
    try:
        return OwningApi(resource, client, namespace=namespace, decode=decode)
    except BaseException:
        await client.aclose()
        raise
