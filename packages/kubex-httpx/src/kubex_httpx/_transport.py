"""A transport on httpx."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

from typing_extensions import override

from kubex.core.exceptions import BackendError
from kubex.transport import PreparedRequest, Transport, TransportConfig, WebSocket
from kubex_httpx._backend import websocket_hint
from kubex_httpx._pools import Pools
from kubex_httpx._stream import HttpxStream


class HttpxTransport(Transport):
    """The connection pools of httpx."""

    def __init__(self, config: TransportConfig) -> None:
        super().__init__(config)
        self._pools = Pools(config)

    @override
    def stream(self, request: PreparedRequest) -> HttpxStream:
        """Send a request; entering waits for the headers, leaving closes the connection unless the body was read."""
        return HttpxStream(self._pools, request)

    @override
    def websocket(
        self, request: PreparedRequest, *, subprotocols: Sequence[str] = ()
    ) -> AbstractAsyncContextManager[WebSocket]:
        """Open a WebSocket. Raises BackendError where the extra for it is not installed."""
        hint = websocket_hint()
        if hint is not None:
            raise BackendError("httpx", f"WebSockets need one more package: {hint}")
        from kubex_httpx._websocket import HttpxWebSocket

        return HttpxWebSocket(self._pools, request, subprotocols)

    @override
    async def aclose(self) -> None:
        """Close every connection."""
        await self._pools.aclose()
