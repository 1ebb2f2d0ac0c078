"""Descriptors of `Api` for subresources that only some kinds support.

For other kinds, type checkers report an error, and UnsupportedVerbError is raised at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from typing_extensions import Self

from kubex.api._endpoint import Endpoint
from kubex.errors import UnsupportedVerbError
from kubex.models import NamespacedResource, Resource
from kubex.models.markers import HasAttach, HasExec, HasLogs, HasPortForward, HasScale

if TYPE_CHECKING:  # accessors import these on first use, because most programs use only some of them
    from kubex.api._exec import Attach, Exec
    from kubex.api._files import Files
    from kubex.api._logs import Logs
    from kubex.api._metadata_api import MetadataApi
    from kubex.api._port_forward import PortForward
    from kubex.api._subresource import Subresource
    from kubex.models import NamespacedObjectMetadata, PartialObjectMetadata, Scale

A = TypeVar("A")
M = TypeVar("M", bound=Resource)
N = TypeVar("N", bound=NamespacedResource)
T = TypeVar("T", bound=Resource)
M_co = TypeVar("M_co", bound=Resource, covariant=True)


class ApiOf(Protocol[M_co, T]):
    """An `Api[T]` of a kind that derives from the marker `M`.

    It has two parameters, because the bound of a type variable cannot be another type variable.
    """

    @property
    def resource(self) -> type[M_co]: ...
    @property
    def _endpoint(self) -> Endpoint[T]: ...


class Accessor(Generic[M, A]):
    """Returns the object that `make` creates, for kinds that derive from the marker."""

    def __init__(self, marker: type[M], name: str, make: Callable[[Endpoint[Any]], A]) -> None:
        self._marker = marker
        self._name = name
        self._make = make

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: ApiOf[M, Any], owner: type) -> A: ...
    def __get__(self, instance: ApiOf[M, Any] | None, owner: type) -> Self | A:
        """Return the accessor's object; raises UnsupportedVerbError for a kind without the marker."""
        if instance is None:
            return self
        return self._make(require_marker(endpoint_of(instance), self._marker, self._name))


class ObjectSubresource(Generic[M]):
    """Returns the `Subresource[T]` of an `Api[T]`, for kinds that derive from the marker.

    The bodies of this subresource are complete objects of the kind.
    """

    def __init__(self, marker: type[M], name: str) -> None:
        self._marker = marker
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: ApiOf[M, T], owner: type) -> Subresource[T]: ...
    def __get__(self, instance: ApiOf[M, T] | None, owner: type) -> Self | Subresource[T]:
        """Return the subresource; raises UnsupportedVerbError for a kind without the marker."""
        if instance is None:
            return self
        from kubex.api._subresource import Subresource

        endpoint = require_marker(endpoint_of(instance), self._marker, self._name)
        return Subresource(endpoint, self._name, endpoint.model, endpoint.api_resource)


class MetadataAccessor:
    """`api.metadata`: the reading verbs of an Api and patch, with results that have only metadata."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(
        self, instance: ApiOf[NamespacedResource, Any], owner: type
    ) -> MetadataApi[NamespacedObjectMetadata]: ...
    @overload
    def __get__(self, instance: ApiOf[Resource, Any], owner: type) -> MetadataApi[PartialObjectMetadata]: ...
    def __get__(
        self, instance: ApiOf[Resource, Any] | None, owner: type
    ) -> Self | MetadataApi[NamespacedObjectMetadata] | MetadataApi[PartialObjectMetadata]:
        """Return the verbs of the kind."""
        if instance is None:
            return self
        from kubex.api._metadata_api import MetadataApi
        from kubex.models import NamespacedObjectMetadata, PartialObjectMetadata

        endpoint = endpoint_of(instance)
        model = NamespacedObjectMetadata if endpoint.namespaced else PartialObjectMetadata
        return MetadataApi(Endpoint(endpoint.resource, model, endpoint.client, endpoint.namespace, metadata_only=True))


def endpoint_of(api: ApiOf[M, T]) -> Endpoint[T]:
    """Return the private endpoint of an Api."""
    return api._endpoint  # pyright: ignore[reportPrivateUsage]  # accessors are members of the class


def require_marker(endpoint: Endpoint[T], marker: type[Resource], name: str) -> Endpoint[T]:
    """Return the endpoint; raises UnsupportedVerbError if its kind does not derive from the marker."""
    kind = endpoint.resource
    if not issubclass(kind, marker):
        raise UnsupportedVerbError(kind.__name__, f"{name} (its class does not derive from {marker.__name__})")
    return endpoint


def make_logs(endpoint: Endpoint[HasLogs]) -> Logs:
    """Create the accessor of logs."""
    from kubex.api._logs import Logs

    return Logs(endpoint)


def make_scale(endpoint: Endpoint[HasScale]) -> Subresource[Scale]:
    """Create the accessor of the scale subresource. Its bodies are `Scale` objects."""
    from kubex.api._subresource import Subresource
    from kubex.models._common import SCALE_TYPE_META, Scale

    return Subresource(endpoint, "scale", Scale, SCALE_TYPE_META)


def make_exec(endpoint: Endpoint[HasExec]) -> Exec:
    """Return the commands of a kind."""
    from kubex.api._exec import Exec

    return Exec(endpoint)


def make_attach(endpoint: Endpoint[HasAttach]) -> Attach:
    """Return the attached processes of a kind."""
    from kubex.api._exec import Attach

    return Attach(endpoint)


def make_port_forward(endpoint: Endpoint[HasPortForward]) -> PortForward:
    """Return the forwarded ports of a kind."""
    from kubex.api._port_forward import PortForward

    return PortForward(endpoint)


def make_files(endpoint: Endpoint[HasExec]) -> Files:
    """Return the files in the containers of a kind."""
    from kubex.api._files import Files

    return Files(endpoint)
