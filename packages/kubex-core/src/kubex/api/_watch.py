"""Open watches."""

from __future__ import annotations

from collections.abc import Collection
from types import TracebackType
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from typing_extensions import Self

from kubex.api._endpoint import Endpoint
from kubex.api._options import WatchOptions
from kubex.client import ByteStream
from kubex.client._client import open_byte_stream
from kubex.client._stream import Lines
from kubex.core._json_objects import ObjectSplitter, split_objects
from kubex.core._wrong_content import error_for_content
from kubex.core.params import NamespaceTypes, ResourceVersionMatch, TimeoutTypes
from kubex.errors import ConfigurationError, ConnectionLost, DecodeError
from kubex.models import EventType, Resource, WatchEvent

T = TypeVar("T", bound=Resource)

BOOKMARKS = frozenset((EventType.BOOKMARK,))
"""The events that a watch with `send_initial_events` does not yield."""

ALL_BOOKMARKS = frozenset((EventType.BOOKMARK, EventType.INITIAL_EVENTS_END))
"""The events that other watches do not yield. Some servers send INITIAL_EVENTS_END without a request for it."""

WATCH_SECONDS = 290
"""The default time in seconds after which the server ends a watch; below the idle timeouts of load balancers."""

WATCH_MARGIN = 30.0
"""Additional time in seconds without data after which the connection is considered dead."""


class Event(Protocol):
    """An event of a watch, of any class."""

    @property
    def type(self) -> EventType: ...
    @property
    def resource_version(self) -> str | None: ...


E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class DecodeEvent(Protocol[E_co]):
    """A function that decodes one line of a watch. `path` is the path of the watch, for errors."""

    def __call__(self, line: bytes, /, *, path: str) -> E_co: ...


class WatchSource(NamedTuple):
    """The stream of a watch. `hidden` are the events that it does not yield."""

    stream: ByteStream
    path: str
    resource_version: str | None
    hidden: Collection[EventType]


def open_watch(
    endpoint: Endpoint[Any],
    options: WatchOptions,
    namespace: NamespaceTypes,
    request_timeout: TimeoutTypes,
    *,
    bookmarks: bool,
    block: str,
) -> WatchSource:
    """Return the source of a watch, which is opened when its block is entered. `block` names the call in errors."""
    endpoint.require("watch")
    seconds = options.timeout_seconds
    if seconds < 1:
        raise ConfigurationError(f"must be at least 1 second, not {seconds!r}", field="timeout_seconds")
    if options.send_initial_events is not None:
        options = options.replace(resource_version_match=ResourceVersionMatch.NOT_OLDER_THAN)
    path = endpoint.collection_path(namespace)
    request = endpoint.request("GET", path, request_timeout, query=options.query(), accept=endpoint.accept)
    stream = open_byte_stream(endpoint.client, request, idle=seconds + WATCH_MARGIN, block=block)
    hidden = () if bookmarks else BOOKMARKS if options.send_initial_events else ALL_BOOKMARKS
    return WatchSource(stream, path, options.resource_version, hidden)


class EventIterator(Generic[E]):
    """The events of a watch: `async with` opens it, and `async for` yields the events.

    Leaving the block closes the connection. An event of more than 64 MiB raises DecodeError.
    """

    def __init__(self, source: WatchSource, decode: DecodeEvent[E]) -> None:
        self._stream, self._path, _, self._hidden = source
        self.resource_version = source.resource_version
        """The newest resource version of an event or bookmark. Pass it to the next watch to continue.

        It is None before the first event, unless the watch was started at a resource version.
        """
        self._decode = decode
        description = f"an event of the watch GET {self._path}"
        self._lines = Lines(self._stream, ObjectSplitter(), description=description, remedy="")

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stream.__aexit__(kind, error, traceback)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> E:
        while True:
            line = await self._lines.__anext__()
            try:
                event = self._decode(line, path=self._path)
            except DecodeError as error:
                # Complete lines are examined only after an error, because servers send one event per line.
                self._split_line(line, error)
                continue
            self.resource_version = event.resource_version or self.resource_version
            if event.type not in self._hidden:
                return event

    def _split_line(self, line: bytes, error: DecodeError) -> None:
        """Split a line that contains several events; raise an error if it contains only one, which is malformed."""
        objects, rest = split_objects(line)
        events = [*objects, rest] if rest else objects
        if len(events) != 1:
            self._lines.push(events)
        elif self._lines.unfinished and rest.startswith(b"{"):
            raise ConnectionLost("the watch ended in the middle of an event", "GET", self._path) from None
        else:
            raise error_for_content(error, line, self._stream.headers, method="GET", path=self._path)


class Watch(EventIterator[WatchEvent[T]]):
    """The events of a watch: `async with api.watch() as events`, then `async for event in events`.

    Leaving the block closes the connection. An event of more than 64 MiB raises DecodeError.
    """
