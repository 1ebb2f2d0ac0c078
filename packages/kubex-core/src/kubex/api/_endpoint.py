"""What every verb is built from: a kind, where it is asked for, and how its answers are decoded."""

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

_METHODS = {
    "get": ("get", "get_or_none"),
    "list": ("list", "pages", "iterate"),
    "watch": ("watch",),
    "create": ("create",),
    "update": ("replace",),
    "patch": ("patch", "apply"),
    "delete": ("delete",),
    "deletecollection": ("delete_collection",),
}
_VERB_OF = {method: verb for verb, methods in _METHODS.items() for method in methods}


class HasMetadata(Protocol):
    """A document that is, or is about, one object."""

    @property
    def metadata(self) -> ObjectMeta: ...


class Endpoint(Generic[T]):
    """A kind on a client: paths, namespaces and decoding. `model` is what answers are decoded into."""

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
            self.collection_path(namespace)

    @property
    def namespaced(self) -> bool:
        """Whether objects of the kind live in namespaces."""
        return issubclass(self.resource, NamespacedResource)

    def require(self, method: str) -> None:
        """Raise UnsupportedVerbError if the kind lacks the verb of a method of Api."""
        require_verb(self.api_resource, method)

    def resolve(self, namespace: NamespaceTypes) -> str | None:
        """Return the namespace of a call: its obj_namespace, else the Api's, else the configuration's; None is all of them."""
        if namespace is ...:
            namespace = self.namespace
        if namespace is ...:
            return (self.client.configuration.namespace or "default") if self.namespaced else None
        return namespace

    def collection_path(self, namespace: NamespaceTypes) -> str:
        """Return the path of the collection, of one namespace or of all."""
        return collection_path(self.resource, self.resolve(namespace))

    def namespaced_path(self, namespace: NamespaceTypes, verb: str) -> str:
        """Return the path of the collection of one object; raises NamespaceError where no namespace is chosen."""
        resolved = self.resolve(namespace)
        if resolved is None and self.namespaced:
            raise NamespaceError(
                self.api_resource.group_resource, f"{verb} needs one namespace: pass namespace=, or give the Api one"
            )
        return collection_path(self.resource, resolved)

    def object_path(self, name: str, namespace: NamespaceTypes, verb: str, subresource: str | None = None) -> str:
        """Return the path of one object, or of a subresource of it."""
        return object_path(self.namespaced_path(namespace, verb), name, subresource)

    def path_for(self, obj: HasMetadata, namespace: NamespaceTypes, verb: str, subresource: str | None = None) -> str:
        """Return the path of the object that a document names, or of a subresource of it."""
        name = obj.metadata.name
        if not name:
            raise InvalidNameError("metadata.name", name, f"is needed to say which object is meant by {verb}")
        return object_path(self.create_path(obj, namespace, verb), name, subresource)

    def create_path(self, obj: HasMetadata, namespace: NamespaceTypes, verb: str) -> str:
        """Return the path of the collection that an object goes to; its obj_namespace namespace counts where none is given."""
        obj_namespace = obj.metadata.namespace
        if obj_namespace is None:
            return self.namespaced_path(namespace, verb)
        chosen = self.namespace if namespace is ... else namespace
        if isinstance(chosen, str) and chosen != obj_namespace:
            raise NamespaceError(
                self.api_resource.group_resource,
                f"{verb}: the object is of namespace {obj_namespace!r}, but namespace {chosen!r} was asked for",
            )
        return self.namespaced_path(obj_namespace, verb)

    def field_manager(self, field_manager: str | None) -> str | None:
        """Return the field manager of a write: that of the call, else that of the client."""
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
    ) -> Request:
        """Build the request of a verb."""
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
        )


def check_client(client: object) -> None:
    """Raise TypeError for what is no client, such as the `create_client()` that was not awaited."""
    if not isinstance(client, Client):
        raise TypeError(
            f"expected a Client, not {type(client).__name__}: use `async with create_client() as client`, or "
            "`client = await create_client()`"
        )


def check_kind(kind: object) -> None:
    """Raise TypeError for what `Api` cannot serve."""
    if not isinstance(kind, type):
        raise TypeError(f"Api takes the class of a kind, such as Pod, not {type(kind).__name__}")
    if issubclass(kind, Resource):
        return
    from kubex.models import CreateOnly

    if issubclass(kind, CreateOnly):
        raise TypeError(
            f"{kind.__name__} can only be created, so it has no Api: use create_review(client, {kind.__name__}(...))"
        )
    raise TypeError(f"{kind.__name__} is no kind: derive it from NamespacedResource or ClusterResource")


def require_verb(resource: ApiResource, method: str) -> None:
    """Raise UnsupportedVerbError, which names the methods that there are, if the kind lacks the verb of this one."""
    if _VERB_OF[method] in resource.verbs:
        return
    available = tuple(name for verb, methods in _METHODS.items() if verb in resource.verbs for name in methods)
    raise UnsupportedVerbError(resource.kind, method, available)
