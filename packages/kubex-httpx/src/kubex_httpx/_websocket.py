"""A WebSocket on a connection of httpx."""

import base64
import dataclasses
import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import anyio
import httpcore
from typing_extensions import override
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.utilities import ProtocolError

from kubex.errors import TransportError, WebSocketError
from kubex.transport import (
    ConnectGuard,
    Headers,
    PreparedRequest,
    WebSocket,
    WebSocketMessage,
    map_exceptions,
    shut_down,
)
from kubex_httpx._transport import ERRORS, HttpxResponse, HttpxTransport

_READ_SIZE = 2**16

# RFC 6455, 1.3: the server appends this to the key and returns the hash, to confirm that it supports WebSockets.
_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

# In bytes. The body of a rejected upgrade is truncated at this size, like other error responses in kubex-core.
_MAX_REFUSAL_BODY = 2**20

# In seconds. How long to send a pong or a close frame if the server does not read.
_REPLY_TIMEOUT = 1.0

_CONNECTION_LOST = WebSocketMessage("close", code=1006)


async def open_websocket(
    transport: HttpxTransport, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
) -> "HttpxWebSocket":
    """Send the upgrade and check the response."""
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", "13"),
    ]
    if subprotocols:
        upgrade.append(("Sec-WebSocket-Protocol", ",".join(subprotocols)))
    headers = (*request.headers, *upgrade)
    response = await transport.open(dataclasses.replace(request, headers=headers, dedicated=True), guard)
    accept = base64.b64encode(hashlib.sha1((key + _ACCEPT_SUFFIX).encode(), usedforsecurity=False).digest())
    if response.status == 101 and response.headers.get("sec-websocket-accept") == accept.decode():
        return HttpxWebSocket(transport, request, subprotocols, response)
    error = WebSocketError(
        f"the server responded with {response.status} instead of opening a WebSocket", request.method, request.shown_url
    )
    error.status, error.headers = response.status, response.headers.fields
    ended = False
    try:
        while response.status != 101 and len(error.body) < _MAX_REFUSAL_BODY and not ended:
            chunk = await response.next_chunk()
            error.body += chunk
            ended = not chunk
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose(ended=ended)
    raise error


class HttpxWebSocket(WebSocket):
    """A WebSocket on wsproto, the protocol library below httpx-ws.

    Kubex does not use httpx-ws: it receives in a task group around the caller's block, and does not limit the size of
    messages.
    """

    def __init__(
        self,
        transport: HttpxTransport,
        request: PreparedRequest,
        subprotocols: Sequence[str],
        response: HttpxResponse,
    ) -> None:
        self._transport = transport
        self._request = request
        self._response = response
        selected = response.headers.get("sec-websocket-protocol")
        self._subprotocol = selected if selected in subprotocols else None
        self._stream: httpcore.AsyncNetworkStream = response.connection.stream
        self._mapped_errors = map_exceptions(((ProtocolError, WebSocketError), *ERRORS), request)
        self._protocol = Connection(ConnectionType.CLIENT)
        self._parts: list[bytes] = []
        self._size = 0
        self._receiving = False
        self._outgoing = bytearray()
        self._write_lock = anyio.Lock()
        self._frame_incomplete = False
        self._close_sent = False
        self._close_message: WebSocketMessage | None = None

    @property
    @override
    def subprotocol(self) -> str | None:
        """The subprotocol that the server selected."""
        return self._subprotocol

    @property
    @override
    def status(self) -> int:
        """The HTTP status of the upgrade."""
        return self._response.status

    @property
    @override
    def headers(self) -> Headers:
        """The headers of the response to the upgrade."""
        return self._response.headers

    @override
    async def receive(self) -> WebSocketMessage:
        """Return the next message; after the end, the same `close` message again."""
        if self._receiving:
            raise self._error("another task is receiving from this WebSocket")
        self._receiving = True
        try:
            while self._close_message is None:
                for event in self._protocol.events():
                    message = await self._handle(event)
                    if message is not None:
                        return message
                await self._read()
        finally:
            self._receiving = False
        return self._close_message

    async def _read(self) -> None:
        try:
            data = await self._stream.read(_READ_SIZE)
        except (httpcore.NetworkError, OSError):  # the TLS library raises OSError
            data = b""
        if self._close_message is not None:  # `abort()` was called during the read
            return
        if data:
            self._protocol.receive_data(data)
        else:
            self._close_message = _CONNECTION_LOST

    async def _handle(self, event: Event) -> WebSocketMessage | None:
        match event:
            case BytesMessage() | TextMessage():
                return await self._assemble(event)
            case Pong():
                return WebSocketMessage("pong", bytes(event.payload))
            case Ping() if not self._close_sent:
                await self._reply(event.response())
            case CloseConnection():
                return await self._closed(event)
            case _:
                pass
        return None

    async def _assemble(self, part: BytesMessage | TextMessage) -> WebSocketMessage | None:
        data = part.data.encode() if isinstance(part, TextMessage) else bytes(part.data)
        self._size += len(data)
        max_message_size = self._transport.config.ws_max_message_size
        if max_message_size is not None and self._size > max_message_size:
            await self._fail(1009, f"a message is larger than {max_message_size} bytes")
        self._parts.append(data)
        if not part.message_finished:
            return None
        complete = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return WebSocketMessage("text" if isinstance(part, TextMessage) else "binary", complete)

    async def _closed(self, event: CloseConnection) -> WebSocketMessage:
        if self._protocol.state not in (ConnectionState.REMOTE_CLOSING, ConnectionState.CLOSED):
            # The server has not sent a close frame: wsproto also creates this event for invalid data.
            await self._fail(event.code, event.reason or "the server violated the WebSocket protocol")
        self._close_message = WebSocketMessage("close", code=int(event.code))
        await self._reply_close(event.code)
        return self._close_message

    async def _fail(self, code: int, problem: str) -> NoReturn:
        self._close_message = _CONNECTION_LOST
        await self._reply_close(code)
        raise self._error(problem)

    async def _reply_close(self, code: int) -> None:
        if not self._close_sent:
            self._close_sent = True
            with suppress(
                TransportError
            ):  # the connection may be lost; the caller receives the close message in any case
                await self._reply(CloseConnection(code=code))

    async def _reply(self, event: Event) -> None:
        """Send a reply, also if `receive()` is cancelled: after a part of a frame, no other frame can be sent."""
        self._outgoing += self._protocol.send(event)
        # Otherwise the task that holds the lock also sends this reply. It may wait until the server reads.
        if not self._write_lock.locked():
            with anyio.move_on_after(_REPLY_TIMEOUT, shield=True):
                await self._flush()

    @override
    async def send(self, data: bytes) -> None:
        """Send one binary message. If a cancelled call sent a part of its frame, later calls raise WebSocketError."""
        await self._send(BytesMessage(data=data))

    @override
    async def ping(self, payload: bytes = b"") -> None:
        """Send a ping."""
        await self._send(Ping(payload=payload))

    @override
    async def close(self, code: int = 1000) -> None:
        """Send the close frame, once."""
        if not self._close_sent:
            self._close_sent = True
            await self._write(CloseConnection(code=code))

    @override
    def abort(self) -> None:
        """Shut down the connection; a waiting `receive()` returns."""
        self._close_message = self._close_message or _CONNECTION_LOST
        self._close_sent = True
        shut_down(self._response.connection.socket)

    @override
    async def aclose(self) -> None:
        """Close the connection."""
        await self._response.aclose(ended=False)

    async def _send(self, event: Event) -> None:
        if self._close_sent:
            raise self._error("the WebSocket is closed")
        await self._write(event)

    async def _write(self, event: Event) -> None:
        with self._mapped_errors:
            self._outgoing += self._protocol.send(event)
        await self._flush()

    async def _flush(self) -> None:
        async with self._write_lock:
            while self._outgoing:
                if self._frame_incomplete:
                    raise self._error("an earlier message was sent only partially")
                data = bytes(self._outgoing)
                self._outgoing.clear()
                self._frame_incomplete = True
                with self._mapped_errors:
                    await self._stream.write(data)
                self._frame_incomplete = False

    def _error(self, problem: str) -> WebSocketError:
        return WebSocketError(problem, self._request.method, self._request.shown_url)
