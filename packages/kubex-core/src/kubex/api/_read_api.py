"""The verbs that read: get, get_or_none, list, pages, iterate, watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kubex.api._endpoint import Endpoint
from kubex.api._options import GetOptions, ListOptions, WatchOptions
from kubex.api._pages import Objects, Pages
from kubex.api._watch import WATCH_SECONDS, Watch, open_watch
from kubex.client._client import send_request
from kubex.core._selectors import FieldSelectorTypes, LabelSelectorTypes
from kubex.core.params import DecodeMode, NamespaceTypes, ResourceVersionMatchTypes, TimeoutTypes
from kubex.errors import ConfigurationError, NotFound
from kubex.models import Resource, ResourceList

if TYPE_CHECKING:
    from kubex.api._raw_api import RawApi

R = TypeVar("R")
T = TypeVar("T", bound=Resource)


class ReadApi(Generic[T]):
    """The verbs that read objects. `Api` describes the arguments that several verbs have."""

    def __init__(self, endpoint: Endpoint[T]) -> None:
        self._endpoint = endpoint

    @property
    def resource(self) -> type[T]:
        """The class of the objects that the verbs return."""
        return self._endpoint.model

    @property
    def raw(self) -> RawApi[T]:
        """Lists and watches that return objects as JSON, as a `RawApi` object."""
        from kubex.api._raw_api import RawApi

        return RawApi(self._endpoint)

    async def get(
        self,
        name: str,
        *,
        namespace: NamespaceTypes = ...,
        resource_version: str | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> T:
        """Return an object.

        Args:
            name: the name of the object.
            resource_version: return a version that is not older than this one. With "0", the server may return any
                version from its cache. By default it returns the newest one. See
                https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions.

        Raises:
            NotFound: the object does not exist.

        Example:
            pod = await pods.get("web-0")
            if pod.spec is not None:
                print(pod.spec.node_name)
        """
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
        """Return an object, or None if it does not exist.

        The arguments are those of `get()`.

        Raises:
            NotFound: the server does not have this kind, for example because its definition is not installed.

        Example:
            if await config_maps.get_or_none("colors") is None:
                await config_maps.create(ConfigMap(metadata=ObjectMeta(name="colors")))
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
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        limit: int | None = None,
        continue_token: str | None = None,
        resource_version: str | None = None,
        resource_version_match: ResourceVersionMatchTypes | None = None,
        timeout_seconds: int | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> ResourceList[T]:
        """Return the objects of a collection.

        The result is a sequence of objects. Its `resource_version` is the start for a watch of changes after the list.

        Args:
            limit: the maximum number of objects. If there are more, `metadata.continue_` of the result is the
                `continue_token` for the next call. By default there is no limit. `pages()` and `iterate()` do this
                automatically.
            continue_token: return the page after the one that contained this token.
            resource_version: how recent the objects must be. By default the server returns the newest version.
            resource_version_match: "Exact" or "NotOlderThan"; how the server applies `resource_version`. See
                https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions.
            timeout_seconds: the time in seconds that the server may take. `kube-apiserver` ignores it for lists, other
                API servers may not. `request_timeout` limits the call in any case.

        Raises:
            ConfigurationError: `timeout_seconds` is less than 1.
            Expired: the server no longer has the version of `continue_token` or `resource_version`.

        Example:
            for pod in await pods.list(label_selector={"app": "web"}):
                print(pod.metadata.name)
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
        endpoint = self._endpoint
        return await send_list(endpoint, options, namespace, request_timeout, endpoint.decoder.using(decode).list)

    def pages(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        page_size: int = 500,
        resource_version: str | None = None,
        resource_version_match: ResourceVersionMatchTypes | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> Pages[T]:
        """Iterate over a collection by pages, and keep only one page in memory.

        Errors of the server are raised by the iteration. If the server no longer has the version of the first page, the
        iteration continues with the current objects, and `consistent` of the iterator becomes False. See
        https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks.

        Args:
            page_size: the maximum number of objects of a page.
            resource_version: see `list()`.
            resource_version_match: see `list()`.
            request_timeout: the time limit for each page.

        Raises:
            ConfigurationError: `page_size` is less than 1.

        Example:
            async for page in pods.pages(namespace=None, page_size=100):
                print(len(page), "pods, remaining:", page.metadata.remaining_item_count)
        """
        options = self._page_options(
            "pages", namespace, label_selector, field_selector, page_size, resource_version, resource_version_match
        )
        endpoint = self._endpoint
        decode_page = endpoint.decoder.using(decode).list
        return Pages(options, lambda page: send_list(endpoint, page, namespace, request_timeout, decode_page))

    def iterate(
        self,
        *,
        namespace: NamespaceTypes = ...,
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        page_size: int = 500,
        resource_version: str | None = None,
        resource_version_match: ResourceVersionMatchTypes | None = None,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> Objects[T]:
        """Iterate over the objects of a collection.

        This needs the least memory and time to read many objects: it requests pages, decodes each object when it is
        returned, and does not keep it. The arguments and errors are those of `pages()`. After a DecodeError, which
        names the object, you can continue the iteration.

        Example:
            async for pod in pods.iterate(namespace=None, field_selector="status.phase=Running"):
                print(pod.metadata.namespace, pod.metadata.name)
        """
        options = self._page_options(
            "iterate", namespace, label_selector, field_selector, page_size, resource_version, resource_version_match
        )
        endpoint = self._endpoint
        split = endpoint.decoder.using(decode).split
        return Objects(Pages(options, lambda page: send_list(endpoint, page, namespace, request_timeout, split)))

    def _page_options(
        self,
        method: str,
        namespace: NamespaceTypes,
        label_selector: LabelSelectorTypes,
        field_selector: FieldSelectorTypes,
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
        label_selector: LabelSelectorTypes = None,
        field_selector: FieldSelectorTypes = None,
        resource_version: str | None = None,
        send_initial_events: bool | None = None,
        bookmarks: bool = False,
        timeout_seconds: int = WATCH_SECONDS,
        decode: DecodeMode | None = None,
        request_timeout: TimeoutTypes = ...,
    ) -> Watch[T]:
        """Watch the changes of a collection: `async with api.watch() as events`.

        The server ends a watch after `timeout_seconds`, and the iteration ends. Start the next watch at
        `events.resource_version`. See
        https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.

        Args:
            resource_version: continue after this version, for example that of a list. Without it, the existing objects
                are sent first, as `ADDED` events.
            send_initial_events: with True, the existing objects are sent first, followed by an event
                `INITIAL_EVENTS_END`.
            bookmarks: yield `BOOKMARK` events, which have a newer resource version and no object. By default they only
                update `events.resource_version`.
            timeout_seconds: the time in seconds after which the server ends the watch.

        Raises:
            Expired: the server no longer has the resource version; list the objects again.
            ReadTimeout: no data arrived for `timeout_seconds` + 30 seconds, so the connection is considered dead.
            ConnectionLost: the connection was closed in the middle of an event.
            ApiError: the server sent an `ERROR` event.

        Example:
            async with pods.watch(field_selector={"metadata.name": "web-0"}) as events:
                async for event in events:
                    status = event.object.status
                    print(event.type, status)
                    if status is not None and status.phase == "Running":
                        break
        """
        options = WatchOptions(
            label_selector=label_selector,
            field_selector=field_selector,
            timeout_seconds=timeout_seconds,
            resource_version=resource_version,
            send_initial_events=send_initial_events,
        )
        source = open_watch(
            self._endpoint, options, namespace, request_timeout, bookmarks=bookmarks, block="api.watch() as events"
        )
        return Watch(source, self._endpoint.decoder.using(decode).event)


async def send_list(
    endpoint: Endpoint[Any],
    options: ListOptions,
    namespace: NamespaceTypes,
    request_timeout: TimeoutTypes,
    decode: Callable[[bytes], R],
) -> R:
    """Request a list, or a page of it, and decode the response."""
    endpoint.require("list")
    path = endpoint.collection_path(namespace)
    request = endpoint.request("GET", path, request_timeout, query=options.query(), accept=endpoint.accept_list)
    return await send_request(endpoint.client, request, lambda response: decode(response.body))
