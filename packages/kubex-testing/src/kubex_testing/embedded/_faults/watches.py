"""Faults of the stream of a watch: it ends, reports an error, becomes silent or contains wrong lines."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal

from kubex_testing.embedded import _errors as errors
from kubex_testing.embedded._encode import dumps
from kubex_testing.embedded._http import DropConnectionError
from kubex_testing.embedded._messages import RecordedRequest, Response
from kubex_testing.embedded._options import first_value

from .base import FaultAction
from .responses import Gate

Lines = AsyncGenerator[bytes, None]
_EXPIRED = "The resourceVersion for the provided watch is too old."
_NO_LEADER = "Internal error occurred: etcdserver: no leader"
_CORRUPT = "data from the storage is not transformable revision=0: corrupt object has been deleted"


class StreamFault(FaultAction):
    """The base of faults that change the lines of a watch. Each line is one event or bookmark."""

    verbs = ("watch",)

    async def change_response(self, request: RecordedRequest, response: Response) -> Response:
        if response.chunks is not None:
            response.chunks = self.change_lines(request, _split_lines(response.chunks))
        return response

    def change_lines(self, request: RecordedRequest, lines: Lines) -> Lines:
        """Return the lines that are sent instead of `lines`, which must be closed."""
        raise NotImplementedError


@dataclass(frozen=True)
class EndWatch(StreamFault):
    """End a watch after `after` events. Bookmarks count as events.

    `how` is `clean` (the response is complete, as after the timeout of the watch), `reset` (the connection is closed,
    as when the server or a load balancer stops) or `mid-line` (the same, in the middle of the next event).

    Example:
        server.inject("watch configmaps", EndWatch(after=1, how="reset"))
        with pytest.raises(ConnectionLost):
            async with config_maps.watch() as events:
                async for event in events:
                    print(event.type, event.object.metadata.name)
    """

    after: int = 0
    how: Literal["clean", "reset", "mid-line"] = "clean"

    def __post_init__(self) -> None:
        _check_after(self.after)

    async def change_lines(self, request: RecordedRequest, lines: Lines) -> Lines:
        async with aclosing(lines):
            async for line in _first(lines, self.after):
                yield line
            if self.how == "mid-line":
                async for line in _first(lines, 1):
                    yield line[: len(line) // 2]
        if self.how != "clean":
            raise DropConnectionError


@dataclass(frozen=True)
class ErrorEvent(StreamFault):
    """Send an `ERROR` event after `after` events, and end the watch. The status of the response is still 200.

    * 410: the history of the server does not reach back to the resource version of the watch.
    * 429: the server is not ready to handle the watch, and suggests a time to wait.
    * 500: the server has lost the connection to its storage.
    * 504: the server has not reached the resource version of the watch.
    * `"StoreReadError"`: an unreadable object was removed by force. Later watches from the same version end too.

    Example:
        server.inject("watch configmaps", ErrorEvent(410))
        with pytest.raises(Expired):
            async with config_maps.watch(resource_version="1") as events:
                await anext(events)
    """

    error: Literal[410, 429, 500, 504, "StoreReadError"] = 410
    after: int = 0

    def __post_init__(self) -> None:
        _check_after(self.after)
        if self.error not in (410, 429, 500, 504, "StoreReadError"):
            raise ValueError(f"ErrorEvent({self.error!r}) is not available; use 410, 429, 500, 504 or 'StoreReadError'")

    async def change_lines(self, request: RecordedRequest, lines: Lines) -> Lines:
        async with aclosing(lines):
            async for line in _first(lines, self.after):
                yield line
        yield b'{"type":"ERROR","object":' + dumps(self._status(request).status()) + b"}\n"

    def _status(self, request: RecordedRequest) -> errors.ApiError:
        if self.error == 410:
            return errors.expired(_EXPIRED)
        if self.error == 429:
            return errors.storage_initializing(1)
        if self.error == 504:
            requested = int(first_value(request.query, "resourceVersion") or "0")
            return errors.too_large_revision(requested, max(requested - 1, 0))
        if self.error == 500:
            return errors.ApiError(500, "InternalError", _NO_LEADER)
        return errors.ApiError(500, "StorageReadError", _CORRUPT)


class Silence(Gate, StreamFault):
    """Send nothing after `after` events, as if the network lost all packets. The connection stays open.

    The server sends no events and no bookmarks, and ignores the timeout of the watch. When the fault is removed, or
    after `release()`, the server closes the connection. `arrived` is set when the first watch is silent.

    Example:
        with server.inject("watch configmaps", Silence()):
            async with config_maps.watch() as events:
                with anyio.move_on_after(0.1):
                    await anext(events)  # the client must notice this itself
    """

    def __init__(self, after: int = 0) -> None:
        super().__init__()
        _check_after(after)
        self.after = after

    async def change_lines(self, request: RecordedRequest, lines: Lines) -> Lines:
        async with aclosing(lines):
            async for line in _first(lines, self.after):
                yield line
            await self.wait()
        raise DropConnectionError


@dataclass(frozen=True)
class Garble(StreamFault):
    """Replace the event after `after` events with one that a client cannot use. The watch continues after it.

    `what` is `line` (the line is not JSON), `type` (the event has an unknown type) or `metadata` (the metadata of the
    object is a string).

    Example:
        server.inject("watch configmaps", Garble("metadata"))
        async with config_maps.watch() as events:
            with pytest.raises(DecodeError):
                await anext(events)
    """

    what: Literal["line", "type", "metadata"] = "line"
    after: int = 0

    def __post_init__(self) -> None:
        _check_after(self.after)

    async def change_lines(self, request: RecordedRequest, lines: Lines) -> Lines:
        async with aclosing(lines):
            async for line in _first(lines, self.after):
                yield line
            async for line in _first(lines, 1):
                yield self._garbled(line)
            async for line in lines:
                yield line

    def _garbled(self, line: bytes) -> bytes:
        if self.what == "line":
            return line[: len(line) // 2] + b"\n"
        event: dict[str, Any] = json.loads(line)
        if self.what == "type":
            event["type"] = "GARBLED"
        else:
            event["object"]["metadata"] = "garbled"
        return dumps(event) + b"\n"


async def _split_lines(chunks: Lines) -> Lines:
    async with aclosing(chunks):
        async for chunk in chunks:
            for line in chunk.splitlines(keepends=True):
                yield line


async def _first(lines: Lines, count: int) -> Lines:
    """Yield at most `count` lines. The next lines remain in the iterator."""
    while count > 0:
        line = await anext(lines, None)
        if line is None:
            return
        yield line
        count -= 1


def _check_after(after: int) -> None:
    if after < 0:
        raise ValueError(f"after={after!r} is negative; use the number of events that are sent before the fault")
