"""Open a WebSocket with the credentials, retries and errors of plain requests."""

from contextlib import AbstractAsyncContextManager

from kubex.client._transport_pool import PooledTransport
from kubex.core._headers import Headers
from kubex.errors import WebSocketError
from kubex.transport import PreparedRequest, WebSocket


class OpenedWebSocket:
    """An open WebSocket and the pooled transport that it uses.

    `deadline` is the time of the event loop at which the WebSocket must end, and `idle` is the maximum time
    without data in seconds. Both come from `request_timeout`.
    """

    __slots__ = ("_context", "_pooled", "deadline", "headers", "idle", "socket", "status")

    def __init__(
        self, socket: WebSocket, context: AbstractAsyncContextManager[WebSocket], pooled: PooledTransport
    ) -> None:
        self.socket = socket
        self.status = socket.status
        self.headers = socket.headers
        self._context = context
        self._pooled = pooled
        self.deadline: float | None = None
        self.idle: float | None = None

    async def close(self, error: BaseException | None = None) -> None:
        """Close the WebSocket and release the transport. With an error, do not wait for the peer."""
        try:
            await self._context.__aexit__(None if error is None else type(error), error, None)
        finally:
            await self._pooled.release()


class RefusedUpgrade:
    """The response of a server that did not open a WebSocket."""

    __slots__ = ("error", "headers", "status")

    def __init__(self, error: WebSocketError, status: int) -> None:
        self.error = error
        self.status = status
        self.headers = Headers(error.headers)


class WebSocketOpener:
    """Sends upgrade requests that offer these subprotocols."""

    __slots__ = ("_subprotocols",)

    def __init__(self, subprotocols: tuple[str, ...]) -> None:
        self._subprotocols = subprotocols

    async def open(self, pooled: PooledTransport, prepared: PreparedRequest) -> OpenedWebSocket | RefusedUpgrade:
        """Send one upgrade request. A WebSocket uses the transport until it is closed."""
        try:
            context = pooled.transport.websocket(prepared, subprotocols=self._subprotocols)
            socket = await context.__aenter__()
        except WebSocketError as error:
            await pooled.release()
            if error.status is None or error.status < 300:  # not an error status, so another attempt cannot help
                raise
            return RefusedUpgrade(error, error.status)
        except BaseException:
            await pooled.release()
            raise
        return OpenedWebSocket(socket, context, pooled)


async def discard_websocket(opened: OpenedWebSocket | RefusedUpgrade) -> None:
    """Close a WebSocket before its request is sent again. A refused upgrade is already closed."""
    if isinstance(opened, OpenedWebSocket):
        await opened.close()
