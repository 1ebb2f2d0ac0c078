# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.
"""A WebSocket on httpx2. This module is imported when the first WebSocket is opened."""

import base64
import dataclasses
import hashlib
import os
from collections.abc import Sequence

import anyio
from httpx2.websockets import WebSocketDisconnect, WebSocketNetworkError
from typing_extensions import override
from wsproto.events import BytesMessage, Ping, Pong, TextMessage

from kubex.errors import WebSocketError
from kubex.transport import (
    ConnectGuard,
    Headers,
    PreparedRequest,
    ReceiveGuard,
    WebSocket,
    WebSocketMessage,
    refused_upgrade,
    shut_down,
)
from kubex_httpx2._transport import Httpx2Response, Httpx2Transport
from kubex_httpx2._websocket_session import OnDemandSession

# RFC 6455, 1.3: the server appends this to the key and returns the hash, to confirm that it supports WebSockets.
_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

_CONNECTION_LOST = WebSocketMessage("close", code=1006)


async def open_websocket(
    transport: Httpx2Transport, request: PreparedRequest, subprotocols: Sequence[str], guard: ConnectGuard
) -> "Httpx2WebSocket":
    """Send the upgrade and check the response. httpx2 can do this only with a client of httpx2."""
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
        return Httpx2WebSocket(transport, request, subprotocols, response)
    raise await _refusal(request, response)


async def _refusal(request: PreparedRequest, response: Httpx2Response) -> WebSocketError:
    ended = False
    try:
        if response.status != 101:
            error, ended = await refused_upgrade(request, response.status, response.headers, response.next_chunk)
        else:  # a response with status 101 does not have a body
            problem = "the server accepted the upgrade with a wrong Sec-WebSocket-Accept header"
            error = WebSocketError(
                problem, request.method, request.shown_url, status=101, headers=response.headers.fields
            )
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose(ended=ended)
    return error


class Httpx2WebSocket(WebSocket):
    """A WebSocket on a session of httpx2, which uses the network stream of a connection of httpcore2."""

    def __init__(
        self,
        transport: Httpx2Transport,
        request: PreparedRequest,
        subprotocols: Sequence[str],
        response: Httpx2Response,
    ) -> None:
        self._response = response
        self._session = OnDemandSession(response.connection.stream, request, transport.config.ws_max_message_size)
        selected = response.headers.get("sec-websocket-protocol")
        self._session.subprotocol = selected if selected in subprotocols else None
        self._receive_guard = ReceiveGuard(request)
        self._close_message: WebSocketMessage | None = None

    @property
    @override
    def subprotocol(self) -> str | None:
        """The subprotocol that the server selected."""
        return self._session.subprotocol

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
        with self._receive_guard:
            message = self._close_message or await self._next_message()
        # `abort()` may have been called while this task received.
        return self._close_message or message

    async def _next_message(self) -> WebSocketMessage:
        try:
            event = await self._session.receive()
        except WebSocketDisconnect as disconnect:
            self._close_message = self._close_message or WebSocketMessage("close", code=int(disconnect.code))
            return self._close_message
        except WebSocketNetworkError:
            self._close_message = self._close_message or _CONNECTION_LOST
            return self._close_message
        except WebSocketError:
            self._close_message = _CONNECTION_LOST
            raise
        match event:
            case BytesMessage():
                return WebSocketMessage("binary", bytes(event.data))
            case TextMessage():
                return WebSocketMessage("text", event.data.encode())
            case Pong():
                return WebSocketMessage("pong", bytes(event.payload))

    @override
    async def send(self, data: bytes) -> None:
        """Send one binary message. If a cancelled call sent a part of its frame, later calls raise WebSocketError."""
        await self._session.send_bytes(data)

    @override
    async def ping(self, payload: bytes = b"") -> None:
        """Send a ping."""
        if payload:
            await self._session.ping(payload)
        else:  # httpx2 would replace an empty payload with a random one
            await self._session.send(Ping())

    @override
    async def close(self, code: int = 1000) -> None:
        """Send the close frame, once."""
        await self._session.close(code)

    @override
    def abort(self) -> None:
        """Shut down the connection; a waiting `receive()` returns."""
        self._close_message = self._close_message or _CONNECTION_LOST
        self._session.abort()
        shut_down(self._response.connection.socket)

    @override
    async def aclose(self) -> None:
        """Close the connection."""
        await self._response.aclose(ended=False)
