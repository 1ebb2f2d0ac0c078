"""Send standard input to a command that may not read it until its output is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType

import anyio

from kubex.core._exec_errors import CommandEndedError
from kubex.streaming._background import BackgroundTask

# In seconds: if a command does not read its input for this time, it may be waiting until its output is read.
_STALLED = 0.1


class SendLock:
    """A lock without fairness, which is faster than `anyio.Lock` for a single task."""

    __slots__ = ("_is_locked", "_released")

    def __init__(self) -> None:
        self._is_locked = False
        self._released: anyio.Event | None = None

    async def __aenter__(self) -> None:
        while self._is_locked:
            self._released = self._released or anyio.Event()
            await self._released.wait()
        self._is_locked = True

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_locked = False
        if self._released is not None:
            self._released.set()
            self._released = None


class InputSender:
    """Sends messages. While one waits, a background task reads output into the buffers.

    `send` sends a message, and `read_output` receives one message and returns False at the end of the command.
    """

    def __init__(self, send: Callable[[bytes], Awaitable[None]], read_output: Callable[[], Awaitable[bool]]) -> None:
        self._send = send
        self._read_output = read_output
        self._sent = 0
        self._waiting: anyio.CancelScope | None = None
        self._failure: Exception | None = None
        self._reader: BackgroundTask | None = None

    async def send(self, messages: Iterable[bytes]) -> None:
        """Send messages. Raises CommandEndedError, or the error of reading the output."""
        if self._reader is None:
            self._reader = BackgroundTask(self._read_while_waiting)
            self._reader.start(delay=_STALLED)
        with anyio.CancelScope() as scope:
            self._waiting = scope
            try:
                for message in messages:
                    await self._send(message)
                    self._sent += 1
                return
            finally:
                self._waiting = None
        failure, self._failure = self._failure, None
        raise failure or CommandEndedError()

    async def stop(self) -> None:
        """End the background task."""
        reader, self._reader = self._reader, None
        if reader is not None:
            await reader.stop()

    async def _read_while_waiting(self) -> None:
        sent = -1
        while self._waiting is not None:
            if sent != self._sent:
                sent = self._sent
                await anyio.sleep(_STALLED)
                continue
            try:
                if not await self._read_output():
                    self._fail(CommandEndedError())
            except Exception as error:  # noqa: BLE001 - the task has no caller; send() raises it
                self._fail(error)
        self._reader = None  # the next message starts another task

    def _fail(self, error: Exception) -> None:
        if self._waiting is not None:
            self._failure = error
            self._waiting.cancel()
            self._waiting = None
