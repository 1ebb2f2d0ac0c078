"""What only some kinds can do: descriptors that both type checkers and the running program refuse elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from typing_extensions import Self

from kubex.api._endpoint import Endpoint
from kubex.core.exceptions import UnsupportedVerbError
from kubex.models import (
    HasApproval,
    HasEphemeralContainers,
    HasEviction,
    HasLogs,
    HasResize,
    HasScale,
    HasStatus,
    HasTokenRequest,
    NamespacedResource,
    Resource,
    facts_of,
)

if TYPE_CHECKING:  # what an accessor returns is imported when it is used: a program uses few of them
    from kubex.api._api import Api
    from kubex.api._creations import Eviction, Tokens
    from kubex.api._logs import Logs
    from kubex.api._reads import Reads
    from kubex.api._subresource import Subresource
    from kubex.models import NamespacedObjectMetadata, PartialObjectMetadata, Scale

T = TypeVar("T", bound=Resource)
N = TypeVar("N", bound=NamespacedResource)
L = TypeVar("L", bound=HasLogs)
St = TypeVar("St", bound=HasStatus)
Sc = TypeVar("Sc", bound=HasScale)
Ev = TypeVar("Ev", bound=HasEviction)
Re = TypeVar("Re", bound=HasResize)
Ec = TypeVar("Ec", bound=HasEphemeralContainers)
Ap = TypeVar("Ap", bound=HasApproval)
To = TypeVar("To", bound=HasTokenRequest)


def gated(instance: Api[Any], marker: type[Resource], what: str) -> Endpoint[Any]:
    """Return the Api's endpoint; raises UnsupportedVerbError for a kind without the marker."""
    resource: type[Resource] = instance.resource
    if not issubclass(resource, marker):
        raise UnsupportedVerbError(resource.__name__, f"{what} (its class does not derive from {marker.__name__})")
    return instance.endpoint


class LogsAccessor:
    """`api.logs`, for kinds that have logs."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[L], owner: type) -> Logs: ...
    def __get__(self, instance: Api[Any] | None, owner: type) -> Self | Logs:
        """Return the logs of the Api's kind."""
        if instance is None:
            return self
        from kubex.api._logs import Logs

        return Logs(gated(instance, HasLogs, "logs"))


class StatusAccessor:
    """`api.status`, for kinds whose status is written apart."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[St], owner: type) -> Subresource[St]: ...
    def __get__(self, instance: Api[Any] | None, owner: type) -> Self | Subresource[Any]:
        """Return the status of the Api's kind; its documents are whole objects."""
        return self if instance is None else whole(instance, HasStatus, "status")


class ScaleAccessor:
    """`api.scale`, for kinds that have a number of replicas."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[Sc], owner: type) -> Subresource[Scale]: ...
    def __get__(self, instance: Api[Any] | None, owner: type) -> Self | Subresource[Scale]:
        """Return the scale of the Api's kind."""
        if instance is None:
            return self
        from kubex.api._subresource import Subresource
        from kubex.models._common import SCALE, Scale

        return Subresource(gated(instance, HasScale, "scale"), "scale", Scale, SCALE)


class EvictionAccessor:
    """`api.eviction`, for kinds that can be evicted."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[Ev], owner: type) -> Eviction: ...
    def __get__(self, instance: Api[Any] | None, owner: type) -> Self | Eviction:
        """Return the eviction of the Api's kind."""
        if instance is None:
            return self
        from kubex.api._creations import Eviction

        return Eviction(gated(instance, HasEviction, "eviction"))


class ResizeAccessor:
    """`api.resize`, for kinds whose resources can be changed in place."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[Re], owner: type) -> Subresource[Re]: ...
    def __get__(self, instance: Api[Any] | None, owner: type) -> Self | Subresource[Any]:
        """Return the resize subresource of the Api's kind; its documents are whole objects."""
        return self if instance is None else whole(instance, HasResize, "resize")


class EphemeralContainersAccessor:
    """`api.ephemeral_containers`, for kinds that take containers for debugging."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[Ec], owner: type) -> Subresource[Ec]: ...
    def __get__(self, instance: Api[Any] | None, owner: type) -> Self | Subresource[Any]:
        """Return the ephemeral containers of the Api's kind; its documents are whole objects."""
        return self if instance is None else whole(instance, HasEphemeralContainers, "ephemeralcontainers")


class ApprovalAccessor:
    """`api.approval`, for kinds that are approved or denied."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[Ap], owner: type) -> Subresource[Ap]: ...
    def __get__(self, instance: Api[Any] | None, owner: type) -> Self | Subresource[Any]:
        """Return the approval of the Api's kind; its documents are whole objects."""
        return self if instance is None else whole(instance, HasApproval, "approval")


class TokensAccessor:
    """`api.tokens`, for kinds that tokens are issued for."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[To], owner: type) -> Tokens: ...
    def __get__(self, instance: Api[Any] | None, owner: type) -> Self | Tokens:
        """Return the tokens of the Api's kind."""
        if instance is None:
            return self
        from kubex.api._creations import Tokens

        return Tokens(gated(instance, HasTokenRequest, "tokens"))


class MetadataAccessor:
    """`api.metadata`: the same reads, of metadata alone."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Api[N], owner: type) -> Reads[NamespacedObjectMetadata]: ...
    @overload
    def __get__(self, instance: Api[T], owner: type) -> Reads[PartialObjectMetadata]: ...
    def __get__(
        self, instance: Api[Any] | None, owner: type
    ) -> Self | Reads[NamespacedObjectMetadata] | Reads[PartialObjectMetadata]:
        """Return the reading verbs whose answers are metadata."""
        if instance is None:
            return self
        from kubex.api._reads import Reads
        from kubex.models import NamespacedObjectMetadata, PartialObjectMetadata

        endpoint = instance.endpoint
        namespaced = issubclass(endpoint.resource, NamespacedResource)
        model = NamespacedObjectMetadata if namespaced else PartialObjectMetadata
        return Reads(Endpoint(endpoint.resource, model, endpoint.client, endpoint.namespace, metadata_only=True))


def whole(instance: Api[Any], marker: type[Resource], name: str) -> Subresource[Any]:
    """Return a subresource whose documents are whole objects of the kind."""
    from kubex.api._subresource import Subresource

    return Subresource(gated(instance, marker, name), name, instance.resource, facts_of(instance.resource))
