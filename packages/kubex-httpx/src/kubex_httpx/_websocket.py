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
from kubex_httpx._errors import ERRORS
from kubex_httpx._transport import HttpxResponse, HttpxTransport

_READ_SIZE = 2**16

# RFC 6455, 1.3: the server appends this to the key and returns the hash, which shows that it supports WebSockets.
_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

# In bytes: a longer body of a refused upgrade is cut off, as kubex-core does with other error responses.
_REFUSAL_LIMIT = 2**20

# In seconds, for a pong or the close frame while the peer does not read.
_REPLYING = 1.0

_LOST = WebSocketMessage("close", code=1006)


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
        f"the server answered {response.status} instead of opening a WebSocket", request.method, request.shown_url
    )
    error.status, error.headers = response.status, response.headers.fields
    ended = False
    try:
        while response.status != 101 and len(error.body) < _REFUSAL_LIMIT and not ended:
            chunk = await response.next_chunk()
            error.body += chunk
            ended = not chunk
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose(ended=ended)
    raise error


class HttpxWebSocket(WebSocket):
    """A WebSocket on wsproto, the protocol library below httpx-ws.

    httpx-ws itself receives in a task group around the user's block and has no cap on messages.
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
        self._mapped = map_exceptions(((ProtocolError, WebSocketError), *ERRORS), request)
        self._protocol = Connection(ConnectionType.CLIENT)
        self._parts: list[bytes] = []
        self._size = 0
        self._receiving = False
        self._outgoing = bytearray()
        self._writing = anyio.Lock()
        self._cut_off = False
        self._close_sent = False
        self._end: WebSocketMessage | None = None

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
        """Return the next message; after the end the same `close` message again."""
        if self._receiving:
            raise self._error("another task is receiving already")
        self._receiving = True
        try:
            while self._end is None:
                for event in self._protocol.events():
                    message = await self._handle(event)
                    if message is not None:
                        return message
                await self._read()
        finally:
            self._receiving = False
        return self._end

    async def _read(self) -> None:
        try:
            data = await self._stream.read(_READ_SIZE)
        except (httpcore.NetworkError, OSError):  # the OSError comes from the TLS library
            data = b""
        if self._end is not None:  # `abort()` was called meanwhile
            return
        if data:
            self._protocol.receive_data(data)
        else:
            self._end = _LOST

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
        cap = self._transport.config.ws_max_message_size
        if cap is not None and self._size > cap:
            await self._fail(1009, f"a message is larger than {cap} bytes")
        self._parts.append(data)
        if not part.message_finished:
            return None
        complete = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return WebSocketMessage("text" if isinstance(part, TextMessage) else "binary", complete)

    async def _closed(self, event: CloseConnection) -> WebSocketMessage:
        if self._protocol.state not in (ConnectionState.REMOTE_CLOSING, ConnectionState.CLOSED):
            # The peer closed nothing: wsproto reports in this way that it cannot read the data.
            await self._fail(event.code, event.reason or "the server broke the protocol")
        self._end = WebSocketMessage("close", code=int(event.code))
        await self._reply_close(event.code)
        return self._end

    async def _fail(self, code: int, problem: str) -> NoReturn:
        self._end = _LOST
        await self._reply_close(code)
        raise self._error(problem)

    async def _reply_close(self, code: int) -> None:
        if not self._close_sent:
            self._close_sent = True
            with suppress(TransportError):  # the peer may be gone, and the caller learns about the end anyway
                await self._reply(CloseConnection(code=code))

    async def _reply(self, event: Event) -> None:
        """Send a reply even if `receive()` is cancelled, since half a frame would prevent every later one."""
        self._outgoing += self._protocol.send(event)
        if not self._writing.locked():  # else the task that writes sends this too, and may wait for the peer to read
            with anyio.move_on_after(_REPLYING, shield=True):
                await self._flush()

    @override
    async def send(self, data: bytes) -> None:
        """Send one binary message. After a cancelled call that sent a part of it, no other can be sent."""
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
        """Shut the connection down; a `receive()` that waits returns."""
        self._end = self._end or _LOST
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
        with self._mapped:
            self._outgoing += self._protocol.send(event)
        await self._flush()

    async def _flush(self) -> None:
        async with self._writing:
            while self._outgoing:
                if self._cut_off:
                    raise self._error("an earlier message was sent only in part")
                data = bytes(self._outgoing)
                self._outgoing.clear()
                self._cut_off = True
                with self._mapped:
                    await self._stream.write(data)
                self._cut_off = False

    def _error(self, problem: str) -> WebSocketError:
        return WebSocketError(problem, self._request.method, self._request.shown_url)
