"""Port-forward over SPDY: the client opens two streams for each connection to a port."""

import asyncio
import contextlib
from dataclasses import dataclass, field

from .pipes import Pipe
from .port_forward import GRACE_SECONDS, ForwardedPod, PortConnection
from .runtime import ContainerRuntime
from .sessions import Session, cancel
from .spdy_connection import SpdyConnection
from .spdy_frames import StreamData, StreamEvent, StreamOpened

MAX_PORT = 65535
MAX_CONNECTIONS = 1000
"""The number of connections that one client may open at the same time."""


@dataclass
class _Pair:
    """The streams of one connection to a port, and the data of the client."""

    port: int
    streams: dict[str, int] = field(default_factory=dict[str, int])
    pipe: Pipe = field(default_factory=Pipe)
    task: "asyncio.Task[None] | None" = None


class SpdyPortForward(Session[None]):
    """One session. The streams of a connection have the same `requestID`; one has data, and one has an error."""

    def __init__(self, runtime: ContainerRuntime, pod: ForwardedPod) -> None:
        super().__init__(runtime, pod.uid, None)
        self._pod = pod
        self._pairs: dict[str, _Pair] = {}
        self._by_stream: dict[int, tuple[str, str]] = {}

    async def serve(self, connection: SpdyConnection) -> None:
        """Forward connections until the client disconnects."""

        async def finish(_: None) -> None:
            await self._stop()

        try:
            await self.run(connection, self._work(), self._receive(connection), finish)
        finally:
            await self._stop()

    async def disconnected(self, worker: "asyncio.Task[None]") -> None:
        """Let the handlers read the end of the data, then cancel those that continue."""
        for pair in self._pairs.values():
            pair.pipe.close_writer()
        tasks = self._tasks()
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE_SECONDS)
        await cancel(worker)

    async def _work(self) -> None:
        """Wait: only the client or the end of the pod ends the session."""
        await asyncio.Event().wait()

    async def _stop(self) -> None:
        tasks = self._tasks()
        if tasks:
            await cancel(*tasks)

    def _tasks(self) -> "list[asyncio.Task[None]]":
        return [pair.task for pair in self._pairs.values() if pair.task is not None]

    async def _receive(self, connection: SpdyConnection) -> None:
        async with contextlib.aclosing(connection.events()) as events:
            async for event in events:
                if isinstance(event, StreamOpened):
                    await self._open(connection, event)
                else:
                    await self._handle(event)

    async def _open(self, connection: SpdyConnection, event: StreamOpened) -> None:
        """Accept a stream, and connect to the port if both streams of the connection exist."""
        headers = event.headers
        kind, port, request = headers.get("streamtype", ""), headers.get("port", ""), headers.get("requestid", "")
        pair = self._pairs.get(request)
        full = pair is None and len(self._pairs) >= MAX_CONNECTIONS
        repeated = event.stream in self._by_stream or (pair is not None and kind in pair.streams)
        if kind not in ("data", "error") or not _is_port(port) or full or repeated:
            await connection.reset(event.stream)
            return
        pair = self._pairs.setdefault(request, _Pair(int(port)))
        pair.streams[kind] = event.stream
        self._by_stream[event.stream] = request, kind
        await connection.accept(event.stream)
        if len(pair.streams) == 2:
            pair.task = asyncio.ensure_future(self._forward(connection, request, pair))

    async def _handle(self, event: StreamEvent) -> None:
        request, kind = self._by_stream.get(event.stream, ("", ""))
        pair = self._pairs.get(request)
        if pair is None or kind != "data":
            return
        if not isinstance(event, StreamData):
            if pair.task is not None:
                pair.task.cancel()
            return
        await pair.pipe.write(event.data)
        if event.finished:
            pair.pipe.close_writer()

    async def _forward(self, connection: SpdyConnection, request: str, pair: _Pair) -> None:
        data, error = pair.streams["data"], pair.streams["error"]

        async def send(content: bytes) -> None:
            await connection.send(data, content)

        try:
            port = PortConnection(self._runtime, self._pod, pair.port, pair.pipe, send, lambda: connection.lost)
            problem = await port.forward()
            with contextlib.suppress(ConnectionError):
                if problem:
                    await connection.send(error, problem.encode())
                await connection.finish(data)
                await connection.finish(error)
        finally:
            del self._pairs[request], self._by_stream[data], self._by_stream[error]


def _is_port(text: str) -> bool:
    # Python does not convert a text with more than 4,300 digits.
    return text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_PORT)) and 0 < int(text) <= MAX_PORT
