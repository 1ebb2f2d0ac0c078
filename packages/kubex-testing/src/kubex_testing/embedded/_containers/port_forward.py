"""Port-forward: connect pairs of channels to handlers, or to ports of the loopback interface."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
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


class PortForward(Session[None]):
    """One session with several ports. Port i has the channels 2i for data and 2i + 1 for its error."""

    def __init__(
        self,
        runtime: ContainerRuntime,
        subprotocol: Subprotocol,
        namespace: str,
        pod: str,
        pod_uid: str,
        ports: Sequence[int],
    ) -> None:
        super().__init__(runtime, pod_uid, None)
        self._subprotocol = subprotocol
        self._namespace = namespace
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
        port = self._ports[index]
        problem = ""
        try:
            await self._serve_port(socket, index)
        except ConnectionRefusedError:
            problem = f"dial tcp {LOOPBACK}:{port}: connect: connection refused"
        except Exception as error:  # an error of the handler is an error of the node
            if not socket.lost:
                logger.error(
                    "the handler of port %s of pod %s/%s failed", port, self._namespace, self._pod, exc_info=error
                )
                self._runtime.failures.append(error)
                problem = repr(error)
        finally:
            self._pipes[index].close_reader()
        if problem:
            message = f"error forwarding port {port} to pod {self._pod}, uid : {problem}"
            with contextlib.suppress(ConnectionError):
                await self._send(socket, 2 * index + 1, message.encode())

    async def _serve_port(self, socket: "ServerWebSocket", index: int) -> None:
        port = self._ports[index]
        target = self._runtime.port_targets.find(self._namespace, self._pod, port)
        if target is None:
            raise ConnectionRefusedError
        stream = PortStream(
            self._namespace,
            self._pod,
            port,
            ProcessInput(self._pipes[index]),
            ProcessOutput(lambda data: self._send(socket, 2 * index, data)),
        )
        await (_connect(target, stream) if isinstance(target, int) else target(stream))

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
