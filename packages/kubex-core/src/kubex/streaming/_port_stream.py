"""A connection to one port of a pod, as a byte stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from types import TracebackType
from typing import Any

import anyio
from anyio.abc import ByteStream
from typing_extensions import Self, override

from kubex.core._exec_errors import CommandEndedError
from kubex.errors import AlreadyOpenError, PortForwardError, StreamNotOpenError, WebSocketError
from kubex.streaming._channels import decode_message, decode_port, encode_data
from kubex.streaming._connection import Connection

_DATA = 0
_ERROR = 1

# The size of messages in bytes, see `_INPUT_SIZE` in `_process.py`.
_MESSAGE_SIZE = 2**16

_ENDED = "the pod has closed the forwarded connection, or send_eof() was called: open another stream"

END_OF_INPUT_GRACE = 5.0
"""After `send_eof()`, the stream ends if the pod does not send data for this number of seconds."""


class PortStream(ByteStream):
    """A connection to a port of a pod, an `anyio.abc.ByteStream`: `async with api.portforward.forward(name, port)`.

    `receive()` raises PortForwardError if the pod refuses the connection or ends it with an error, and ConnectionLost
    if the connection to the API server is lost. The protocol cannot close one direction: after `send_eof()`, data of
    the pod is still received until none arrives for 5 seconds.

    Example:
        async with pods.portforward.forward("web-0", 80) as stream:
            await stream.send(b"GET / HTTP/1.0\\r\\n\\r\\n")
            async for data in stream:
                print(data)
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._is_used = False
        self._unread: bytes | memoryview = b""
        self._confirmed: set[int] = set()
        self._failure: PortForwardError | None = None
        self._is_ended = False
        self._sent_eof = False

    def __await__(self) -> Generator[Any, None, Self]:
        """Open the stream. Close it with `aclose()`."""
        return self._open().__await__()

    @override
    async def __aenter__(self) -> Self:
        return self if self._connection is not None else await self._open()

    @override
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._close(error)

    async def _open(self) -> Self:
        if self._is_used:
            raise AlreadyOpenError("the stream of a forwarded port")
        self._is_used = True
        try:
            self._connection = await self._connect()
        except BaseException:
            self._is_used = False
            raise
        return self

    @property
    def _opened(self) -> Connection:
        if self._connection is None:
            raise StreamNotOpenError("GET", "portforward", "api.portforward.forward(name, port) as stream")
        return self._connection

    @override
    async def receive(self, max_bytes: int = 65536) -> bytes:
        """Return data of the pod; raise `anyio.EndOfStream` after the pod has closed the connection."""
        if max_bytes < 1:
            raise ValueError("max_bytes must be a positive integer")
        connection = self._opened
        while not self._unread:
            if self._failure is not None:
                raise self._failure
            if self._is_ended:
                raise anyio.EndOfStream
            await self._receive_message(connection)
        data = self._unread
        if len(data) <= max_bytes:
            self._unread = b""
            return data if isinstance(data, bytes) else bytes(data)
        view = memoryview(data)  # a large message is not copied for each part of it
        self._unread = view[max_bytes:]
        return bytes(view[:max_bytes])

    async def _receive_message(self, connection: Connection) -> None:
        message = await connection.receive()
        if message is None:
            self._is_ended = True
            return
        if not message:
            return
        channel, data = decode_message(message)
        if channel not in self._confirmed:
            decode_port(data)
            self._confirmed.add(channel)
        elif channel == _DATA:
            self._unread = data
        elif channel == _ERROR and data:
            problem = data.decode("utf-8", "replace").strip()
            self._failure = PortForwardError(problem, "GET", connection.path)

    @override
    async def send(self, item: bytes) -> None:
        """Send data, and wait while the pod does not read. Raise CommandEndedError if the stream has ended."""
        connection = self._opened
        if self._sent_eof or self._is_ended:
            raise CommandEndedError(_ENDED)
        view = memoryview(item)
        try:
            for start in range(0, len(view), _MESSAGE_SIZE):
                await connection.send(encode_data(_DATA, view[start : start + _MESSAGE_SIZE]))
        except WebSocketError as error:
            raise CommandEndedError(_ENDED) from error

    @override
    async def send_eof(self) -> None:
        """Send no more data. The stream ends if the pod does not send data for 5 seconds."""
        self._sent_eof = True
        self._opened.finish_when_silent(END_OF_INPUT_GRACE)

    @override
    async def aclose(self) -> None:
        """Close the connection."""
        await self._close(None)

    async def _close(self, error: BaseException | None) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close(error)
