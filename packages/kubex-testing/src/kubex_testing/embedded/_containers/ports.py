"""A connection to a port of a pod, as its handler sees it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from .pipes import PIPE_BYTES, ProcessInput, ProcessOutput


@dataclass(frozen=True)
class PortStream:
    """A connection of a client to a port of a pod.

    Attributes:
        namespace: the namespace of the pod.
        pod: the name of the pod.
        port: the number of the port.
    """

    namespace: str
    pod: str
    port: int
    _received: ProcessInput
    _sent: ProcessOutput

    async def read(self, limit: int = PIPE_BYTES) -> bytes:
        """Return at most `limit` bytes as soon as some are available, or nothing after the client disconnected."""
        return await self._received.read(limit)

    async def readline(self) -> bytes:
        """Return one line with its line feed, or nothing after the client disconnected."""
        return await self._received.readline()

    async def write(self, data: bytes) -> None:
        """Send data to the client. This method waits while the client does not read.

        Raises:
            ConnectionError: the client has disconnected.
        """
        await self._sent.write(data)

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        while data := await self.read():
            yield data


PortHandler = Callable[[PortStream], Awaitable[None]]
"""A function that serves one connection to a port. The connection is closed when it returns."""
