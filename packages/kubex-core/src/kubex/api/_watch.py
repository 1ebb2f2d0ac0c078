"""An open watch."""

from __future__ import annotations

from collections.abc import Collection
from types import TracebackType
from typing import Generic, TypeVar

from typing_extensions import Self

from kubex.api._decode import Decoder
from kubex.client import ByteStream
from kubex.client._stream import Lines
from kubex.core._json_objects import ObjectSplitter, split_objects
from kubex.core._wrong_content import error_for_content
from kubex.errors import ConnectionLost, DecodeError
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


class Watch(Generic[T]):
    """The events of a watch: `async with api.watch() as events`, then `async for event in events`.

    Leaving the block closes the connection. An event of more than 64 MiB raises DecodeError.
    """

    def __init__(
        self,
        stream: ByteStream,
        decoder: Decoder[T],
        *,
        path: str,
        resource_version: str | None,
        hidden: Collection[EventType],
    ) -> None:
        self._stream = stream
        self._decoder = decoder
        self._path = path
        self._hidden = hidden
        self._lines = Lines(stream, ObjectSplitter(), description=f"an event of the watch GET {path}", remedy="")
        self.resource_version = resource_version
        """The newest resource version of an event or bookmark. Pass it to the next watch to continue.

        It is None before the first event, unless the watch was started at a resource version.
        """

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stream.__aexit__(kind, error, traceback)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> WatchEvent[T]:
        while True:
            line = await self._lines.__anext__()
            try:
                event = self._decoder.event(line, path=self._path)
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
