"""Reading verbs: get, get_or_none, list, pages, iterate, watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from kubex.api._endpoint import Endpoint
from kubex.api._options import GetOptions, ListOptions, WatchOptions
from kubex.api._pages import Objects, Pages
from kubex.api._watch import ALL_BOOKMARKS, BOOKMARKS, WATCH_MARGIN, WATCH_SECONDS, Watch
from kubex.client._client import open_byte_stream, send_request
from kubex.core._selectors import Selector
from kubex.core.params import DecodeMode, NamespaceTypes, ResourceVersionMatch, ResourceVersionMatchTypes, TimeoutTypes
from kubex.errors import ConfigurationError, NotFound
from kubex.models import Resource, ResourceList

T = TypeVar("T", bound=Resource)


class ReadApi(Generic[T]):
    """The verbs that change nothing, over one endpoint."""

    def __init__(self, endpoint: Endpoint[T]) -> None:
        self._endpoint = endpoint

    @property
    def resource(self) -> type[T]:
        """The class of the objects that the verbs return."""
        return self._endpoint.model

    async def get(
        self,
        name: str,
        *,
        namespace: NamespaceTypes = ...,
        resource_version: str | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> T:
        """Return one object; raises NotFound if it is not there."""
        endpoint = self._endpoint
        endpoint.require("get")
        path = endpoint.object_path(name, namespace, "get")
        query = GetOptions(resource_version=resource_version).query() if resource_version is not None else None
        request = endpoint.request("GET", path, request_timeout, query=query, accept=endpoint.accept)
        decoder = endpoint.decoder.using(decode)
        return await send_request(endpoint.client, request, lambda response: decoder.item(response.body))

    async def get_or_none(
        self,
        name: str,
        *,
        namespace: NamespaceTypes = ...,
        resource_version: str | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> T | None:
        """Return one object, or None if no object has that name.

        A kind that the server does not have still raises NotFound.
        """
        try:
            return await self.get(
                name,
                namespace=namespace,
                resource_version=resource_version,
                decode=decode,
                request_timeout=request_timeout,
            )
        except NotFound as error:
            if error.name == name:
                return None
            raise

    async def list(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: Selector = None,
        field_selector: Selector = None,
        limit: int | None = None,
        continue_token: str | None = None,
        resource_version: str | None = None,
        resource_version_match: ResourceVersionMatchTypes | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> ResourceList[T]:
        """Return the objects of a namespace, or of all with `namespace=None`; with `limit` the first page of them.

        `decode` replaces the mode of the Api for this call: "eager" decodes all objects before it returns.
        """
        options = ListOptions(
            label_selector=label_selector,
            field_selector=field_selector,
            limit=limit,
            continue_token=continue_token,
            resource_version=resource_version,
            resource_version_match=resource_version_match,
        )
        return await self._list(options, namespace, request_timeout, self._endpoint.decoder.using(decode).list)

    async def _list(
        self,
        options: ListOptions,
        namespace: NamespaceTypes,
        request_timeout: TimeoutTypes,
        decode: Callable[[bytes], ResourceList[T]],
    ) -> ResourceList[T]:
        endpoint = self._endpoint
        endpoint.require("list")
        request = endpoint.request(
            "GET",
            endpoint.collection_path(namespace),
            request_timeout,
            query=options.query(),
            accept=endpoint.accept_list,
        )
        return await send_request(endpoint.client, request, lambda response: decode(response.body))

    def pages(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: Selector = None,
        field_selector: Selector = None,
        page_size: int = 500,
        resource_version: str | None = None,
        resource_version_match: ResourceVersionMatchTypes | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> Pages[T]:
        """Iterate the objects by pages of `page_size`: `async for page in api.pages()`; the timeout is for each page.

        See https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks.
        """
        options = self._page_options(
            "pages", namespace, label_selector, field_selector, page_size, resource_version, resource_version_match
        )
        decode_page = self._endpoint.decoder.using(decode).list
        return Pages(options, lambda page: self._list(page, namespace, request_timeout, decode_page))

    def iterate(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: Selector = None,
        field_selector: Selector = None,
        page_size: int = 500,
        resource_version: str | None = None,
        resource_version_match: ResourceVersionMatchTypes | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> Objects[T]:
        """Iterate the objects: `async for pod in api.iterate()`; the timeout is for each page.

        Reads a page of `page_size` objects at a time and decodes each object when it is its turn. An object is not kept
        after it was returned, so this needs the least memory and time to go through many objects.
        See https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks.
        """
        options = self._page_options(
            "iterate", namespace, label_selector, field_selector, page_size, resource_version, resource_version_match
        )
        split = self._endpoint.decoder.using(decode).split
        return Objects(Pages(options, lambda page: self._list(page, namespace, request_timeout, split)))

    def _page_options(
        self,
        method: str,
        namespace: NamespaceTypes,
        label_selector: Selector,
        field_selector: Selector,
        page_size: int,
        resource_version: str | None,
        resource_version_match: ResourceVersionMatchTypes | None,
    ) -> ListOptions:
        self._endpoint.require(method)
        if page_size < 1:
            raise ConfigurationError(f"must be at least 1, not {page_size!r}", field="page_size")
        options = ListOptions(
            label_selector=label_selector,
            field_selector=field_selector,
            limit=page_size,
            resource_version=resource_version,
            resource_version_match=resource_version_match,
        )
        # Invalid arguments raise here, not at the first page.
        options.query()
        self._endpoint.collection_path(namespace)
        return options

    def watch(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: Selector = None,
        field_selector: Selector = None,
        resource_version: str | None = None,
        send_initial_events: bool | None = None,
        bookmarks: bool = False,
        timeout_seconds: int = WATCH_SECONDS,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> Watch[T]:
        """Watch changes: `async with api.watch() as events`, then `async for event in events`.

        Without `resource_version` the existing objects come first, as ADDED. With `send_initial_events=True`, an
        event of type INITIAL_EVENTS_END follows them. Bookmarks update `events.resource_version`; `bookmarks=True`
        also yields them. The server ends the watch after `timeout_seconds`; continue with
        `resource_version=events.resource_version`. Raises ReadTimeout if no data arrives for 30 seconds longer than
        that, and Expired if the revision is too old: list again.
        See https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
        """
        endpoint = self._endpoint
        endpoint.require("watch")
        if timeout_seconds < 1:
            raise ConfigurationError(f"must be at least 1 second, not {timeout_seconds!r}", field="timeout_seconds")
        options = WatchOptions(
            label_selector=label_selector,
            field_selector=field_selector,
            timeout_seconds=timeout_seconds,
            resource_version=resource_version,
            resource_version_match=ResourceVersionMatch.NOT_OLDER_THAN if send_initial_events is not None else None,
            send_initial_events=send_initial_events,
        )
        path = endpoint.collection_path(namespace)
        request = endpoint.request("GET", path, request_timeout, query=options.query(), accept=endpoint.accept)
        hidden = () if bookmarks else BOOKMARKS if send_initial_events else ALL_BOOKMARKS
        stream = open_byte_stream(
            endpoint.client, request, idle=timeout_seconds + WATCH_MARGIN, block="api.watch() as events"
        )
        return Watch(
            stream, endpoint.decoder.using(decode), path=path, resource_version=resource_version, hidden=hidden
        )
