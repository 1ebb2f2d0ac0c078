"""`api.raw`: lists and watches that return objects as JSON, for caches and programs that forward objects."""

from __future__ import annotations

from typing import Generic, TypeVar

from kubex.api._endpoint import Endpoint
from kubex.api._options import ListOptions, WatchOptions
from kubex.api._raw_objects import RawEvent, RawList
from kubex.api._read_api import send_list
from kubex.api._watch import WATCH_SECONDS, EventIterator, open_watch
from kubex.core._selectors import FieldSelectorTypes, LabelSelectorTypes
from kubex.core.params import NamespaceTypes, ResourceVersionMatchTypes, TimeoutTypes
from kubex.models import Resource

T = TypeVar("T", bound=Resource)


class RawWatch(EventIterator[RawEvent]):
    """The events of a raw watch: `async with api.raw.watch() as events`, then `async for event in events`.

    After a DecodeError, you can continue the iteration with the next event.
    """

    @property
    def buffered(self) -> bool:
        """Whether the next event has arrived, so that reading it does not wait."""
        return self._lines.buffered


class RawApi(Generic[T]):
    """The verbs of `api.raw` and `api.metadata.raw`. They return objects as JSON, in `RawObject`.

    Kubex reads only the metadata that identifies an object. This needs half of the time of decoding objects, and a
    `RawObject` needs less memory than the JSON that was sent. Use it to keep many objects, to forward them, or if you
    need only their names and versions. `decode()` creates an object from the JSON.
    """

    def __init__(self, endpoint: Endpoint[T]) -> None:
        self._endpoint = endpoint
        metadata = endpoint.model.model_fields["metadata"].annotation
        keep = "managed_fields" in getattr(metadata, "model_fields", ())
        self._decoder = endpoint.decoder.raw(keep_managed_fields=keep)

    @property
    def resource(self) -> type[T]:
        """The class of the objects that `decode()` returns."""
        return self._endpoint.model

    @property
    def namespaced(self) -> bool:
        """Whether the kind is namespaced."""
        return self._endpoint.namespaced

    @property
    def namespace(self) -> str | None:
        """The namespace of calls that do not pass one. None means all namespaces, or a kind without namespaces."""
        return self._endpoint.resolve(...)

    def path(self, name: str | None = None, *, namespace: NamespaceTypes = ...) -> str:
        """Return the path of an object, or of the collection without a name, for `Client.request()`.

        Args:
            name: the name of an object, which needs one namespace if the kind is namespaced.
            namespace: a namespace, or None for all; by default that of the Api.

        Raises:
            InvalidNameError: a name cannot be part of a path.
            NamespaceError: the kind is cluster-scoped, or the path of an object needs a namespace.

        Example:
            response = await client.request("GET", pods.raw.path("web-0"))
            print(response.status, response.body)
        """
        if name is None:
            return self._endpoint.collection_path(namespace)
        return self._endpoint.object_path(name, namespace, "the path of an object")

    def decode(self, json: bytes) -> T:
        """Return an object for the JSON of a `RawObject`. Its fields are decoded when they are read.

        Each call returns a new object, which does not share data with others. The JSON can be an item of a list, which
        does not contain `apiVersion` and `kind`.

        Raises:
            DecodeError: the metadata of the object is malformed. A malformed field raises DecodeError when it is read.

        Example:
            cached = {item.name: item.json for item in await pods.raw.list()}
            pod = pods.raw.decode(cached["web-0"])
            print(pod.metadata.labels)
        """
        return self._endpoint.decoder.using("lazy").stored_item(json)

    async def list(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        limit: int | None = None,
        continue_token: str | None = None,
        resource_version: str | None = None,
        resource_version_match: ResourceVersionMatchTypes | None = None,
        timeout_seconds: int | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> RawList:
        """Return the objects of a collection, or of one page, as JSON.

        The arguments and errors are those of `Api.list()`. An item with malformed metadata does not raise an error; it
        is in `errors` of the result.

        Example:
            page = await pods.raw.list(limit=100)
            for item in page:
                print(item.namespace, item.name, len(item.json))
            print("the next page:", page.continue_token)
        """
        options = ListOptions(
            label_selector=label_selector,
            field_selector=field_selector,
            limit=limit,
            continue_token=continue_token,
            resource_version=resource_version,
            resource_version_match=resource_version_match,
            timeout_seconds=timeout_seconds,
        )
        return await send_list(self._endpoint, options, namespace, request_timeout, self._decoder.list)

    def watch(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        resource_version: str | None = None,
        send_initial_events: bool | None = None,
        bookmarks: bool = False,
        timeout_seconds: int = WATCH_SECONDS,
        request_timeout: TimeoutTypes = ...,
    ) -> RawWatch:
        """Watch the changes of a collection as JSON: `async with api.raw.watch() as events`.

        The arguments and errors are those of `Api.watch()`.

        Example:
            async with pods.raw.watch(timeout_seconds=1) as events:
                async for event in events:
                    print(event.type, event.object.name, event.object.resource_version)
        """
        options = WatchOptions(
            label_selector=label_selector,
            field_selector=field_selector,
            timeout_seconds=timeout_seconds,
            resource_version=resource_version,
            send_initial_events=send_initial_events,
        )
        source = open_watch(
            self._endpoint, options, namespace, request_timeout, bookmarks=bookmarks, block="api.raw.watch() as events"
        )
        return RawWatch(source, self._decoder.event)
