"""The verb watch: initial events, changes and bookmarks."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from kubex_testing._objects.default_workloads import TEMPLATE_GENERATION
from kubex_testing._objects.empty_objects import empty_object

from . import _errors as errors
from ._cluster import Call, Cluster
from ._encode import dumps
from ._faults.conditions import WatchCondition
from ._messages import Response
from ._negotiation import Representation
from ._options import ListOptions, Selection, check_selectors, parse_selection, watch_options, watch_revision
from ._responses import encode_object, negotiate_object
from ._store import Bucket, Event, StoredObject
from ._view import View

WatchEvent = tuple[str, StoredObject]
INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}
BOOKMARK_SECONDS_BEFORE_END = 2.0
CHUNK_BYTES = 256 * 1024
# kube-apiserver encodes the pointer of these kinds even in the empty object of a bookmark.
_ZERO_REPLICAS = frozenset({"deployments.apps", "replicasets.apps", "statefulsets.apps"})


class WatchQueue:
    """The pending events of one watch, and the state that the test hooks change.

    If the client reads too slowly, the watch ends and discards the pending events, as in kube-apiserver. The client
    can start a new watch from the last event that it received.
    """

    # With 1,000 watches, an event costs less if it touches less memory. So the objects of a watch have slots.
    __slots__ = (
        *("_after", "_allows_bookmarks", "_cluster", "_events", "_selection", "_size", "_wake"),
        *("bookmark_due", "bucket", "closed"),
    )

    def __init__(self, cluster: Cluster, bucket: str, selection: Selection, *, after: int, bookmarks: bool) -> None:
        self.bucket = bucket
        self._after = after
        self._cluster = cluster
        self._selection = selection
        self._events: deque[tuple[WatchEvent, int]] = deque()
        self._size = 0
        self._wake = asyncio.Event()
        self._allows_bookmarks = bookmarks
        self.bookmark_due = False
        self.closed = False

    def open(self) -> None:
        self._cluster.store.bucket(self.bucket).listeners.add(self.push)
        self._cluster.open_watches.add(self)

    def close_queue(self) -> None:
        self._cluster.store.bucket(self.bucket).listeners.discard(self.push)
        self._cluster.open_watches.discard(self)

    def push(self, event: Event) -> None:
        watch_event = watch_event_for(event, self._selection) if event.revision > self._after else None
        if watch_event is not None:
            self._events.append((watch_event, watch_event[1].size))
            self._size += watch_event[1].size
            if self._size > self._cluster.settings.watch_buffer_bytes:
                self._events.clear()
                # Stop collecting events at once: the stream may end much later.
                self.close_queue()
                self.close()
            self._wake.set()

    def push_past(self, events: Iterable[Event]) -> None:
        """Add events before the watch was opened. They are in memory anyway, so they do not count for the limit."""
        for event in events:
            watch_event = watch_event_for(event, self._selection)
            if watch_event is not None:
                self._events.append((watch_event, 0))

    def close(self) -> None:
        self.closed = True
        self._wake.set()

    def bookmark(self) -> None:
        if self._allows_bookmarks:
            self.bookmark_due = True
            self._wake.set()

    def wake(self) -> None:
        self._wake.set()

    @property
    def held_revision(self) -> int | None:
        """The revision after which events are not sent yet, or None."""
        return self._cluster.held.get(self.bucket)

    def drain(self) -> list[WatchEvent]:
        """Return the waiting events and remove them from the queue."""
        held, events = self.held_revision, list[WatchEvent]()
        while self._events and (held is None or self._events[0][0][1].revision <= held):
            event, size = self._events.popleft()
            self._size -= size
            events.append(event)
        return events

    async def wait(self, seconds: float | None) -> None:
        """Wait for an event, a bookmark or the end, for at most this number of seconds."""
        # A timer needs less time than asyncio.wait_for(), which creates a task before Python 3.12.
        timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            if timer is not None:
                timer.cancel()
        self._wake.clear()


def watch_event_for(event: Event, selection: Selection) -> WatchEvent | None:
    """Return the watch event of a change for this selection, or None."""
    if not event.key.startswith(selection.prefix):
        return None
    if selection.required_name and event.key.rpartition("/")[2] != selection.required_name:
        return None
    if selection.selects_all:
        return event.type, event.current
    now = event.type != "DELETED" and selection.matches(event.current)
    before = event.previous is not None and selection.matches(event.previous)
    if now:
        return ("MODIFIED" if before else "ADDED"), event.current
    if not before or event.previous is None:
        return None
    return "DELETED", event.current if event.type == "DELETED" else _at_revision(event.previous, event.revision)


def _at_revision(stored: StoredObject, revision: int) -> StoredObject:
    """Return an old state with the revision of the change that removed it from the selection."""
    metadata = {**stored.object["metadata"], "resourceVersion": str(revision)}
    return StoredObject({**stored.object, "metadata": metadata}, revision)


async def watch(call: Call) -> Response:
    """GET with `watch`: return a stream of events. The headers are sent before the first event."""
    negotiate_object(call.request)
    check_selectors(call.request.query)
    options = watch_options(call.request.query)
    selection = parse_selection(call.request.query, call.resource, call.info.namespace, call.info.name)
    options = replace(options, revision=watch_revision(call.request.query))
    for condition in call.faults_of(WatchCondition):
        options = condition.change_options(options, call.cluster.store.bucket(call.resource.bucket))
    # As in kube-apiserver, the other options are checked first.
    representation = negotiate_object(call.request, watch=True)
    encoder = _Encoder(call, representation)
    headers = [("Content-Type", representation.media)]
    if options.send_initial_events and options.revision:
        try:
            await call.wait_for_cache(options.revision)
        except errors.ApiError as error:
            # As in kube-apiserver, the error is an event, although no event was sent yet.
            return Response(200, headers, chunks=_single_chunk(encoder.failure(error)))
    # Without a revision and initial events, the watch starts at the latest revision.
    if options.send_initial_events is False and not options.revision:
        options = replace(options, revision=call.cluster.store.revision)
    queue = WatchQueue(
        call.cluster, call.resource.bucket, selection, after=options.revision or 0, bookmarks=options.bookmarks
    )
    return Response(200, headers, chunks=_stream(call, options, selection, queue, encoder))


async def _single_chunk(chunk: bytes) -> AsyncGenerator[bytes, None]:
    yield chunk


class _Encoder:
    """Encode the events of one watch as lines."""

    __slots__ = ("_call", "_representation", "_table_started")

    def __init__(self, call: Call, representation: Representation) -> None:
        self._call = call
        self._representation = representation
        self._table_started = False

    def encode(self, event: WatchEvent) -> bytes:
        event_type, stored = event
        return b'{"type":"' + event_type.encode() + b'","object":' + self._object(stored) + b"}\n"

    def bookmark(self, revision: int, *, initial_events_end: bool = False) -> bytes:
        resource = self._call.resource
        metadata = {"resourceVersion": str(revision)}
        empty = {} if resource.custom else empty_object(resource.api_version, resource.kind)
        if resource.bucket in _ZERO_REPLICAS:
            empty["spec"]["replicas"] = 0
        document: dict[str, Any] = {"kind": resource.kind, "apiVersion": resource.api_version, **empty}
        annotations = INITIAL_EVENTS_END if initial_events_end else {}
        if resource.bucket == "daemonsets.apps":
            annotations = {TEMPLATE_GENERATION: "0", **annotations}
        document["metadata"] = {**metadata, "annotations": annotations} if annotations else metadata
        return b'{"type":"BOOKMARK","object":' + self._object(StoredObject(document, revision)) + b"}\n"

    def failure(self, error: errors.ApiError) -> bytes:
        return b'{"type":"ERROR","object":' + dumps(error.status()) + b"}\n"

    def _object(self, stored: StoredObject) -> bytes:
        representation, call = self._representation, self._call
        if representation.as_kind != "Table":
            return encode_object(call.resource, stored, representation, call.request)
        from ._tables import parse_include_object, table_bytes

        first, self._table_started = not self._table_started, True
        return table_bytes(
            call.resource,
            [stored],
            {"resourceVersion": stored.object["metadata"]["resourceVersion"]},
            representation.version,
            parse_include_object(call.request.query),
            with_definitions=first,
        )


async def _stream(
    call: Call, options: ListOptions, selection: Selection, queue: WatchQueue, encoder: _Encoder
) -> AsyncGenerator[bytes, None]:
    bucket = call.cluster.store.bucket(call.resource.bucket)
    sends_state = not options.revision if options.send_initial_events is None else options.send_initial_events
    queue.open()
    try:
        start = options.revision
        lines: Iterable[bytes] = ()
        if sends_state:
            # The state is consistent without a revision. With one, it comes from the cache.
            start = call.cluster.store.revision if start is None else call.cached_revision
            lines = _initial_lines(bucket, options, selection, encoder, start)
        elif start and start < bucket.compacted_revision:
            message = f"too old resource version: {start} ({bucket.compacted_revision + 1})"
            yield encoder.failure(errors.expired(message))
            return
        if start:
            queue.push_past(bucket.events_since(start))
        for chunk in _join_chunks(lines):
            yield chunk
        async for chunk in _live_events(options, queue, encoder, call.cluster):
            yield chunk
    except errors.ApiError:
        # As in kube-apiserver, the watch ends at the first event that does not have the negotiated format.
        return
    finally:
        queue.close_queue()


def _initial_lines(
    bucket: Bucket, options: ListOptions, selection: Selection, encoder: _Encoder, revision: int
) -> Iterable[bytes]:
    """Return the lines of the objects at a revision, and of the bookmark after them."""
    state = [item for _, item in View(bucket, revision).items(selection)]
    has_end = options.bookmarks and options.marks_initial_events
    lines = (encoder.encode(("ADDED", item)) for item in state)
    # Encode the bookmark last, because the first line of a watch of tables defines the columns.
    return chain(lines, (encoder.bookmark(revision, initial_events_end=True) for _ in range(has_end)))


def _join_chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join lines into chunks."""
    # Encode the lines lazily: if the client does not read, only one chunk is in memory.
    parts: list[bytes] = []
    size = 0
    for line in lines:
        parts.append(line)
        size += len(line)
        if size >= CHUNK_BYTES:
            yield b"".join(parts)
            parts, size = [], 0
    yield b"".join(parts)


async def _live_events(
    options: ListOptions, queue: WatchQueue, encoder: _Encoder, cluster: Cluster
) -> AsyncGenerator[bytes, None]:
    clock, interval = asyncio.get_running_loop().time, cluster.settings.bookmark_interval
    end = None if options.timeout is None else clock() + options.timeout
    next_bookmark = _next_bookmark(clock(), interval, end) if options.bookmarks else None
    while True:
        # A bookmark states that all earlier events were sent, so it must not overtake later events or held ones.
        events, bookmark = queue.drain(), b""
        if queue.bookmark_due or (next_bookmark is not None and clock() >= next_bookmark):
            queue.bookmark_due = False
            if queue.held_revision is None and cluster.store.revision >= (options.revision or 0):
                bookmark = encoder.bookmark(cluster.store.revision)
            next_bookmark = _next_bookmark(clock(), interval, end)
        if events or bookmark:
            for chunk in _join_chunks(chain(map(encoder.encode, events), [bookmark])):
                yield chunk
            continue
        if queue.closed or (end is not None and clock() >= end):
            return
        # Only an empty queue may wait.
        deadlines = [moment for moment in (end, next_bookmark) if moment is not None]
        await queue.wait(max(min(deadlines) - clock(), 0) if deadlines else None)


def _next_bookmark(moment: float, interval: float, end: float | None) -> float:
    """Return the time of the next bookmark: after the interval, or shortly before the end of the watch."""
    next_regular = moment + interval
    before_end = None if end is None else end - BOOKMARK_SECONDS_BEFORE_END
    return next_regular if before_end is None or before_end <= moment else min(next_regular, before_end)
