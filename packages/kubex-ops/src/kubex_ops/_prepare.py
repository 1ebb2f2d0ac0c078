"""From documents to what is sent: the kind, the namespace, the path and the body of each object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubex.discovery import Discovery
from kubex.errors import KindUnavailable, KubexError, ManifestError, NamespaceError, NoSuchKind
from kubex.manifests import Document
from kubex.models import NamespacedResource, Resource
from kubex_ops._plan.bodies import body_of, namespace_of
from kubex_ops._plan.definitions import defined_kinds
from kubex_ops._plan.documents import ObjectTypes, as_documents
from kubex_ops._plan.phases import group_kind
from kubex_ops._requests import ObjectRequests


@dataclass(eq=False, slots=True)
class Item:
    """An object of a set, and what is sent for it.

    If the server does not have the kind, `resource` and `path` are None, and `error` is the reason. The error is None
    if a definition in the same set creates the kind. `also` are other documents of the same object.
    """

    document: Document
    namespace: str | None
    body: dict[str, Any] = field(repr=False)
    resource: type[Resource] | None = None
    path: str | None = None
    error: KubexError | None = None
    also: list[Document] = field(default_factory=list[Document])

    @property
    def api_version(self) -> str:
        """The `apiVersion` of the object."""
        return self.document.api_version

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return self.document.kind

    @property
    def name(self) -> str:
        """The name of the object."""
        return self.document.name or ""  # as_documents() rejects objects without a name


async def prepare(
    requests: ObjectRequests,
    discovery: Discovery[Any],
    objects: Iterable[ObjectTypes],
    namespace: str | None,
    *,
    same_content: bool = True,
) -> list[Item]:
    """Return an item for each object. An object that occurs twice becomes one item.

    Raises:
        ManifestError: an object does not have a name, or `same_content` is true and an object occurs twice with
            different content.
        NamespaceError: an object has another namespace than the call.
    """
    documents = as_documents(objects)
    preparation = Preparation(requests, discovery, namespace, defined_kinds(documents))
    items: dict[tuple[object, ...], Item] = {}
    for document in documents:
        item = await preparation.item(document)
        first = items.setdefault((*group_kind(item), item.namespace, item.name), item)
        if first is item:
            continue
        if same_content and first.body != item.body:
            raise ManifestError(
                f"{document} is the same object as {first.document}, with different content, so that one of them "
                "would undo the other: remove one"
            )
        first.also.append(document)
    return list(items.values())


class Preparation:
    """Prepares the objects of a set."""

    def __init__(
        self,
        requests: ObjectRequests,
        discovery: Discovery[Any],
        namespace: str | None,
        defined: Mapping[tuple[str, str], bool] | None = None,
    ) -> None:
        self._requests = requests
        self._discovery = discovery
        self._namespace = namespace
        self._default = requests.client.configuration.namespace or "default"
        self._defined = defined or {}

    async def item(self, document: Document) -> Item:
        """Return what is sent for an object."""
        key = document.api_version, document.kind
        try:
            resource = await self._discovery.kind(*key)
        except (NoSuchKind, KindUnavailable) as error:
            namespace = self._namespace_of(document, self._defined.get(key, True))
            missing = None if key in self._defined and isinstance(error, NoSuchKind) else error
            return Item(document, namespace, body_of(document, namespace), error=missing)
        namespace = self._namespace_of(document, issubclass(resource, NamespacedResource))
        path = self._requests.path(resource, namespace, document.name or "")
        return Item(document, namespace, body_of(document, namespace), resource, path)

    async def complete(self, item: Item) -> None:
        """Prepare an item again, after the server has got a new kind."""
        try:
            new = await self.item(item.document)
        except NamespaceError as error:  # of a cluster-scoped kind
            item.error = error
            return
        item.namespace, item.body, item.resource, item.path, item.error = (
            new.namespace,
            new.body,
            new.resource,
            new.path,
            new.error,
        )

    def _namespace_of(self, document: Document, namespaced: bool) -> str | None:
        return namespace_of(document, self._namespace, self._default, namespaced=namespaced)
