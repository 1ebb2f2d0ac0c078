# Generated from kubex-httpx by packages/kubex-httpx2/tools/generate.py. Change it there.
"""A session of httpx2 that meets the contract of `kubex.transport.WebSocket`."""

from contextlib import suppress
from typing import NoReturn

import anyio
import httpcore2
from httpx2.websockets import AsyncWebSocketSession, WebSocketDisconnect, WebSocketNetworkError
from typing_extensions import override
from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import ProtocolError

from kubex.errors import TransportError, WebSocketError
from kubex.transport import PreparedRequest, map_exceptions
from kubex_httpx2._transport import ERRORS

_READ_SIZE = 2**16

# In seconds. How long to send a pong or a close frame if the server does not read.
_REPLY_TIMEOUT = 1.0

# The attributes of a session that httpx2 does not document, each with a method that is used here.
_UNDOCUMENTED = (("_write_lock", "locked"), ("_ping_manager", "ack"), ("connection", "events"), ("stream", "read"))


def check_undocumented_attributes(session: AsyncWebSocketSession) -> None:
    """Raise ImportError if httpx2 does not have the undocumented attributes that `OnDemandSession` uses."""
    for name, method in _UNDOCUMENTED:
        if not hasattr(getattr(session, name, None), method):
            raise ImportError(f"this version of httpx2 does not have {name}.{method}; install httpx2>=2.14,<3")


check_undocumented_attributes(AsyncWebSocketSession(httpcore2.AsyncNetworkStream()))


class OnDemandSession(AsyncWebSocketSession):
    """A session that receives only while `receive()` is running.

    Do not use it in `async with`: httpx2 starts a task there that also receives. From httpx2 it inherits `ping()`,
    `send_bytes()`, the bookkeeping of pings, the write lock and the connection of wsproto.
    """

    def __init__(self, stream: httpcore2.AsyncNetworkStream, request: PreparedRequest, max_size: int | None) -> None:
        # kubex-core sends the pings.
        super().__init__(stream, keepalive_ping_interval_seconds=None)
        self._aborted = False
        self._request = request
        self._mapped_errors = map_exceptions(((ProtocolError, WebSocketError), *ERRORS), request)
        self._max_size = max_size
        self._parts: list[bytes] = []
        self._size = 0
        self._replies = bytearray()
        self._frame_incomplete = False

    @property
    def is_open(self) -> bool:
        """Whether a message can be sent: neither side has sent a close frame."""
        return self.connection.state is ConnectionState.OPEN and not self._aborted

    # Overridden because httpx2 receives in a task group around the caller's block, which turns an exception of the
    # block into an ExceptionGroup. It limits the size of a read, but not the size of a message. It does not return
    # pongs, raises KeyError for a pong without a ping, and waits for the write lock before it replies to a ping.
    @override
    async def receive(self, timeout: float | None = None) -> BytesMessage | TextMessage | Pong:
        """Return the next complete message or pong. A cancelled call does not lose data.

        Raises WebSocketDisconnect after the close frame of the peer, WebSocketNetworkError if the connection was lost,
        and WebSocketError if the peer violates the protocol or sends a message that is too large.
        """
        if timeout is not None:
            with anyio.fail_after(timeout):
                return await self.receive()
        while True:
            for event in self.connection.events():
                if (received := await self._handle(event)) is not None:
                    return received
            try:
                data = await self.stream.read(_READ_SIZE)
            except (httpcore2.NetworkError, OSError) as error:  # the TLS library raises OSError
                raise WebSocketNetworkError from error
            if not data:
                raise WebSocketNetworkError
            self.connection.receive_data(data)

    async def _handle(self, event: Event) -> BytesMessage | TextMessage | Pong | None:
        match event:
            case BytesMessage() | TextMessage():
                return await self._assemble(event)
            case Pong():
                with suppress(KeyError):  # no ping has this payload, or its pong has already arrived
                    self._ping_manager.ack(event.payload)
                return event
            case Ping():
                await self._reply(event.response())
            case CloseConnection():
                await self._end(event)
            case _:
                pass
        return None

    async def _assemble(self, part: BytesMessage | TextMessage) -> BytesMessage | TextMessage | None:
        data = part.data.encode() if isinstance(part, TextMessage) else bytes(part.data)
        self._size += len(data)
        if self._max_size is not None and self._size > self._max_size:
            await self._fail(CloseReason.MESSAGE_TOO_BIG, f"a message is larger than {self._max_size} bytes")
        self._parts.append(data)
        if not part.message_finished:
            return None
        complete = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return TextMessage(data=complete.decode()) if isinstance(part, TextMessage) else BytesMessage(data=complete)

    async def _end(self, event: CloseConnection) -> NoReturn:
        if self.connection.state not in (ConnectionState.REMOTE_CLOSING, ConnectionState.CLOSED):
            # The peer has not sent a close frame: wsproto also creates this event for invalid data.
            await self._fail(event.code, event.reason or "the server violated the WebSocket protocol")
        await self._reply(CloseConnection(code=event.code))
        raise WebSocketDisconnect(event.code, event.reason)

    async def _fail(self, code: int, problem: str) -> NoReturn:
        await self._reply(CloseConnection(code=code))
        raise self._error(problem)

    async def _reply(self, event: Event) -> None:
        """Send a reply, also if `receive()` is cancelled: after a part of a frame, no other frame can be sent."""
        with suppress(ProtocolError):  # the close frame was sent, so no reply is needed
            # The last pong is enough (RFC 6455, 5.5.3). A peer that sends pings but does not read must not fill memory.
            self._replies[:] = self.connection.send(event)
        await self._send_replies()

    async def _send_replies(self) -> None:
        # If a task holds the lock, it also sends the replies. Do not wait for it: it may wait until the peer reads, and
        # the peer may wait until this task receives.
        if self._replies and not self._write_lock.locked():
            # The connection may be lost. The data that has arrived before can still be received.
            with anyio.move_on_after(_REPLY_TIMEOUT, shield=True), suppress(TransportError):
                async with self._write_lock:
                    await self._write()

    # Overridden because httpx2 constructs the frame before it waits for the lock, so the frame could follow a close
    # frame. It also sends frames after a cancelled call that sent a part of a frame, and closes the connection after an
    # error, when messages of the peer can still be received.
    @override
    async def send(self, event: Event) -> None:
        """Send one frame. Raises WebSocketError if the WebSocket is closed or an earlier frame was sent partially."""
        if self.is_open:
            async with self._write_lock:
                is_open = self.is_open  # this may have changed while the task waited for the lock
                await self._write(event if is_open else None)
                if is_open:
                    return
        raise self._error("the WebSocket is closed")

    # Overridden because httpx2 also closes the connection, so messages that the peer sends before its close frame
    # would be lost. It also changes its state before it waits for the lock: after a cancelled call, a second call would
    # not send the close frame.
    @override
    async def close(self, code: int = CloseReason.NORMAL_CLOSURE, reason: str | None = None) -> None:
        """Send the close frame, once. The connection stays open."""
        if self.is_open:
            async with self._write_lock:
                await self._write(CloseConnection(code, reason) if self.is_open else None)
        else:
            await self._send_replies()

    def abort(self) -> None:
        """Send nothing more, also no replies."""
        self._aborted = True
        self._replies.clear()

    async def _write(self, event: Event | None = None) -> None:
        """Send a frame and the replies of `receive()`. The caller holds the lock."""
        if self._frame_incomplete:
            raise self._error("an earlier message was sent only partially")
        with self._mapped_errors:
            frame = b"" if event is None else self.connection.send(event)
            self._frame_incomplete = True
            while self._replies or frame:
                data, frame = bytes(self._replies) + frame, b""
                self._replies.clear()
                await self.stream.write(data)
        self._frame_incomplete = False

    def _error(self, problem: str) -> WebSocketError:
        return WebSocketError(problem, self._request.method, self._request.shown_url)
