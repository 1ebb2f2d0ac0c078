"""An open watch."""

from __future__ import annotations

from types import TracebackType
from typing import Generic, TypeVar

from typing_extensions import Self

from kubex.api._decode import Decoder
from kubex.client import ByteStream
from kubex.core.exceptions import ConnectionLost
from kubex.models import Resource, WatchEvent

T = TypeVar("T", bound=Resource)

WATCH_SECONDS = 290
"""After so many seconds the server ends a watch, unless the call says otherwise; below what load balancers allow."""

WATCH_MARGIN = 30.0
"""So many seconds after that the silence means that the peer is gone."""


class Watch(Generic[T]):
    """The events of a watch: `async with api.watch() as events`, then `async for event in events`.

    Leaving the block closes the connection. `resource_version` is that of the last event, to go on from.
    """

    def __init__(self, stream: ByteStream, decoder: Decoder[T], *, path: str, resource_version: str | None) -> None:
        self._stream = stream
        self._decoder = decoder
        self._path = path
        self._lines = stream.lines()
        self.resource_version = resource_version
        """The revision after which the next event comes; None before the first event of a watch without one."""

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
        line = await self._lines.__anext__()
        if self._lines.unfinished:
            raise ConnectionLost("the watch ended in the middle of an event", "GET", self._path)
        event = self._decoder.event(line, path=self._path)
        self.resource_version = event.resource_version or self.resource_version
        return event
