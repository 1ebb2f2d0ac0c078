"""Port-forward: connect pairs of channels to handlers, or to ports of the loopback interface."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .channels import ChannelData, ChannelError, FrameDecoder, Subprotocol
from .pipes import CHUNK_BYTES, Pipe, ProcessInput, ProcessOutput
from .ports import PortStream
from .runtime import ContainerRuntime
from .sessions import Session, cancel

if TYPE_CHECKING:
    from .websocket import ServerWebSocket

logger = logging.getLogger("kubex_testing.embedded")
LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 1.0
"""How long a handler may continue after it has read the end of the data."""


@dataclass(frozen=True)
class ForwardedPod:
    """The pod of a session."""

    namespace: str
    name: str
    uid: str


@dataclass(frozen=True)
class PortConnection:
    """One connection to a port of a pod.

    Attributes:
        received: the data of the client.
        send: sends data to the client.
        is_lost: returns whether the client has disconnected.
    """

    runtime: ContainerRuntime
    pod: ForwardedPod
    port: int
    received: Pipe
    send: Callable[[bytes], Awaitable[None]]
    is_lost: Callable[[], bool]

    async def forward(self) -> str:
        """Run the handler of the port until it ends, and return the message for the client if it failed."""
        pod, problem = self.pod, ""
        try:
            await self._serve()
        except ConnectionRefusedError:
            problem = f"dial tcp {LOOPBACK}:{self.port}: connect: connection refused"
        except Exception as error:  # an error of the handler is an error of the node
            if not self.is_lost():
                logger.error(
                    "the handler of port %s of pod %s/%s failed", self.port, pod.namespace, pod.name, exc_info=error
                )
                self.runtime.failures.append(error)
                problem = repr(error)
        finally:
            self.received.close_reader()
        return f"error forwarding port {self.port} to pod {pod.name}, uid : {problem}" if problem else ""

    async def _serve(self) -> None:
        pod = self.pod
        target = self.runtime.port_targets.find(pod.namespace, pod.name, self.port)
        if target is None:
            raise ConnectionRefusedError
        stream = PortStream(pod.namespace, pod.name, self.port, ProcessInput(self.received), ProcessOutput(self.send))
        await (_connect(target, stream) if isinstance(target, int) else target(stream))


class PortForward(Session[None]):
    """One session with several ports. Port i has the channels 2i for data and 2i + 1 for its error."""

    def __init__(
        self, runtime: ContainerRuntime, subprotocol: Subprotocol, pod: ForwardedPod, ports: Sequence[int]
    ) -> None:
        super().__init__(runtime, pod.uid, None)
        self._subprotocol = subprotocol
        self._pod = pod
        self._ports = ports
        self._pipes = [Pipe() for _ in ports]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes) -> None:
        """Forward the ports until all connections are closed."""
        from .websocket import ServerWebSocket  # imports wsproto, which most tests do not need

        socket = ServerWebSocket(reader, writer, received)

        async def finish(_: None) -> None:
            for pipe in self._pipes:
                pipe.close_reader()

        await self.run(socket, self._work(socket), self._receive(socket), finish)

    async def disconnected(self, worker: "asyncio.Task[None]") -> None:
        """Let the handlers read the end of the data, then cancel those that continue."""
        for pipe in self._pipes:
            pipe.close_writer()
        await asyncio.wait({worker}, timeout=GRACE_SECONDS)
        await cancel(worker)

    async def _work(self, socket: "ServerWebSocket") -> None:
        with contextlib.suppress(ConnectionError):
            for index, port in enumerate(self._ports):
                # The first message of each channel is the port.
                for channel in (2 * index, 2 * index + 1):
                    await self._send(socket, channel, port.to_bytes(2, "little"))
            await asyncio.gather(*(self._forward(socket, index) for index in range(len(self._ports))))

    async def _forward(self, socket: "ServerWebSocket", index: int) -> None:
        connection = PortConnection(
            self._runtime,
            self._pod,
            self._ports[index],
            self._pipes[index],
            lambda data: self._send(socket, 2 * index, data),
            lambda: socket.lost,
        )
        problem = await connection.forward()
        if problem:
            with contextlib.suppress(ConnectionError):
                await self._send(socket, 2 * index + 1, problem.encode())

    async def _send(self, socket: "ServerWebSocket", channel: int, data: bytes) -> None:
        await socket.send(self._subprotocol.encode(channel, data))

    async def _receive(self, socket: "ServerWebSocket") -> None:
        decoder = FrameDecoder(self._subprotocol, 2 * len(self._ports))
        try:
            async with contextlib.aclosing(socket.frames()) as frames:
                async for part in frames:
                    message = decoder.decode(part.data, finished=part.finished)
                    if isinstance(message, ChannelData) and message.channel % 2 == 0:
                        await self._pipes[message.channel // 2].write(message.data)
        except ChannelError as error:
            logger.debug("closing a WebSocket: %s", error)


async def _connect(port: int, stream: PortStream) -> None:
    """Copy data in both directions, until the server at the port closes the connection."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    sender = asyncio.ensure_future(_copy_to(writer, stream))
    try:
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while data := await reader.read(CHUNK_BYTES):
                await stream.write(data)
    finally:
        await cancel(sender)
        writer.transport.abort()


async def _copy_to(writer: asyncio.StreamWriter, stream: PortStream) -> None:
    with contextlib.suppress(OSError):
        while data := await stream.read():
            writer.write(data)
            await writer.drain()
        writer.write_eof()
