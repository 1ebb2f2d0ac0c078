"""A WebSocket on aiohttp."""

import asyncio
import struct
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import aiohttp
from aiohttp import WSMsgType
from typing_extensions import override
from yarl import URL

from kubex.errors import TransportError, WebSocketError
from kubex.transport import (
    ConnectGuard,
    ExceptionTable,
    Headers,
    PreparedRequest,
    ReceiveGuard,
    WebSocket,
    WebSocketMessage,
    map_exceptions,
    refused_upgrade,
)
from kubex_aiohttp._connector import AbortingProtocol
from kubex_aiohttp._errors import ERRORS

_ERRORS: ExceptionTable = ((aiohttp.WebSocketError, WebSocketError), *ERRORS)


class OpeningHandshake:
    """The opening handshake of a WebSocket, on a session with `check_upgrade` as its first middleware."""

    response: aiohttp.ClientResponse

    def __init__(
        self,
        request: PreparedRequest,
        subprotocols: Sequence[str],
        max_message_size: int | None,
        guard: ConnectGuard,
    ) -> None:
        self.request = request
        self.guard = guard
        self._subprotocols = subprotocols
        self._max_message_size = max_message_size

    async def connect(self, session: aiohttp.ClientSession, **route: Any) -> "AioHttpWebSocket":
        """Connect and return the WebSocket."""
        request = self.request
        token = _current.set(self)
        try:
            socket = await session.ws_connect(
                URL(request.url, encoded=True),
                protocols=self._subprotocols,
                autoclose=False,
                autoping=False,
                # aiohttp rejects a message of exactly this size; 0 means no limit.
                max_msg_size=0 if self._max_message_size is None else self._max_message_size + 1,
                **route,
            )
        except aiohttp.WSServerHandshakeError as error:
            problem = error.message
        else:
            return AioHttpWebSocket(socket, self.response, request)
        finally:
            _current.reset(token)
        # Raised here, so that the exception of aiohttp, which contains the headers of the request, is not its context.
        raise WebSocketError(problem, request.method, request.shown_url, status=101)


# `ws_connect()` of aiohttp does not pass data to middlewares and traces, which run in the same task.
_current: ContextVar[OpeningHandshake] = ContextVar("kubex_aiohttp_handshake")


def current_guard() -> ConnectGuard:
    """Return the guard of the handshake that the current task performs."""
    return _current.get().guard


async def check_upgrade(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Store the response, and raise WebSocketError for a refused upgrade; this is a middleware of aiohttp."""
    handshake = _current.get()
    handshake.response = response = await handler(request)
    if response.status == 101:
        return response
    try:
        headers = Headers(response.headers.items())
        error, _ = await refused_upgrade(handshake.request, response.status, headers, response.content.readany)
    finally:
        response.close()
    raise error


class AioHttpWebSocket(WebSocket):
    """A WebSocket of aiohttp. Each write adds a complete frame to the buffer of the connection."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse[bool], response: aiohttp.ClientResponse, request: PreparedRequest
    ) -> None:
        self._socket = socket
        self._response = response
        self._request = request
        self._mapped_errors = map_exceptions(_ERRORS, request)
        self._send_lock = asyncio.Lock()
        self._receive_guard = ReceiveGuard(request)
        self._send_cancelled = self._close_sent = False
        self._close_message: WebSocketMessage | None = None
        self._pong: bytes | None = None

    @property
    @override
    def subprotocol(self) -> str | None:
        """The subprotocol that the server selected."""
        return self._socket.protocol

    @property
    @override
    def status(self) -> int:
        """The HTTP status of the upgrade."""
        return self._response.status

    @property
    @override
    def headers(self) -> Headers:
        """The headers of the response to the upgrade."""
        return Headers(self._response.headers.items())

    @property
    @override
    def is_closed(self) -> bool:
        """Whether `receive()` has returned `close`."""
        return self._close_message is not None

    @override
    async def receive(self) -> WebSocketMessage:
        """Return the next message or pong; after the end, the same `close` message again."""
        with self._receive_guard:
            while self._close_message is None:
                with self._mapped_errors:
                    message = await self._socket.receive()
                    if message.type is WSMsgType.ERROR:
                        raise message.data
                if message.type is WSMsgType.BINARY:
                    return WebSocketMessage("binary", bytes(message.data))
                if (other := await self._handle(message)) is not None:
                    return other
            return self._close_message

    async def _handle(self, message: Any) -> WebSocketMessage | None:
        """Return a text message or a pong, and reply to a close frame or a ping."""
        if message.type is WSMsgType.TEXT:
            return WebSocketMessage("text", message.data.encode())
        if message.type is WSMsgType.PONG:
            return WebSocketMessage("pong", bytes(message.data))
        if message.type is WSMsgType.CLOSE:
            self._close_message = WebSocketMessage("close", code=message.data or 1005)
            reply = self.close(message.data or 1000)
        elif message.type is WSMsgType.PING:
            # The last pong is enough. While a task waits in aiohttp until the server reads, a pong could wait, too; the
            # task sends it afterwards.
            self._pong = bytes(message.data)
            if self._send_lock.locked():
                return None
            reply = self._send_pong()
        else:
            self._close_message = WebSocketMessage("close", code=1006)
            return None
        with suppress(TransportError):  # the next message shows that the connection is lost
            await reply
        return None

    @override
    async def send(self, data: bytes) -> None:
        """Send one binary message."""
        # If several tasks wait in aiohttp until the server reads, the cancellation of one task ends all of them.
        await self._send_lock.acquire()  # faster than `async with`
        try:
            if self._send_cancelled or self._close_sent:
                raise self._error("the WebSocket is closed" if self._close_sent else "an earlier send() was cancelled")
            with self._mapped_errors:
                await self._socket.send_frame(data, WSMsgType.BINARY)
        except asyncio.CancelledError:
            self._send_cancelled = True
            raise
        finally:
            self._send_lock.release()
            if self._pong is not None:
                with suppress(TransportError):
                    await self._send_pong()

    @override
    async def ping(self, payload: bytes = b"") -> None:
        """Send a ping."""
        await self._write(payload, WSMsgType.PING)

    @override
    async def close(self, code: int = 1000) -> None:
        """Send the close frame, once."""
        if not self._close_sent:
            await self._send_pong()
            self._close_sent = True
            with self._mapped_errors:
                await self._socket.send_frame(struct.pack("!H", code), WSMsgType.CLOSE)

    @override
    def abort(self) -> None:
        """Close the connection. After `close()`, asyncio still sends the data in its buffers."""
        connection = self._response.connection
        if connection is not None and isinstance(connection.protocol, AbortingProtocol):
            connection.protocol.sends_rest = self._close_sent
        self._response.close()

    async def _send_pong(self) -> None:
        pong, self._pong = self._pong, None
        if pong is not None:
            await self._write(pong, WSMsgType.PONG)

    async def _write(self, data: bytes, opcode: WSMsgType) -> None:
        if self._close_sent:
            raise self._error("the WebSocket is closed")
        with self._mapped_errors:
            await self._socket.send_frame(data, opcode)

    def _error(self, problem: str) -> WebSocketError:
        return WebSocketError(problem, self._request.method, self._request.shown_url)
