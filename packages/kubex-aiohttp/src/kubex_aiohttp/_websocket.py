"""A WebSocket on aiohttp."""

import contextlib
import struct
from collections.abc import Sequence
from types import TracebackType

import aiohttp
import anyio
from aiohttp import WSMsgType
from multidict import CIMultiDict
from typing_extensions import Self, override
from yarl import URL

from kubex.core.exceptions import TransportError, WebSocketError
from kubex.transport import PreparedRequest, WebSocket, WebSocketMessage
from kubex_aiohttp._errors import WEBSOCKET_ERRORS, map_errors
from kubex_aiohttp._session import Sessions, drop

# In seconds, for the peer's close frame after ours.
_CLOSING = 1.0


class AioHttpWebSocket(WebSocket):
    """A WebSocket, open as long as its block."""

    def __init__(self, sessions: Sessions, request: PreparedRequest, subprotocols: Sequence[str]) -> None:
        self._sessions = sessions
        self._request = request
        self._subprotocols = tuple(subprotocols)
        self._mapped = map_errors(WEBSOCKET_ERRORS, request)
        self._close_sent = False
        self._end: WebSocketMessage | None = None

    async def __aenter__(self) -> Self:
        route = self._sessions.route(self._request)
        cap = self._sessions.config.ws_max_message_size
        with route.watched(self._request), self._mapped:
            async with self._sessions.new(route, self._request.limits, middlewares=(self._keep_answer,)) as session:
                self._socket = await session.ws_connect(
                    URL(self._request.url, encoded=True),
                    protocols=self._subprotocols,
                    headers=CIMultiDict(self._request.headers + route.forwarded),
                    autoclose=False,
                    proxy=route.proxy,
                    proxy_headers=route.to_proxy,
                    max_msg_size=0 if cap is None else cap + 1,  # aiohttp refuses what is as long as its limit
                )
        self.subprotocol = self._socket.protocol
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # What goes wrong from here on must not hide what happened in the block: the connection ends either way.
        with anyio.move_on_after(_CLOSING, shield=True), contextlib.suppress(TransportError):
            await self.close()
            while error is None and self._end is None:
                await self.receive()
        drop(self._response)

    async def _keep_answer(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Hold on to the answer, and to the body of a refusal, which aiohttp would throw away."""
        self._response = response = await handler(request)
        if response.status == 101:
            return response
        try:
            body = await response.content.read()
        finally:
            drop(response)
        raise WebSocketError(
            f"the server answered {response.status} instead of opening a WebSocket",
            self._request.method,
            self._request.url.partition("?")[0],
            status=response.status,
            headers=tuple(response.headers.items()),
            body=body,
        )

    @override
    async def receive(self) -> WebSocketMessage:
        """Return the next message; after the close frame the same one again."""
        if self._end is not None:
            return self._end
        with self._mapped:
            message = await self._socket.receive()
            if message.type is WSMsgType.ERROR:
                raise message.data
        if message.type is WSMsgType.BINARY:
            return WebSocketMessage("binary", message.data)
        if message.type is WSMsgType.TEXT:
            return WebSocketMessage("text", message.data.encode())
        if message.type is WSMsgType.CLOSE:
            self._end = WebSocketMessage("close", code=message.data or 1005)
            await self.close(message.data or 1000)
        else:
            self._end = WebSocketMessage("close", code=1006)
        return self._end

    @override
    async def send(self, data: bytes) -> None:
        """Send one binary message."""
        if self._close_sent:
            raise WebSocketError("the WebSocket is closed", self._request.method, self._request.url.partition("?")[0])
        with self._mapped:
            await self._socket.send_bytes(data)

    @override
    async def ping(self, payload: bytes = b"") -> None:
        """Send a ping."""
        with self._mapped:
            await self._socket.ping(payload)

    @override
    async def close(self, code: int = 1000) -> None:
        """Send the close frame, once."""
        if not self._close_sent:
            self._close_sent = True
            with self._mapped:
                await self._socket.send_frame(struct.pack("!H", code), WSMsgType.CLOSE)
