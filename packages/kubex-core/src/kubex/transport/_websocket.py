"""`WebSocket`: the interface that backends implement, and helpers for backends."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

import anyio

from kubex.core._error_handling import keep_error
from kubex.core._headers import Headers
from kubex.core._transport_errors import TransportError, WebSocketError
from kubex.transport._config import PreparedRequest

# In seconds, for sending the close frame and receiving the close frame of the peer.
_CLOSE_TIMEOUT = 1.0

# In bytes. The body of a refused upgrade is truncated at this size, like other error responses.
_MAX_REFUSAL_BODY = 2**20


@dataclass(slots=True)  # a frozen class needs three times as long to create an instance
class WebSocketMessage:
    """A complete message, a pong, or the end of the WebSocket.

    `code` is the code of the close frame: 1005 if the frame does not contain one, 1006 if the connection was lost
    without a close frame.
    """

    kind: Literal["binary", "text", "pong", "close"]
    data: bytes = field(default=b"", repr=False)
    code: int | None = None


class WebSocket(ABC):
    """An open WebSocket.

    It does not send pings and does not have timeouts; the caller adds these. It replies to the pings of the peer.
    `send()`, `ping()` and `close()` can run at the same time as `receive()` and as each other: the backend sends
    complete frames, one after the other. Only one task can call `receive()` at a time.
    """

    @property
    @abstractmethod
    def subprotocol(self) -> str | None:
        """The subprotocol that the server selected."""

    @property
    @abstractmethod
    def status(self) -> int:
        """The HTTP status of the upgrade, which is 101."""

    @property
    @abstractmethod
    def headers(self) -> Headers:
        """The headers of the response to the upgrade."""

    @abstractmethod
    async def receive(self) -> WebSocketMessage:
        """Return the next message or pong; after the end, the same `close` message again.

        A cancelled call does not lose a message. Raises WebSocketError while another task receives, and for a message
        above `TransportConfig.ws_max_message_size`, which closes the WebSocket with 1009 before the complete message
        has arrived.
        """

    @abstractmethod
    async def send(self, data: bytes) -> None:
        """Send one binary message; waits while the peer does not read.

        Raises WebSocketError after the close frame was sent, and after a cancelled call that sent a part of its frame.
        """

    @abstractmethod
    async def ping(self, payload: bytes = b"") -> None:
        """Send a ping of at most 125 bytes; `receive()` returns its pong."""

    @abstractmethod
    async def close(self, code: int = 1000) -> None:
        """Send the close frame; a second call does nothing."""

    @abstractmethod
    def abort(self) -> None:
        """Close the connection at once, without a close frame; a waiting `receive()` returns `close` with code 1006.

        After `close()`, it does not discard messages that `send()` has accepted. A second call does nothing.
        """

    @property
    def is_closed(self) -> bool:
        """Whether `receive()` has returned `close`, and the reply was sent; then `close()` is not called at the end.

        Implement it to make this faster. By default it is False.
        """
        return False

    async def aclose(self) -> None:
        """Close the connection at once and wait until it is closed; `Transport.websocket()` calls it at the end.

        Implement it if a synchronous `abort()` cannot release everything.
        """
        self.abort()


class ReceiveGuard:
    """Allows one `WebSocket.receive()` at a time: `with guard:` raises WebSocketError while another task is in it."""

    __slots__ = ("_active", "_request")

    def __init__(self, request: PreparedRequest) -> None:
        self._request = request
        self._active = False

    def __enter__(self) -> None:
        if self._active:
            problem = "another task is receiving from this WebSocket"
            raise WebSocketError(problem, self._request.method, self._request.shown_url)
        self._active = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._active = False


async def refused_upgrade(
    request: PreparedRequest, status: int, headers: Headers, next_chunk: Callable[[], Awaitable[bytes]]
) -> tuple[WebSocketError, bool]:
    """Return the error for a response that refuses a WebSocket, and whether its body was read completely.

    `next_chunk` returns the next bytes of the body, and `b""` at the end. At most about 1 MiB is read.
    """
    body = bytearray()
    ended = False
    while not ended and len(body) < _MAX_REFUSAL_BODY:
        chunk = await next_chunk()
        body += chunk
        ended = not chunk
    problem = f"the server responded with {status} instead of opening a WebSocket"
    error = WebSocketError(
        problem, request.method, request.shown_url, status=status, headers=headers.fields, body=bytes(body)
    )
    return error, ended


class OpenWebSocket:
    """The context manager of `Transport.websocket()`."""

    __slots__ = ("_open_websocket", "_websocket")

    def __init__(self, open_websocket: Callable[[], Awaitable[WebSocket]]) -> None:
        self._open_websocket = open_websocket

    async def __aenter__(self) -> WebSocket:
        self._websocket = await self._open_websocket()
        return self._websocket

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # The block ends in any case, so errors of the close handshake are not raised. After an exception in the block,
        # do not wait for the close frame of the peer.
        # A scope with a deadline takes longer than the rest of this method, so use one only if something can wait.
        websocket = self._websocket
        try:
            if not websocket.is_closed:
                with keep_error(error), anyio.move_on_after(_CLOSE_TIMEOUT, shield=True), suppress(TransportError):
                    await websocket.close()
                    while error is None and (await websocket.receive()).kind != "close":
                        pass
        finally:
            with keep_error(error), suppress(TransportError):
                if type(websocket).aclose is WebSocket.aclose:
                    websocket.abort()
                else:
                    with anyio.move_on_after(_CLOSE_TIMEOUT, shield=True):
                        await websocket.aclose()
