"""A kind on a client: the paths, namespaces, requests and responses that all verbs share."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from kubex.api._decode import Decoder
from kubex.api._expected_kinds import expected_kinds
from kubex.client import Client
from kubex.client._client import resolve_timeout
from kubex.core._http import JSON, Request
from kubex.core._paths import collection_path, object_path
from kubex.core._urls import Query
from kubex.core.params import DecodeMode, NamespaceTypes, TimeoutTypes
from kubex.errors import InvalidNameError, NamespaceError, UnsupportedVerbError
from kubex.models import ApiResource, NamespacedResource, ObjectMeta, Resource, api_resource

T = TypeVar("T", bound=Resource)

_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

# The methods of `Api` for each verb of Kubernetes.
_METHODS = {
    "get": ("get", "get_or_none"),
    "list": ("list", "pages", "iterate"),
    "watch": ("watch",),
    "create": ("create",),
    "update": ("replace", "edit"),
    "patch": ("patch", "apply"),
    "delete": ("delete",),
    "deletecollection": ("delete_collection",),
}
_VERB_OF_METHOD = {method: verb for verb, methods in _METHODS.items() for method in methods}


class HasMetadata(Protocol):
    """An object, or a document about one object, such as a `Scale`."""

    @property
    def metadata(self) -> ObjectMeta: ...


class Endpoint(Generic[T]):
    """A kind on a client. Responses are decoded into `model`, which can differ from the kind (`resource`)."""

    __slots__ = ("accept", "accept_list", "api_resource", "client", "decoder", "model", "namespace", "resource")

    def __init__(
        self,
        resource: type[Resource],
        model: type[T],
        client: Client,
        namespace: NamespaceTypes,
        *,
        metadata_only: bool = False,
        decode: DecodeMode = "lazy",
    ) -> None:
        check_client(client)
        check_kind(resource)
        self.resource = resource
        self.model = model
        self.client = client
        self.api_resource = api_resource(resource)
        self.namespace = namespace
        self.accept = _METADATA if metadata_only else JSON
        self.accept_list = _METADATA_LIST if metadata_only else JSON
        description = f"{model.__name__} of {self.api_resource.group_resource}" if metadata_only else model.__name__
        kinds = expected_kinds(self.api_resource, metadata_only=metadata_only)
        self.decoder = Decoder(model, description, decode, kinds=kinds, pause_gc=client.options.pause_gc)
        if isinstance(namespace, str):
            self.collection_path(namespace)  # an invalid namespace raises here, not at the first call

    @property
    def namespaced(self) -> bool:
        """Whether the kind is namespaced."""
        return issubclass(self.resource, NamespacedResource)

    def require(self, method: str) -> None:
        """Raise UnsupportedVerbError if the kind does not support a method of `Api`."""
        require_verb(self.api_resource, method)

    def resolve(self, namespace: NamespaceTypes) -> str | None:
        """Return the namespace of a call; None means all namespaces.

        The argument of the call has priority, then the namespace of the Api, then that of the configuration.
        """
        if namespace is ...:
            namespace = self.namespace
        if namespace is ...:
            return (self.client.configuration.namespace or "default") if self.namespaced else None
        return namespace

    def collection_path(self, namespace: NamespaceTypes) -> str:
        """Return the path of a collection, in one namespace or in all namespaces."""
        return collection_path(self.resource, self.resolve(namespace))

    def namespaced_path(self, namespace: NamespaceTypes, verb: str) -> str:
        """Return the path of a collection in one namespace; raises NamespaceError for all namespaces."""
        resolved = self.resolve(namespace)
        if resolved is None and self.namespaced:
            raise NamespaceError(
                self.api_resource.group_resource, f"{verb} needs one namespace: pass namespace= to the call or the Api"
            )
        return collection_path(self.resource, resolved)

    def object_path(self, name: str, namespace: NamespaceTypes, verb: str, subresource: str | None = None) -> str:
        """Return the path of an object or of its subresource."""
        return object_path(self.namespaced_path(namespace, verb), name, subresource)

    def path_for(self, obj: HasMetadata, namespace: NamespaceTypes, verb: str, subresource: str | None = None) -> str:
        """Return the path of the object that `obj.metadata` identifies, or of its subresource."""
        name = obj.metadata.name
        if not name:
            raise InvalidNameError("metadata.name", name, f"is missing: {verb} needs the name of the object")
        return object_path(self.create_path(obj, namespace, verb), name, subresource)

    def create_path(self, obj: HasMetadata, namespace: NamespaceTypes, verb: str) -> str:
        """Return the path of the collection that contains an object.

        `metadata.namespace` is used if neither the call nor the Api has a namespace. Raises NamespaceError if they
        differ: creating an object in another namespace than it states is probably a mistake.
        """
        obj_namespace = obj.metadata.namespace
        if obj_namespace is None:
            return self.namespaced_path(namespace, verb)
        requested = self.namespace if namespace is ... else namespace
        if isinstance(requested, str) and requested != obj_namespace:
            raise NamespaceError(
                self.api_resource.group_resource,
                f"{verb}: the object has namespace {obj_namespace!r}, but the call uses namespace {requested!r}",
            )
        return self.namespaced_path(obj_namespace, verb)

    def field_manager(self, field_manager: str | None) -> str | None:
        """Return the field manager of the call, or else of the client."""
        return field_manager if field_manager is not None else self.client.options.field_manager

    def request(
        self,
        method: str,
        path: str,
        timeout: TimeoutTypes,
        *,
        query: Query | None = None,
        body: bytes | None = None,
        content_type: str = JSON,
        accept: str = JSON,
        resend_when_throttled: bool = True,
        upgrade: bool = False,
    ) -> Request:
        """Build a request, and check its timeout."""
        resolved = timeout if timeout is ... else resolve_timeout(self.client, timeout)
        return Request(
            method=method,
            path=path,
            query=query or {},
            body=body,
            content_type=content_type,
            accept=accept,
            timeout=resolved,
            resend_when_throttled=resend_when_throttled,
            upgrade=upgrade,
        )


def check_client(client: object) -> None:
    """Raise TypeError if this is not a client, for example if `create_client()` was not awaited."""
    if not isinstance(client, Client):
        raise TypeError(
            f"expected a Client, not {type(client).__name__}: use `async with create_client() as client`, or "
            "`client = await create_client()`"
        )


def check_kind(kind: object) -> None:
    """Raise TypeError if this is not a class that `Api` supports."""
    if not isinstance(kind, type):
        raise TypeError(f"expected the class of a kind, such as Pod, not {type(kind).__name__}")
    if issubclass(kind, Resource):
        return
    from kubex.models import CreateOnly

    if issubclass(kind, CreateOnly):
        raise TypeError(
            f"{kind.__name__} can only be created, and Api does not support it: use "
            f"create_review(client, {kind.__name__}(...))"
        )
    raise TypeError(f"{kind.__name__} is not a kind: derive it from NamespacedResource or ClusterResource")


def require_verb(resource: ApiResource, method: str) -> None:
    """Raise UnsupportedVerbError, with the supported methods, if the kind does not support a method of `Api`."""
    if _VERB_OF_METHOD[method] in resource.verbs:
        return
    available = tuple(name for verb, methods in _METHODS.items() if verb in resource.verbs for name in methods)
    raise UnsupportedVerbError(resource.kind, method, available)
