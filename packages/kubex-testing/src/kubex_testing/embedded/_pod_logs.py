"""Container logs: tests set them, and the log subresource of a pod returns them.

See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone

from kubex_testing._objects.json_types import object_at

from . import _errors as errors
from ._cluster import Call
from ._messages import Response
from ._pod_containers import check_node, select_container
from ._pod_log_options import LogOptions, log_options

CHUNK_SIZE = 64 * 1024
LogSource = Callable[[], AsyncIterable[bytes]]
LogKey = tuple[str, str, str, bool]
"""The namespace, pod and container, and whether it is the log of the previous container."""


@dataclass(frozen=True)
class LogLine:
    """One line with its line feed (optional in the last line), and its time."""

    written: datetime
    content: bytes


@dataclass
class ContainerLog:
    """The log of one container. `chunks` produces a log that is too large for memory."""

    lines: list[LogLine] = field(default_factory=list[LogLine])
    chunks: LogSource | None = None
    ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def append(self, content: bytes, written: datetime | None = None) -> None:
        """Add lines, and notify the requests that follow the log."""
        moment = written or datetime.now(timezone.utc)
        self.lines.extend(LogLine(moment, line) for line in _split(content))
        self._notify()

    def end(self) -> None:
        """Mark the log as complete."""
        self.ended = True
        self._notify()

    def _notify(self) -> None:
        # Replace the event, so that each follower waits for the next change with a new one.
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()


def _split(content: bytes) -> list[bytes]:
    """Split the content after each line feed."""
    # bytes.splitlines() would also split at carriage returns.
    *lines, last = content.split(b"\n")
    return [line + b"\n" for line in lines] + ([last] if last else [])


async def read_log(call: Call) -> Response:
    """GET …/log."""
    options = log_options(call.request.query, call.info.name)
    pod = call.stored().object
    container = select_container(pod, options.container)
    key: LogKey = (call.info.namespace, call.info.name, container, options.previous)
    log = call.cluster.logs.get(key)
    if log is None:
        return _missing_log_response(call, pod, container, options)
    chunks = _limit_bytes(_read(log, options), options.limit)
    return Response(200, [("Content-Type", "text/plain")], chunks=chunks)


def follow_log(log: ContainerLog) -> AsyncGenerator[bytes, None]:
    """Return the lines that are added from now on, until the log ends."""
    return _read(log, LogOptions(follow=True, tail=0))


def _missing_log_response(call: Call, pod: dict[str, object], container: str, options: LogOptions) -> Response:
    node = object_at(pod, "spec").get("nodeName")
    # Without containers, a previous container never exists.
    if options.previous:
        raise errors.bad_request(f'previous terminated container "{container}" in pod "{call.info.name}" not found')
    if not node:
        return Response(204)
    check_node(call, pod)
    return Response(200, [("Content-Type", "text/plain")])


async def _read(log: ContainerLog, options: LogOptions) -> AsyncGenerator[bytes, None]:
    if log.chunks is not None:
        async for chunk in log.chunks():
            yield chunk
        return
    position = len(log.lines)
    lines = [line for line in log.lines if options.since is None or line.written >= options.since]
    if options.tail is not None:
        lines = lines[max(len(lines) - options.tail, 0) :]
    while True:
        for chunk in _encode_lines(lines, timestamps=options.timestamps):
            yield chunk
        if not options.follow or (log.ended and position == len(log.lines)):
            return
        if position == len(log.lines):
            await log.changed.wait()
        lines, position = log.lines[position:], len(log.lines)


def _encode_lines(lines: list[LogLine], *, timestamps: bool) -> list[bytes]:
    """Encode lines, and split the result into chunks."""
    if timestamps:
        joined = b"".join(_format_timestamp(line.written) + line.content for line in lines)
    else:
        joined = b"".join(line.content for line in lines)
    return [joined[start : start + CHUNK_SIZE] for start in range(0, len(joined), CHUNK_SIZE)]


def _format_timestamp(moment: datetime) -> bytes:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f000Z ").encode()


async def _limit_bytes(source: AsyncGenerator[bytes, None], limit: int | None) -> AsyncGenerator[bytes, None]:
    remaining = limit
    try:
        async for chunk in source:
            if remaining is None:
                yield chunk
                continue
            yield chunk[:remaining]
            remaining -= len(chunk)
            if remaining <= 0:
                return
    finally:
        await source.aclose()
