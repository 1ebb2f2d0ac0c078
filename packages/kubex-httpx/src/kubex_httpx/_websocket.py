"""A WebSocket on a connection of httpx."""

import base64
import dataclasses
import hashlib
import os
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import NoReturn

import anyio
import httpcore
from typing_extensions import Self, override
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.utilities import ProtocolError

from kubex.core.exceptions import TransportError, WebSocketError
from kubex.transport import PreparedRequest, WebSocket, WebSocketMessage, map_exceptions
from kubex_httpx._errors import ERRORS
from kubex_httpx._pools import Pools
from kubex_httpx._stream import HttpxStream

# In seconds, for the peer's close frame after ours.
_CLOSING = 1.0

_READ_SIZE = 2**16

# RFC 6455, 1.3: what a server appends to the key to show that it speaks WebSocket.
_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

_LOST = WebSocketMessage("close", code=1006)


class HttpxWebSocket(WebSocket):
    """A WebSocket, open as long as its block.

    It drives wsproto, the protocol library below httpx-ws. httpx-ws itself receives in a task group around the user's
    block and has no cap on messages.
    """

    def __init__(self, pools: Pools, request: PreparedRequest, subprotocols: Sequence[str]) -> None:
        self._pools = pools
        self._request = request
        self._subprotocols = tuple(subprotocols)
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

    async def __aenter__(self) -> Self:
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", "13"),
        ]
        if self._subprotocols:
            upgrade.append(("Sec-WebSocket-Protocol", ",".join(self._subprotocols)))
        request = dataclasses.replace(self._request, headers=(*self._request.headers, *upgrade))
        async with AsyncExitStack() as stack:
            answer = await stack.enter_async_context(HttpxStream(self._pools, request, alone=True))
            await self._check(answer, key)
            self._connection = stack.pop_all()
        self._stream = answer.network
        protocol = answer.headers.get("sec-websocket-protocol")
        self.subprotocol = protocol if protocol in self._subprotocols else None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # What goes wrong from here on must not hide what happened in the block: the connection ends either way.
        with anyio.move_on_after(_CLOSING, shield=True), suppress(TransportError):
            await self.close()
            while error is None and self._end is None:
                await self.receive()
        await self._connection.aclose()

    async def _check(self, answer: HttpxStream, key: str) -> None:
        accepted = base64.b64encode(hashlib.sha1((key + _ACCEPT_SUFFIX).encode(), usedforsecurity=False).digest())
        if answer.status == 101 and answer.headers.get("sec-websocket-accept") == accepted.decode():
            return
        error = self._error(f"the server answered {answer.status} instead of opening a WebSocket")
        error.status = answer.status
        error.headers = tuple(answer.headers)
        error.body = b"" if answer.status == 101 else await answer.read()
        raise error

    @override
    async def receive(self) -> WebSocketMessage:
        """Return the next message; after the close frame the same one again."""
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
        except (httpcore.NetworkError, OSError):  # an OSError is the TLS library's
            data = b""
        if data:
            self._protocol.receive_data(data)
        else:
            self._end = _LOST

    async def _handle(self, event: Event) -> WebSocketMessage | None:
        match event:
            case BytesMessage() | TextMessage():
                return await self._assemble(event)
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
        cap = self._pools.config.ws_max_message_size
        if cap is not None and self._size > cap:
            await self._fail(1009, f"a message is larger than {cap} bytes")
        self._parts.append(data)
        if not part.message_finished:
            return None
        whole = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return WebSocketMessage("text" if isinstance(part, TextMessage) else "binary", whole)

    async def _closed(self, event: CloseConnection) -> WebSocketMessage:
        if self._protocol.state not in (ConnectionState.REMOTE_CLOSING, ConnectionState.CLOSED):
            # Nothing was closed: wsproto says in this way that it cannot read what came.
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
            with suppress(TransportError):  # the peer may be gone, and the caller learns of the end anyway
                await self._reply(CloseConnection(code=code))

    async def _reply(self, event: Event) -> None:
        self._outgoing += self._protocol.send(event)
        if not self._writing.locked():  # whoever writes sends this too, and may be waiting for a reader
            await self._flush()

    @override
    async def send(self, data: bytes) -> None:
        """Send one binary message; after one that was cancelled no other can be sent."""
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
                    raise self._error("an earlier message was not sent whole")
                data = bytes(self._outgoing)
                self._outgoing.clear()
                self._cut_off = True
                with self._mapped:
                    await self._stream.write(data)
                self._cut_off = False

    def _error(self, problem: str) -> WebSocketError:
        return WebSocketError(problem, self._request.method, self._request.url.partition("?")[0])
