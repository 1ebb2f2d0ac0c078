"""watch: synthetic events for the state, then the changes, bookmarks in between."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from . import _errors as errors
from ._cluster import Call, Cluster
from ._encode import dumps
from ._messages import Response
from ._negotiate import Wanted
from ._options import ListOptions, Selection, selection, watch_options
from ._shapes import negotiate, shaped
from ._store import Event, Stored
from ._tables import include_mode, table_bytes

Line = tuple[str, Stored]
END_OF_INITIAL = {"k8s.io/initial-events-end": "true"}
BOOKMARK_BEFORE_END = 2.0
CHUNK_BYTES = 256 * 1024


class WatchQueue:
    """The changes one watch has still to send, and what the test hooks told it.

    When the client reads too slowly for the buffer, the watch ends without the events that wait, as on the reference
    server: the client watches again from the last event that it read.
    """

    def __init__(self, cluster: Cluster, bucket: str, chosen: Selection, *, after: int, bookmarks: bool) -> None:
        self.bucket = bucket
        self._after = after
        self._cluster = cluster
        self._chosen = chosen
        self._lines: deque[Line] = deque()
        self._size = 0
        self._wake = asyncio.Event()
        self._takes_bookmarks = bookmarks
        self.bookmark_due = False
        self.closed = False

    def open(self) -> None:
        self._cluster.store.bucket(self.bucket).listeners.add(self.push)
        self._cluster.watchers.add(self)

    def detach(self) -> None:
        self._cluster.store.bucket(self.bucket).listeners.discard(self.push)
        self._cluster.watchers.discard(self)

    def push(self, event: Event) -> None:
        line = translate(event, self._chosen) if event.revision > self._after else None
        if line is not None:
            self._lines.append(line)
            self._size += line[1].size
            if self._size > self._cluster.settings.watch_buffer_bytes:
                self._lines.clear()
                self.detach()
                self.close()
            self._wake.set()

    def close(self) -> None:
        self.closed = True
        self._wake.set()

    def bookmark(self) -> None:
        if self._takes_bookmarks:
            self.bookmark_due = True
            self._wake.set()

    def drain(self) -> list[Line]:
        """Take all lines that wait."""
        lines = list(self._lines)
        self._lines.clear()
        self._size = 0
        return lines

    async def wait(self, seconds: float | None) -> None:
        """Sleep until something happens or the time is up."""
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except asyncio.TimeoutError:
            return
        self._wake.clear()


def translate(event: Event, chosen: Selection) -> Line | None:
    """Turn a change into what a watch with this selection sees; None for nothing."""
    if not event.key.startswith(chosen.prefix) or (chosen.key and event.key != chosen.key):
        return None
    if chosen.everything:
        return event.type, event.current
    now = event.type != "DELETED" and chosen.matches(event.current)
    before = event.previous is not None and chosen.matches(event.previous)
    if now:
        return ("MODIFIED" if before else "ADDED"), event.current
    if not before or event.previous is None:
        return None
    return "DELETED", event.current if event.type == "DELETED" else _under(event.previous, event.revision)


def _under(stored: Stored, revision: int) -> Stored:
    """Show an old state under the revision of the change that made it leave the selection."""
    metadata = {**stored.object["metadata"], "resourceVersion": str(revision)}
    return Stored({**stored.object, "metadata": metadata}, revision, size=stored.size)


async def watch(call: Call) -> Response:
    """Answer with a stream of events, headers at once."""
    representation = negotiate(call.request, stream=True)
    options = watch_options(call.request.query)
    chosen = selection(call.request.query, call.resource, call.info.namespace, call.info.name)
    if options.send_initial and options.revision:
        await call.cluster.reach(options.revision)
    if options.send_initial is False and not options.revision:
        options = replace(options, revision=call.cluster.store.revision)
    queue = WatchQueue(
        call.cluster, call.resource.bucket, chosen, after=options.revision or 0, bookmarks=options.bookmarks
    )
    encoder = _Encoder(call, representation)
    chunks = _stream(call, options, chosen, queue, encoder)
    return Response(200, [("Content-Type", representation.media)], chunks=chunks)


class _Encoder:
    """Makes the lines of one stream."""

    def __init__(self, call: Call, representation: Wanted) -> None:
        self._call = call
        self._representation = representation
        self._table_started = False

    def line(self, line: Line) -> bytes:
        event_type, stored = line
        return b'{"type":"' + event_type.encode() + b'","object":' + self._object(stored) + b"}\n"

    def bookmark(self, *, end_of_initial: bool = False) -> bytes:
        resource = self._call.resource
        metadata = {"resourceVersion": str(self._call.cluster.store.revision)}
        document: dict[str, Any] = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
        if self._representation.shape == "PartialObjectMetadata":
            document.update(kind="PartialObjectMetadata", apiVersion=f"meta.k8s.io/{self._representation.version}")
        if end_of_initial:
            document["metadata"] = {**metadata, "annotations": END_OF_INITIAL}
        return b'{"type":"BOOKMARK","object":' + dumps(document) + b"}\n"

    def failure(self, error: errors.ApiError) -> bytes:
        return b'{"type":"ERROR","object":' + dumps(error.status()) + b"}\n"

    def _object(self, stored: Stored) -> bytes:
        representation, call = self._representation, self._call
        if representation.shape != "Table":
            return shaped(call.resource, stored, representation, call.request)
        first, self._table_started = not self._table_started, True
        return table_bytes(
            call.resource,
            [stored],
            {"resourceVersion": stored.object["metadata"]["resourceVersion"]},
            representation.version,
            include_mode(call.request.query),
            definitions=first,
        )


async def _stream(
    call: Call, options: ListOptions, chosen: Selection, queue: WatchQueue, encoder: _Encoder
) -> AsyncGenerator[bytes, None]:
    bucket = call.cluster.store.bucket(call.resource.bucket)
    from_state = options.send_initial if options.send_initial is not None else not options.revision
    queue.open()
    try:
        if from_state:
            state = [bucket.objects[key] for key in bucket.candidates(chosen.prefix, chosen.key)]
            end = encoder.bookmark(end_of_initial=True) if options.bookmarks else b""
            lines = (encoder.line(("ADDED", item)) for item in state if chosen.matches(item))
            for chunk in _joined(chain(lines, [end])):
                yield chunk
        elif options.revision:
            if options.revision < bucket.floor:
                message = f"too old resource version: {options.revision} ({bucket.floor + 1})"
                yield encoder.failure(errors.expired(message))
                return
            missed = (translate(event, chosen) for event in bucket.since(options.revision))
            for chunk in _joined(encoder.line(line) for line in missed if line is not None):
                yield chunk
        async for chunk in _live(options, queue, encoder, call.cluster.settings.bookmark_interval):
            yield chunk
    finally:
        queue.detach()


def _joined(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join lines to chunks: a client that does not read leaves one of them in memory, not all."""
    parts: list[bytes] = []
    size = 0
    for line in lines:
        parts.append(line)
        size += len(line)
        if size >= CHUNK_BYTES:
            yield b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)


async def _live(
    options: ListOptions, queue: WatchQueue, encoder: _Encoder, interval: float
) -> AsyncGenerator[bytes, None]:
    clock: Callable[[], float] = time.monotonic
    end = None if options.timeout is None else clock() + options.timeout
    next_bookmark = _next_bookmark(clock(), interval, end) if options.bookmarks else None
    while True:
        lines = queue.drain()
        chunk = b"".join(encoder.line(line) for line in lines)
        due = next_bookmark is not None and clock() >= next_bookmark
        if queue.bookmark_due or due:
            queue.bookmark_due = False
            chunk += encoder.bookmark()
            next_bookmark = _next_bookmark(clock(), interval, end)
        if chunk:
            yield chunk
            continue
        if queue.closed or (end is not None and clock() >= end):
            return
        deadlines = [moment for moment in (end, next_bookmark) if moment is not None]
        await queue.wait(max(min(deadlines) - clock(), 0) if deadlines else None)


def _next_bookmark(moment: float, interval: float, end: float | None) -> float:
    """Schedule a bookmark: every interval, and shortly before the end of the watch."""
    regular = moment + interval
    last = None if end is None else end - BOOKMARK_BEFORE_END
    return regular if last is None or last <= moment else min(regular, last)
