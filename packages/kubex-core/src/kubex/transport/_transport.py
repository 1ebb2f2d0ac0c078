"""The seam between kubex and an HTTP library."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from kubex.core._errors import BackendError
from kubex.core._headers import Headers
from kubex.core._response import Response
from kubex.transport._config import PreparedRequest, TransportConfig
from kubex.transport._websocket import WebSocket


class StreamResponse(ABC):
    """An answer whose headers are here and whose body is still coming."""

    status: int
    headers: Headers

    @abstractmethod
    async def receive(self) -> bytes:
        """Return the next bytes of the body as they arrive, decompressed; `b""` at its end.

        Raises TransportError: ConnectionLost when the body breaks off, ReadTimeout at the read limit.
        """

    async def read(self) -> bytes:
        """Return the rest of the body."""
        chunks: list[bytes] = []
        while chunk := await self.receive():
            chunks.append(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class Transport(ABC):
    """One HTTP session: moves bytes and knows nothing of Kubernetes.

    It is made inside a running event loop and belongs to it. It raises nothing but TransportError and its subclasses,
    never sends a request twice, answers whatever the status is, and lets cancellation pass.
    """

    def __init__(self, config: TransportConfig) -> None:
        self.config = config

    @abstractmethod
    def stream(self, request: PreparedRequest) -> AbstractAsyncContextManager[StreamResponse]:
        """Send a request: entering waits for the headers, leaving closes the connection unless all was read."""

    async def request(self, request: PreparedRequest) -> Response:
        """Send a request and read the whole answer."""
        async with self.stream(request) as response:
            return Response(response.status, response.headers, await response.read())

    def websocket(
        self, request: PreparedRequest, *, subprotocols: Sequence[str] = ()
    ) -> AbstractAsyncContextManager[WebSocket]:
        """Open a WebSocket; a refused upgrade is a WebSocketError with the status and body of the answer."""
        raise BackendError(type(self).__name__, f"cannot open a WebSocket for {request.url}, {', '.join(subprotocols)}")

    @abstractmethod
    async def aclose(self) -> None:
        """Close the session and every connection of it; a second call does nothing."""
