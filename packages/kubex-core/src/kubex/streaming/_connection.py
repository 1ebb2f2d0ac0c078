"""A WebSocket with pings, the time limits of `request_timeout`, and errors that name the request."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any

import anyio
from typing_extensions import Self

from kubex.client import Client
from kubex.client._client import open_websocket
from kubex.client._websocket import OpenedWebSocket
from kubex.core._error_handling import keep_error
from kubex.core._exec_errors import refine_error
from kubex.core._http import Request
from kubex.errors import (
    AlreadyOpenError,
    ApiError,
    ConfigurationError,
    ConnectionLost,
    DeadlineExceeded,
    ReadTimeout,
    StreamNotOpenError,
    TransportError,
    WebSocketError,
)
from kubex.streaming._background import BackgroundTask

NORMAL_CLOSURE = 1000

# A peer is considered dead if the program reads, but does not receive anything for this number of intervals.
_SILENT_INTERVALS = 2

# How often the silence of the peer is checked in each interval.
_CHECKS = 2

# The number of checks in the silence after which a connection is finished.
_SILENCE_CHECKS = 10

# In seconds, for the close frame of the peer.
_CLOSE_TIMEOUT = 1.0

# In bytes. While a command does not read its standard input, the server does not read pings. The buffers of the network
# hold at least this much input. After more input without a pong, the peer is not considered dead; TCP detects this.
_UNREAD_INPUT = 2**15


class Connection:
    """A WebSocket that is open between `open()` and `close()`.

    If the program reads, and the peer does not send anything for two ping intervals, not even pongs, ConnectionLost is
    raised. While the program does not read, pings are sent, but pongs are not received, so the peer is not checked.
    """

    def __init__(
        self,
        client: Client,
        request: Request,
        subprotocols: tuple[str, ...],
        *,
        ping_interval: float | None,
        block: str,
    ) -> None:
        if ping_interval is not None and not ping_interval > 0:
            raise ConfigurationError(
                f"must be more than 0 seconds, or None, not {ping_interval!r}", field="ping_interval"
            )
        self._client = client
        self._request = request
        self._subprotocols = subprotocols
        self._ping_interval = ping_interval
        self._block = block
        self._opened: OpenedWebSocket | None = None
        self._pings: BackgroundTask | None = None
        self._finishing: BackgroundTask | None = None
        self._is_finished = False
        self._is_used = False
        self._received = 0
        self._received_data = 0
        self._is_reading = False
        self._lost: str | None = None
        self._sent_since_pong = 0

    @property
    def path(self) -> str:
        """The path of the request."""
        return self._request.path

    @property
    def subprotocol(self) -> str:
        """The subprotocol that the server selected."""
        return self._websocket.socket.subprotocol or ""

    @property
    def _websocket(self) -> OpenedWebSocket:
        if self._opened is None:
            raise StreamNotOpenError(self._request.method, self._request.path, self._block)
        return self._opened

    async def open(self) -> Self:
        """Open the WebSocket. Raises ApiError, TransportError and BackendError, as documented for `Client`."""
        if self._is_used:
            raise AlreadyOpenError(f"the stream of {self._request.method} {self._request.path}")
        self._is_used = True
        try:
            self._opened = await open_websocket(self._client, self._request, self._subprotocols)
        except ApiError as error:
            self._is_used = False
            refined = refine_error(error)
            if refined is error:
                raise
            raise refined from error
        except BaseException:
            self._is_used = False
            raise
        if self._opened.socket.subprotocol is None:
            unsupported = self._error(WebSocketError, f"the server does not support {' or '.join(self._subprotocols)}")
            await self.close(unsupported)
            raise unsupported
        if self._ping_interval is not None:
            self._pings = BackgroundTask(partial(self._keep_alive, self._opened, self._ping_interval))
            self._pings.start(delay=self._ping_interval / _CHECKS)
        return self

    async def close(self, error: BaseException | None = None) -> None:
        """Close the WebSocket. Without an error, wait up to 1 s for the close frame of the peer."""
        opened, self._opened = self._opened, None
        tasks, self._pings, self._finishing = (self._pings, self._finishing), None, None
        try:
            for task in tasks:
                if task is not None:
                    await task.stop()
        finally:
            if opened is not None:
                with keep_error(error):
                    await opened.close(error)

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close(error)

    def receive(self) -> Coroutine[Any, Any, bytes | None]:
        """Return the next message, or None after a close frame with code 1000.

        Raises ConnectionLost for any other end, and DeadlineExceeded or ReadTimeout for `request_timeout`. A cancelled
        call does not lose a message.
        """
        opened = self._websocket
        return self._next(opened) if opened.deadline is None and opened.idle is None else self._next_in_time(opened)

    async def _next(self, opened: OpenedWebSocket) -> bytes | None:
        self._is_reading = True
        try:
            while True:
                message = await opened.socket.receive()
                self._received += 1
                kind = message.kind
                if kind == "binary" or kind == "text":
                    self._received_data += 1
                    return message.data
                if kind == "pong":
                    self._sent_since_pong = 0
                elif kind == "close":
                    if self._is_finished or (message.code == NORMAL_CLOSURE and self._lost is None):
                        return None
                    raise self._error(ConnectionLost, self._lost or _describe_close(message.code))
        finally:
            self._is_reading = False

    async def _next_in_time(self, opened: OpenedWebSocket) -> bytes | None:
        deadline = float("inf") if opened.deadline is None else opened.deadline
        silent = float("inf") if opened.idle is None else anyio.current_time() + opened.idle
        with anyio.CancelScope(deadline=min(deadline, silent)):
            return await self._next(opened)
        if silent < deadline:
            raise self._error(ReadTimeout, f"no data for {opened.idle:g} s")
        raise self._error(DeadlineExceeded, "the stream exceeded the total of request_timeout")

    async def send(self, message: bytes) -> None:
        """Send a message, and wait while the peer does not read. A cancelled call can break the connection."""
        opened = self._websocket
        self._sent_since_pong += len(message)
        try:
            if opened.deadline is None:
                return await opened.socket.send(message)
            with anyio.CancelScope(deadline=opened.deadline):
                return await opened.socket.send(message)
        except WebSocketError as error:
            if self._lost is None:
                raise
            raise self._error(ConnectionLost, self._lost) from error
        raise self._error(DeadlineExceeded, "the stream exceeded the total of request_timeout")

    def finish_when_silent(self, seconds: float) -> None:
        """Make `receive()` return None if no data arrives for this time while it waits."""
        if self._finishing is None:
            self._finishing = BackgroundTask(partial(self._finish_when_silent, self._websocket, seconds))
            self._finishing.start()

    async def _finish_when_silent(self, opened: OpenedWebSocket, seconds: float) -> None:
        seen, since = -1, 0.0
        while seen < 0 or anyio.current_time() - since < seconds:
            if not self._is_reading:
                seen = -1
            elif seen != self._received_data:
                seen, since = self._received_data, anyio.current_time()
            await anyio.sleep(seconds / _SILENCE_CHECKS)
        self._is_finished = True
        with suppress(TransportError), anyio.move_on_after(_CLOSE_TIMEOUT):
            await opened.socket.close()
            await anyio.sleep(_CLOSE_TIMEOUT)  # receive() returns when the close frame of the peer arrives
        opened.socket.abort()

    async def _keep_alive(self, opened: OpenedWebSocket, interval: float) -> None:
        try:
            await self._ping_and_check(opened, interval)
        except Exception as error:  # noqa: BLE001 - the next receive() or send() raises ConnectionLost
            self._lost = f"pings failed: {error!r}"
            opened.socket.abort()

    async def _ping_and_check(self, opened: OpenedWebSocket, interval: float) -> None:
        async with anyio.create_task_group() as tasks:
            # In a separate task, because a ping waits while the peer does not read.
            tasks.start_soon(self._send_pings, opened, interval)
            await self._wait_for_silence(interval)
            self._lost = f"the peer did not respond to pings for {_SILENT_INTERVALS * interval:g} s"
            opened.socket.abort()
            tasks.cancel_scope.cancel()

    async def _send_pings(self, opened: OpenedWebSocket, interval: float) -> None:
        with suppress(TransportError):  # the connection has ended, which the next receive() or send() reports
            await anyio.sleep(interval - interval / _CHECKS)  # the task begins after the rest of the interval
            while True:
                await opened.socket.ping()
                await anyio.sleep(interval)

    async def _wait_for_silence(self, interval: float) -> None:
        # Messages are counted, because reading the clock for each message would need more time than counting.
        seen, since = -1, 0.0
        while True:
            if not self._is_reading or self._sent_since_pong > _UNREAD_INPUT:
                seen = -1
            elif seen != self._received:
                seen, since = self._received, anyio.current_time()
            elif anyio.current_time() - since >= _SILENT_INTERVALS * interval:
                return
            await anyio.sleep(interval / _CHECKS)

    def _error(self, kind: type[TransportError], problem: str) -> TransportError:
        return kind(problem, self._request.method, self._request.path)


def _describe_close(code: int | None) -> str:
    if code == 1006:
        return "the connection was lost"
    return f"the server closed the WebSocket with code {code}"
