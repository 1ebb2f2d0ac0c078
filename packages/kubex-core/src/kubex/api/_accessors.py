"""What only some kinds can do: descriptors that both type checkers and the running program refuse elsewhere."""

from typing import TYPE_CHECKING, Any, TypeVar, overload

from typing_extensions import Self

from kubex.api._endpoint import Endpoint
from kubex.api._logs import Logs
from kubex.api._reads import Reads
from kubex.core.exceptions import UnsupportedVerbError
from kubex.models import HasLogs, NamespacedObjectMetadata, NamespacedResource, PartialObjectMetadata, Resource

if TYPE_CHECKING:
    from kubex.api._api import Api

L = TypeVar("L", bound=HasLogs)
N = TypeVar("N", bound=NamespacedResource)
T = TypeVar("T", bound=Resource)


class LogsAccessor:
    """`api.logs`, for kinds that have logs."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: "Api[L]", owner: type) -> Logs: ...
    def __get__(self, instance: "Api[L] | None", owner: type) -> "Self | Logs":
        """Return the logs of the Api's kind; raises UnsupportedVerbError where it has none."""
        if instance is None:
            return self
        if not issubclass(instance.resource, HasLogs):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise UnsupportedVerbError(instance.resource.__name__, "logs")
        return Logs(Endpoint(instance.resource, HasLogs, instance.client, instance.namespace))


class MetadataAccessor:
    """`api.metadata`: the same reads, of metadata alone."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: "Api[N]", owner: type) -> Reads[NamespacedObjectMetadata]: ...
    @overload
    def __get__(self, instance: "Api[T]", owner: type) -> Reads[PartialObjectMetadata]: ...
    def __get__(
        self, instance: "Api[Any] | None", owner: type
    ) -> "Self | Reads[NamespacedObjectMetadata] | Reads[PartialObjectMetadata]":
        """Return the reading verbs whose answers are metadata."""
        if instance is None:
            return self
        resource: type[Resource] = instance.resource
        if issubclass(resource, NamespacedResource):
            namespaced = Endpoint(
                resource, NamespacedObjectMetadata, instance.client, instance.namespace, metadata_only=True
            )
            return Reads(namespaced)
        return Reads(Endpoint(resource, PartialObjectMetadata, instance.client, instance.namespace, metadata_only=True))
